"""From an uploaded file to pictures: the colored photograph, its chroma alone, its luma alone."""

import errno
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import numpy as np
from PIL import Image

from photochrom.colorizer import Colorizer
from photochrom.distribution import Likely
from photochrom.errors import HintError, MissingPackageError, ModelError, NotAPhotoError, PhotoError, TooLargeError
from photochrom.hints import Hints
from photochrom.in_memory import colorized as colorized_file
from photochrom.photos.formats import FORMATS, JPEG, OPENRASTER, PNG, PSD, TIFF, Format
from photochrom.photos.reading import PhotoFile, ReadOptions, inspect
from photochrom.web.refusals import RefusedError

# Of results, as the API calls them.
FORMATS_BY_NAME = {"png": PNG, "jpeg": JPEG, "tiff": TIFF, "psd": PSD, "ora": OPENRASTER}
_UPLOAD = "the photograph"
_MOST_CHROMA = 4_000_000  # pixels: beyond, chroma is sent smaller than the luma, as in most JPEG files
_QUICK_CHROMA = 600  # pixels of the longer side, for previews of twice that
_PLANES: dict[str, dict[str, int]] = {  # how planes are encoded: as they are, without a conversion of colors
    "PNG": {"compress_level": 3}, "JPEG": {"quality": 92, "subsampling": 0, "keep_rgb": True},
}  # fmt: skip
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}  # errors that are no fault of the photograph
_NO_SPACE = "the server has no space for this photograph at the moment; try again later"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # names that Windows keeps for devices


@dataclass(frozen=True)
class Rendering:
    """A picture for a client: its file, the format of that, and how many pages the upload has.

    ``notes`` are lines on what the format cannot hold of the upload.
    """

    content: bytes
    format: Format
    pages: int
    notes: tuple[str, ...] = ()


def readable() -> list[str]:
    """The suffixes of the files that this installation can read."""
    return [suffix for kind in FORMATS if not kind.is_missing for suffix in kind.suffixes]


def writable() -> list[str]:
    """The names of the formats that this installation can write."""
    return [name for name, kind in FORMATS_BY_NAME.items() if not kind.obstacle]


def colorized(
    upload: BinaryIO, colorizer: Colorizer, format: Format | None = None, page: int | None = None,
    hints: Hints | None = None,
) -> Rendering:  # fmt: skip
    """The photograph in color: all its pages, or ``page`` alone, counted from 1; by ``hints``, where that is one page.

    By default a JPEG photograph becomes JPEG, several pages become TIFF, and all else PNG. Raises `RefusedError`.
    """
    with _refusals():
        source = _inspected(upload, colorizer.max_pixels)
        pages = len(source.pages)
        if page is not None:
            source = _page(source, page)
        several = len(source.pages) > 1
        kind = format or (TIFF if several else JPEG if source.format is JPEG else PNG)
        if several and not kind.pages:
            choices = f"choose one with page=1 to page={pages}, or all of them with format=tiff"
            raise RefusedError(422, f"has {pages} pages, and {kind.name} holds one; {choices}")
        if kind.obstacle:
            raise RefusedError(422, kind.obstacle)
        _refuse_long(source, kind)
        made = colorized_file(colorizer, source, kind.suffixes[0], _UPLOAD, hints=hints)
        lines = tuple(note.removeprefix(f"{_UPLOAD}: ") for note in made.notes)
        return Rendering(made.content, kind, pages, lines)


def chroma(
    upload: BinaryIO, colorizer: Colorizer, page: int = 1, hints: Hints | None = None, kind: Format = PNG
) -> Rendering:
    """The colors of a page alone, by ``hints``, before saturation and gamut: a picture of three planes.

    Red and green hold Cb and Cr: a level v means (v - 128) / 254, which is a chroma in [-0.5, 0.5]. Blue is how far
    each pixel is hinted, from 0 to 255. PNG is exact. JPEG is for quick previews: off by a few levels, and of 600
    pixels at most, as JPEG files hold chroma at half the size of the luma. Raises `RefusedError`.
    """
    with _refusals():
        source = _inspected(upload, colorizer.max_pixels)
        luma = _page(source, page).read().luma[0]
        height, width = luma.shape
        quick = _QUICK_CHROMA / max(height, width) if kind is JPEG else 1.0
        factor = min(1.0, quick, (_MOST_CHROMA / (height * width)) ** 0.5)
        shape = max(1, round(height * factor)), max(1, round(width * factor))
        planes = colorizer.chroma_and_hinted(luma, shape, hints)
        planes[:2] = 128 + 254 * planes[:2].clip(-0.5, 0.5)
        planes[2] *= 255
        levels = np.rint(planes, out=planes).astype(np.uint8).transpose(1, 2, 0)
        return Rendering(_encoded(levels, kind, **_PLANES[kind.name]), kind, len(source.pages))


def added_hints(
    upload: BinaryIO, colorizer: Colorizer, count: int, page: int = 1, hints: Hints | None = None
) -> list[Hints]:
    """What each of up to ``count`` answers adds to ``hints`` for a page; see `Colorizer.hints_of_answers`.

    Raises `RefusedError`.
    """
    with _refusals():
        source = _page(_inspected(upload, colorizer.max_pixels), page)
        return colorizer.hints_of_answers(source.read().luma[0], count, hints)


def suggested(
    upload: BinaryIO, colorizer: Colorizer, place: tuple[float, float], page: int = 1, hints: Hints | None = None
) -> list[Likely]:
    """The colors that are possible at a ``place`` of a page, x and y in [0, 1]; see `Colorizer.suggest`.

    Raises `RefusedError`.
    """
    with _refusals():
        source = _page(_inspected(upload, colorizer.max_pixels), page)
        return colorizer.suggest(source.read().luma[0], *place, hints)


def preview(upload: BinaryIO, max_pixels: int, page: int = 1) -> Rendering:
    """The luma of a page at full size as a JPEG, for browsers that cannot show its format. Raises `RefusedError`."""
    with _refusals():
        file = _inspected(upload, max_pixels)
        source = _page(file, page)
        _refuse_long(source, JPEG)
        levels = np.rint(source.read().luma[0] * 255).astype(np.uint8)
        return Rendering(_encoded(levels, JPEG, quality=95), JPEG, len(file.pages))


def result_name(name: str | None, suffix: str, page: int | None = None) -> str:
    """A name for the result of the upload called ``name``, or of one ``page``: safe on every system.

    It has no folders, and is no name of a device.
    """
    stem = PurePosixPath(unicodedata.normalize("NFC", name or "").replace("\\", "/")).stem
    plain = "".join("_" if char in '<>:"|?*' or not char.isprintable() else char for char in stem)
    plain = plain.strip(". ").encode()[:120].decode(errors="ignore").strip(". ") or "photograph"
    return f"{'_' if _RESERVED.match(plain) else ''}{plain}{f'-page-{page}' if page else ''}-color{suffix}"


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn whatever goes wrong with an upload in the block into a `RefusedError`."""
    try:
        yield
    except PhotoError as error:
        if getattr(error.__cause__, "errno", None) in _DISK:
            raise RefusedError(503, _NO_SPACE) from None
        raise RefusedError(422, str(error).removeprefix(f"{_UPLOAD}: ")) from None
    except HintError as error:
        raise RefusedError(422, f"hints: {error}") from None
    except ModelError as error:
        raise RefusedError(422, str(error)) from None
    except MemoryError:
        raise RefusedError(413, "not enough memory for a photograph of this size") from None
    except OSError:
        raise RefusedError(503, _NO_SPACE) from None


def _inspected(upload: BinaryIO, max_pixels: int) -> PhotoFile:
    """What was uploaded, before anything of it is decoded. Raises `PhotoError`, and `RefusedError` for its kind."""
    upload.seek(0)
    try:
        return inspect(upload.read(), ReadOptions(max_pixels), _UPLOAD)
    except NotAPhotoError:
        names = ", ".join(sorted({kind.name for kind in FORMATS}))
        raise RefusedError(415, f"not a picture of a kind that can be read ({names}); check the file") from None
    except TooLargeError:
        millions = f"{max_pixels / 1e6:g} million pixels"
        raise RefusedError(
            413, f"the photograph has more than {millions} (or says so); make it smaller first"
        ) from None
    except MissingPackageError as error:
        raise RefusedError(415, str(error).removeprefix(f"{_UPLOAD}: ")) from None


def _page(source: PhotoFile, page: int) -> PhotoFile:
    """The page of that number, counted from 1."""
    if page > len(source.pages):
        raise RefusedError(422, f"has {len(source.pages)} page{'s'[: len(source.pages) > 1]}, and no page {page}")
    return source.only(page - 1)


def _refuse_long(source: PhotoFile, kind: Format) -> None:
    if kind.longest and max(source.pages[0].width, source.pages[0].height) > kind.longest:
        raise RefusedError(422, f"{kind.name} holds no more than {kind.longest} pixels a side; ask for PNG")


def _encoded(levels: np.ndarray, kind: Format, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, kind.name, **options)
    return file.getvalue()
