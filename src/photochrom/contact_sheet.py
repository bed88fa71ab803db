"""Contact sheets: rows of pictures under column titles, as pages in PNG or JPEG.

Here is the door for every picture that shows photographs instead of being one: none of them replaces anything but an
earlier one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from photochrom.atomic import CheckedFile, replacing
from photochrom.errors import ExistsError, PhotoError, UsageError, printable
from photochrom.photos import provenance
from photochrom.photos.embedding import embed
from photochrom.photos.formats import JPEG, PNG
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.provenance import Provenance

LONGEST = 4000  # pixels of a page's side: more than that, and many programs do not show it any more
_FORMATS = {".png": PNG, ".jpg": JPEG, ".jpeg": JPEG}
_GAP = 8  # pixels of white around and between cells
_TITLE, _NAME = 28, 20  # heights of the line of titles, and of that of a photograph's name
_PAIRED = 2048
_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont
_NARROWEST, _WIDEST = 0.5, 2.0  # aspects beyond these are padded, so that a panorama does not shrink the rest


@dataclass(frozen=True)
class SheetRow:
    """Pictures beside each other, one for each title, and the ``name`` that stands under them, if there is one."""

    pictures: Sequence[Image.Image]
    name: str = ""


def refuse_other_files(path: Path, rows: int = 1, height: int = 256) -> None:
    """Raise `UsageError` unless ``path`` is named as a sheet, and nothing but sheets is where its pages would go.

    There are as many pages as that many ``rows`` with names take, see `draw`.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path}: a sheet is a PNG or a JPEG; give it a name that ends with .png or .jpg")
    for number in range(-(-rows // _rows_on_page(height, _NAME))):
        page = page_path(path, number)
        if page.exists() and not is_sheet(page):
            raise UsageError(f"{page}: is there and not an earlier sheet; name another file for the sheet")


def is_sheet(path: Path) -> bool:
    """Whether a sheet of ours is at ``path``."""
    note = provenance.of(path) if path.is_file() else None
    return note is not None and note.is_sheet


def page_path(path: Path, number: int) -> Path:
    """Where the page of that ``number``, from 0, of the sheet ``path`` goes: sheet.png, sheet-2.png, ..."""
    return path.with_name(f"{path.stem}-{number + 1}{path.suffix}") if number else path


def draw(path: Path, rows: Iterable[SheetRow], titles: Sequence[str], height: int = 256) -> list[Path]:
    """Write ``rows`` of pictures, each in a cell ``height`` pixels tall, and return the files: `page_path` names them.

    Pictures keep their aspect; what is left of a cell is white. No side of a page has more than `LONGEST` pixels: what
    does not fit goes to a next page, and many columns make the pictures smaller. Earlier sheets are replaced.
    Raises `PhotoError` if a page cannot be written, or something else is there.
    """
    written: list[Path] = []
    waiting = iter(rows)
    while some := list(islice(waiting, _rows_on_page(height, _NAME))):
        page = page_path(path, len(written))
        _save(_page(some, titles, height), page, overwrite=True)
        written.append(page)
    return written


def pair(path: Path, before: Image.Image, after: Image.Image, overwrite: bool) -> None:
    """Write two pictures of one size side by side to ``path``, each at most 2,048 pixels on a side.

    Raises `PhotoError` if it cannot be written, or is there, unless ``overwrite`` and it is an earlier one.
    """
    both = [picture.convert("RGB") for picture in (before, after)]
    for picture in both:
        picture.thumbnail((_PAIRED, _PAIRED))
    page = Image.new("RGB", (both[0].width + both[1].width + _GAP, both[0].height), "white")
    page.paste(both[0], (0, 0))
    page.paste(both[1], (both[0].width + _GAP, 0))
    _save(page, path, overwrite)


def shrunk(picture: Image.Image, height: int) -> Image.Image:
    """``picture`` made small enough for a sheet of that ``height``, in place, so that many scans fit into memory."""
    picture.thumbnail((round(height * _WIDEST), height))
    return picture


def from_planes(planes: np.ndarray) -> Image.Image:
    """``planes`` float (1 or 3, H, W) in [0, 1] → a Pillow picture in L or RGB."""
    levels = np.rint(planes.clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0))


def _page(rows: Sequence[SheetRow], titles: Sequence[str], height: int) -> Image.Image:
    font = ImageFont.load_default(size=15)
    width = _cell_width(rows, titles, height, font)
    step = height + _GAP + (_NAME if any(row.name for row in rows) else 0)
    size = (len(titles) * (width + _GAP) + _GAP, _TITLE + _GAP + len(rows) * step)
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    for column, title in enumerate(titles):
        middle = _GAP + column * (width + _GAP) + width // 2
        pen.text((middle, _GAP + _TITLE // 2), _cut(title, width, font), fill="black", font=font, anchor="mm")
        for line, row in enumerate(rows):
            picture = row.pictures[column].convert("RGB")
            picture.thumbnail((width, height))
            top = _GAP + _TITLE + line * step + (height - picture.height) // 2
            page.paste(picture, (middle - picture.width // 2, top))
    for line, row in enumerate(rows):
        place = (size[0] // 2, _GAP + _TITLE + line * step + height + _NAME // 2)
        pen.text(place, _cut(printable(row.name), size[0] - 2 * _GAP, font), fill="black", font=font, anchor="mm")
    return page


def _rows_on_page(height: int, name: int) -> int:
    return max(1, (LONGEST - _TITLE - _GAP) // (height + _GAP + name))


def _cell_width(rows: Sequence[SheetRow], titles: Sequence[str], height: int, font: _Font) -> int:
    aspects = [picture.width / picture.height for row in rows for picture in row.pictures[:1]]
    wanted = max(height * min(max(*aspects, _NARROWEST), _WIDEST), *(font.getlength(title) for title in titles))
    return min(round(wanted), (LONGEST - _GAP) // len(titles) - _GAP)


def _cut(text: str, width: int, font: _Font) -> str:
    """``text``, without its middle if it is wider than ``width``."""
    for kept in range(len(text), 0, -1):
        shown = text if kept == len(text) else f"{text[: -(-kept // 2)]}…{text[len(text) - kept // 2 :]}"
        if font.getlength(shown) <= width:
            return shown
    return ""


def _save(page: Image.Image, path: Path, overwrite: bool) -> None:
    earlier = is_sheet(path)
    kind = _FORMATS[path.suffix.lower()]
    options = embed(SourceMetadata(), kind, Provenance(), page.size).options
    if kind is JPEG:
        options |= {"quality": 90, "subsampling": "4:4:4"}
    try:
        # Nothing but an earlier sheet is replaced, whatever comes to be there meanwhile.
        with replacing(path, overwrite=overwrite and earlier) as temporary, CheckedFile(temporary) as file:
            page.save(file, format=kind.name, **options)
    except FileExistsError:
        if earlier:
            raise ExistsError(f"{path}: exists already; `overwrite` replaces it") from None
        raise PhotoError(f"{path}: is there and not an earlier sheet, which alone is replaced; move it away") from None
    except OSError as error:
        raise PhotoError(
            f"{path}: cannot be written ({error.strerror or error}); check the folder and the disk"
        ) from None
