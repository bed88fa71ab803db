"""What a file says of one of its pictures before it is decoded."""

from dataclasses import dataclass, field

from PIL.Image import DecompressionBombError

from photochrom.photos.metadata import SourceMetadata

LONGEST = 300_000  # pixels of a side: work takes time for every row and column, not only for every pixel


@dataclass(frozen=True)
class Page:
    """One picture of a file: its size as it is stored, its orientation, its color profile and what a result keeps.

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
    """Raise Pillow's ``DecompressionBombError``, saying why, for more than ``max_pixels``, or too long a side."""
    if width * height > max_pixels:
        millions = f"more than {max_pixels / 1e6:g} million pixels (or says so: a bomb)"
        raise DecompressionBombError(f"has {millions}; `max_pixels` raises the limit")
    if max(width, height) > LONGEST:
        raise DecompressionBombError(f"is {width} by {height} pixels, more than {LONGEST} on a side; cut it")
