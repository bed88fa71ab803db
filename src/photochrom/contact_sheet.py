"""Contact sheets: rows of pictures under column titles, as one PNG."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from photochrom.atomic import CheckedFile, replacing
from photochrom.errors import PhotoError, UsageError
from photochrom.photos import exif, provenance
from photochrom.photos.provenance import Provenance

_GAP = 8  # pixels of white around and between cells
_PAIRED = 2048
_TITLE = 28  # height of the line of titles
_SHORTEST, _LONGEST = 0.5, 2.0  # aspects beyond these are padded, so that a panorama does not shrink the rest


def refuse_other_files(path: Path) -> None:
    """Raise `UsageError` unless ``path`` is named as the PNG that a sheet is, and nothing but a sheet is there."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: a sheet is a PNG; give it a name that ends with .png")
    if path.exists() and not ((earlier := provenance.of(path)) and earlier.is_sheet):
        raise UsageError(f"{path}: is there and not an earlier sheet; name another file for the sheet")


def draw(path: Path, rows: Sequence[Sequence[Image.Image]], titles: Sequence[str], height: int = 256) -> None:
    """Write ``rows`` of pictures, each in a cell ``height`` pixels tall, to the PNG ``path``.

    Every row has one picture for each title. Pictures keep their aspect; what is left of a cell is white. Replaces
    what is there. Raises `PhotoError` if it cannot be written.
    """
    width = _cell_width(rows, height)
    columns = len(titles)
    page_size = (columns * (width + _GAP) + _GAP, len(rows) * (height + _GAP) + _TITLE + _GAP)
    page = Image.new("RGB", page_size, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=15)
    for column, title in enumerate(titles):
        x = _GAP + column * (width + _GAP) + width // 2
        pen.text((x, _GAP + _TITLE // 2), title, fill="black", font=font, anchor="mm")
        for line, row in enumerate(rows):
            picture = row[column].convert("RGB")
            picture.thumbnail((width, height))
            left = _GAP + column * (width + _GAP) + (width - picture.width) // 2
            top = _GAP + _TITLE + line * (height + _GAP) + (height - picture.height) // 2
            page.paste(picture, (left, top))
    _save(page, path, overwrite=True, optimize=True)


def pair(path: Path, before: Image.Image, after: Image.Image, overwrite: bool) -> None:
    """Write two pictures of one size side by side to the PNG ``path``, each at most 2,048 pixels on a side.

    Raises `PhotoError` if it cannot be written, or is there, unless ``overwrite``.
    """
    both = [picture.convert("RGB") for picture in (before, after)]
    for picture in both:
        picture.thumbnail((_PAIRED, _PAIRED))
    page = Image.new("RGB", (both[0].width + both[1].width + _GAP, both[0].height), "white")
    page.paste(both[0], (0, 0))
    page.paste(both[1], (both[0].width + _GAP, 0))
    _save(page, path, overwrite)


def _save(page: Image.Image, path: Path, overwrite: bool, optimize: bool = False) -> None:
    try:
        with replacing(path, overwrite) as temporary, CheckedFile(temporary) as file:
            page.save(file, format="PNG", optimize=optimize, exif=exif.edited(b"", Provenance().note(), page.size))
    except FileExistsError:
        raise PhotoError(f"{path}: exists already; --overwrite replaces it") from None
    except OSError as error:
        raise PhotoError(
            f"{path}: cannot be written ({error.strerror or error}); check the folder and the disk"
        ) from None


def shrunk(picture: Image.Image, height: int) -> Image.Image:
    """``picture`` made small enough for a sheet of that ``height``, in place, so that many scans fit into memory."""
    picture.thumbnail((round(height * _LONGEST), height))
    return picture


def from_planes(planes: np.ndarray) -> Image.Image:
    """``planes`` float (1 or 3, H, W) in [0, 1] → a Pillow picture in L or RGB."""
    levels = np.rint(planes.clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0))


def _cell_width(rows: Sequence[Sequence[Image.Image]], height: int) -> int:
    aspects = [row[0].width / row[0].height for row in rows]
    return round(height * min(max(*aspects, _SHORTEST), _LONGEST))
