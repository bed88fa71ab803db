"""What a file says of one of its pictures before it is decoded."""

from dataclasses import dataclass, field

from PIL.Image import DecompressionBombError

from photochrom.photos.metadata import SourceMetadata


@dataclass(frozen=True)
class Page:
    """One picture of a file: its size as it is stored, how it lies, its color profile and what a result keeps.

    ``gray`` is whether it has a single channel of gray; ``deep`` whether it is decoded by us, as Pillow would round
    it to 8 bit, scramble or refuse it; ``orientation`` is EXIF's, 1 to 8; ``index`` is its place in the file, from 0.
    """

    width: int
    height: int
    gray: bool = False
    deep: bool = False
    orientation: int = 1
    profile: bytes | None = None
    metadata: SourceMetadata = field(default_factory=SourceMetadata)
    index: int = 0


def refuse_too_many(width: int, height: int, max_pixels: int) -> None:
    """Raise Pillow's ``DecompressionBombError`` for a picture of more than ``max_pixels``."""
    if width * height > max_pixels:
        raise DecompressionBombError
