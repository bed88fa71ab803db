"""An upload becomes a film that can be colored, or is refused in one line, before it takes anybody's turn."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from photochrom.errors import PhotochromError, PhotoError
from photochrom.video.demuxing import Film, inspect
from photochrom.video.encoding import VideoEncoding
from photochrom.video.muxing import fits, provenance
from photochrom.video.opening import SUFFIXES, opened
from photochrom.video.planning import suffix_of
from photochrom.web.films.worker import too_long, without_path
from photochrom.web.refusals import RefusedError
from photochrom.web.settings import FilmSettings

_FORMATS = frozenset(  # as FFmpeg calls them; it reads pictures and text, too
    ("mp4", "matroska", "avi", "mpeg", "mpegvideo", "mpegts", "asf", "flv", "ogg", "mxf", "nut", "dv")
)
_KINDS = "MP4, MOV, MKV, WebM, AVI, MPEG, WMV, FLV, Ogg, MXF, DV"
_OURS = "was colored by Photochrom already; send the film that it was made from"


def stored(upload: BinaryIO, name: str | None, folder: Path) -> Path:
    """An upload as a file in ``folder``, whose suffix is that of its ``name`` where that is a film's.

    Raises `RefusedError` where there is no space.
    """
    suffix = PurePosixPath((name or "").lower()).suffix
    path = folder / f"film{suffix if suffix in SUFFIXES else ''}"
    try:
        with path.open("wb") as file:
            upload.seek(0)
            shutil.copyfileobj(upload, file, 1 << 20)
    except OSError:
        raise RefusedError(507, "the server has no space for this film at the moment; try again later") from None
    return path


def inspected(path: Path, suffix: str | None, encoding: VideoEncoding, settings: FilmSettings) -> tuple[Film, str]:
    """What the film at ``path`` is, and the suffix of its result, by default as the command line chooses it.

    Raises `RefusedError` for what cannot be colored or is too large, or where the result cannot hold its sound.
    """
    with _refusals(path):
        _refuse_other_formats(path)
        if provenance(path):
            raise RefusedError(422, _OURS)
        film = inspect(path)
        if film.width * film.height > settings.max_pixels:
            size = f"{film.width}x{film.height}"
            raise RefusedError(413, f"has frames of {size}, more than {settings.max_pixels:,} pixels; make it smaller")
        if film.frames > settings.max_frames:
            raise RefusedError(413, too_long(settings.max_frames))
        suffix = suffix or suffix_of(path, encoding)
        fits(film, suffix, encoding)
        return film, suffix


def _refuse_other_formats(path: Path) -> None:
    try:
        with opened(path) as container:
            is_taken = not _FORMATS.isdisjoint(container.format.name.split(","))
    except PhotoError:
        is_taken = False
    if not is_taken:
        raise RefusedError(415, f"not a film of a kind that is taken ({_KINDS}); check the file")


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn whatever is wrong with a film in the block into a `RefusedError`."""
    try:
        yield
    except (PhotoError, PhotochromError) as error:
        raise RefusedError(422, without_path(str(error), str(path))) from None
    except MemoryError:
        raise RefusedError(413, "not enough memory for a film of this size") from None
