"""Opening pictures with a limit of pixels that holds for one call, where Pillow has one for the whole process."""

import struct
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# What Pillow, tifffile and imagecodecs raise for damaged pictures and metadata: no two decoders raise the same.
DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, RuntimeError,
    AttributeError, struct.error,
)  # fmt: skip


def open_picture(source: Path | BinaryIO, max_pixels: int, formats: list[str] | None = None) -> Image.Image:
    """Open a picture with Pillow, as one of ``formats`` or of all, not decoding it yet; the caller closes it.

    Raises `PIL.Image.DecompressionBombError` for more than ``max_pixels`` (width times height), and what
    `PIL.Image.open` raises. Beyond Pillow's own limit its TIFF reader still refuses to decode:
    see `photochrom.photos.tiff`.
    """
    pillows_own = 2 * (Image.MAX_IMAGE_PIXELS or max_pixels)
    image = Image.open(source, formats=formats) if max_pixels <= pillows_own else _open_without_limit(source, formats)
    if image.width * image.height > max_pixels:
        image.close()
        raise Image.DecompressionBombError(f"more than {max_pixels} pixels")
    return image


def _open_without_limit(source: Path | BinaryIO, formats: list[str] | None) -> Image.Image:
    """What `PIL.Image.open` does, less its look at the size: the readers that are registered, one by one."""
    Image.init()
    file: BinaryIO = source.open("rb") if isinstance(source, Path) else source
    start = file.read(16)
    for name in formats or Image.ID:
        reader, accepts = Image.OPEN[name]
        answer = accepts(start) if accepts else True
        if not answer or isinstance(answer, str):
            continue
        file.seek(0)
        try:
            image = reader(file, str(source) if isinstance(source, Path) else "")
        except (SyntaxError, IndexError, TypeError, KeyError):  # what a reader raises for what it does not know
            continue
        image._exclusive_fp = isinstance(source, Path)  # closing it closes the file
        return image
    if isinstance(source, Path):
        file.close()
    raise UnidentifiedImageError(f"cannot identify image file {source}")
