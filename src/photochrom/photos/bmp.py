"""BMP files: their resolution, and our note, which they hold between their header and their pixels."""

import io
import struct
from pathlib import Path

from PIL import Image

from photochrom.atomic import CheckedFile
from photochrom.photos.ifd import Buffer

_PIXELS_PER_METER = 39.3701  # for one pixel per inch, as Pillow rounds it
_FILE_HEADER = struct.Struct("<2sIHHI")  # signature, size of the file, reserved, where the pixels begin
_LONGEST = 1000  # bytes of what may stand between the headers and the pixels


def resolution(content: Buffer) -> tuple[float, float] | None:
    """Pixels per inch across and down, as the BMP file ``content`` says; None where it cannot."""
    if len(content) < 46:
        return None
    across, down = struct.unpack_from("<ii", content, 38)
    return across / _PIXELS_PER_METER, down / _PIXELS_PER_METER


def note(content: Buffer) -> str:
    """What stands between the headers and the pixels of the BMP file ``content``."""
    if bytes(content[:2]) != b"BM" or len(content) < 18:
        return ""
    pixels, header = struct.unpack_from("<II", content, 10)
    start = _FILE_HEADER.size + header
    return bytes(content[start : min(pixels, start + _LONGEST)]).decode("utf-8", "replace")


def write(path: Path, image: Image.Image, note: str, dpi: tuple[float, float] | None) -> None:
    """Write ``image``, RGB, with ``note`` before its pixels: readers go by the place that the header says."""
    buffer = io.BytesIO()
    image.save(buffer, "BMP", **({"dpi": dpi} if dpi else {}))
    content = buffer.getbuffer()
    signature, size, first, second, pixels = _FILE_HEADER.unpack_from(content)
    text = note.encode()
    text += b"\0" * (-len(text) % 4)
    with CheckedFile(path) as file:
        file.write(_FILE_HEADER.pack(signature, size + len(text), first, second, pixels + len(text)))
        file.write(content[_FILE_HEADER.size : pixels])
        file.write(text)
        file.write(content[pixels:])
