"""Opening pictures with Pillow without its limit of pixels, which holds for the whole process."""

import struct
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# What Pillow, tifffile and imagecodecs raise for damaged pictures and metadata: no two decoders raise the same.
DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, RuntimeError,
    AttributeError, AssertionError, struct.error,
)  # fmt: skip


def open_picture(file: BinaryIO, name: str) -> Image.Image:
    """Open a picture of the format that Pillow calls ``name``, not decoding it yet; the caller closes it.

    This is what `PIL.Image.open` does, less its look at the size, of which it would also warn. Raises
    `PIL.UnidentifiedImageError` and whatever the format's reader raises.
    """
    Image.init()
    reader, accepts = Image.OPEN[name]
    answer = accepts(file.read(16)) if accepts else True
    file.seek(0)
    if not answer or isinstance(answer, str):
        raise UnidentifiedImageError(f"not {name}")
    try:
        return reader(file, "")
    except (SyntaxError, IndexError, TypeError, KeyError) as error:  # what a reader raises for what it does not know
        raise UnidentifiedImageError(f"not {name}: {error}") from error
