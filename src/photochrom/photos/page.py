"""What a file says of one of its pictures before it is decoded."""

import struct
from dataclasses import dataclass, field

from PIL.Image import DecompressionBombError

from photochrom.photos.metadata import SourceMetadata

_ORIENTATION, _BYTE = 0x0112, 1  # the tag, and a type that some programs give it


@dataclass(frozen=True)
class Page:
    """One picture of a file: its size as it is stored, how it lies, its color profile and what a result keeps.

    ``index`` is its place among all pictures of the file; ``gray`` is whether it has a single channel of gray;
    ``depth`` is 8, or 16 for more bits; ``orientation`` is EXIF's, 1 to 8.
    """

    width: int
    height: int
    index: int = 0
    gray: bool = False
    depth: int = 8
    orientation: int = 1
    profile: bytes | None = None
    metadata: SourceMetadata = field(default_factory=SourceMetadata)


def refuse_too_many(width: int, height: int, max_pixels: int) -> None:
    """Raise Pillow's ``DecompressionBombError`` for a picture of more than ``max_pixels``."""
    if width * height > max_pixels:
        raise DecompressionBombError


def orientation(exif: bytes) -> int:
    """The orientation in a block of EXIF (CIPA DC-008), 1 where it says none."""
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, first)
        for place in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, place)
            if tag == _ORIENTATION:
                value = block[place + 8] if kind == _BYTE else value
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
