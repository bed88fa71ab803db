"""From an uploaded file to pictures: the colored photograph, its chroma alone, its luma alone.

A result is written as a file in a folder of its own, in memory where the system has a place for that, which is gone
when the work is done. So what comes out is what the command line writes.
"""

import errno
import io
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np
from PIL import Image

from photochrom.color import rgb_to_chroma
from photochrom.colorizer import Colorizer
from photochrom.errors import ModelError, NotAPhotoError, PhotoError, TooLargeError
from photochrom.model import Model
from photochrom.photos.formats import FORMATS, JPEG
from photochrom.photos.reading import PhotoFile, ReadOptions, inspect
from photochrom.upsampling import resize
from photochrom.web.refusals import RefusedError

MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}
_UPLOAD = "the photograph"
_MEMORY = Path("/dev/shm")
_ROOM = 1_000_000_000  # bytes that must be free there
_MOST_CHROMA = 4_000_000  # pixels: beyond, chroma is sent smaller than the luma, as in most JPEG files
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}  # what is no fault of the photograph
_NO_ROOM = "the server has no room for this photograph at the moment; try again later"
_LONGEST_JPEG = 65535  # pixels, by its standard
# Chroma is recovered from a picture so pale that nothing in it had to be fitted to the gamut: at this saturation no
# channel moves by more than 0.89 / 512, which is less than the darkest and brightest of 8-bit grays leave.
_PALE = 1 / 512
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # names that Windows keeps for devices


def colored(upload: BinaryIO, colorizer: Colorizer, suffix: str | None, max_pixels: int) -> tuple[bytes, str]:
    """The photograph in color as a file, and its suffix: ``suffix``, or ``.jpg`` for JPEG and ``.png`` for the rest.

    Raises `RefusedError`.
    """
    with _told():
        source = _inspected(upload, max_pixels)
        kind = suffix or (".jpg" if source.format is JPEG else ".png")
        if kind == ".jpg":
            _refuse_long(source)
        memory = _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None
        with TemporaryDirectory(prefix="photochrom-", dir=memory) as folder:
            return colorizer.colorize_file(source, Path(folder, f"result{kind}")).read_bytes(), kind


def chroma(upload: BinaryIO, model: Model, size: int | None, max_pixels: int) -> bytes:
    """The colors alone, before saturation and gamut, as a PNG whose red and green hold Cb and Cr.

    A level v means (v - 128) / 254, which is a chroma in [-0.5, 0.5]. Raises `RefusedError`.
    """
    with _told():
        luma = _inspected(upload, max_pixels).read().luma[0]
        height, width = luma.shape
        if height * width > _MOST_CHROMA:
            factor = (_MOST_CHROMA / (height * width)) ** 0.5
            sides = max(1, round(height * factor)), max(1, round(width * factor))
            luma = resize(luma, *sides, Image.Resampling.BICUBIC).clip(0, 1)
        pale = Colorizer(model, size=size, saturation=_PALE).colorize(luma)
        planes = rgb_to_chroma(pale.transpose(2, 0, 1)) / _PALE
        levels = np.zeros((*luma.shape, 3), np.uint8)
        levels[..., :2] = np.rint(128 + 254 * planes.clip(-0.5, 0.5)).transpose(1, 2, 0)
        return _encoded(Image.fromarray(levels), "PNG", compress_level=3)


def preview(upload: BinaryIO, max_pixels: int) -> bytes:
    """The photograph's luma at full size as a JPEG, for browsers that cannot show its format. Raises `RefusedError`."""
    with _told():
        source = _inspected(upload, max_pixels)
        _refuse_long(source)
        luma = source.read().luma[0]
        return _encoded(Image.fromarray(np.rint(luma * 255).astype(np.uint8)), "JPEG", quality=95)


def result_name(name: str | None, suffix: str) -> str:
    """A name for the result of the upload called ``name``: no folders, no devices, safe on every system."""
    stem = PurePosixPath(unicodedata.normalize("NFC", name or "").replace("\\", "/")).stem
    plain = "".join("_" if char in '<>:"|?*' or not char.isprintable() else char for char in stem)
    plain = plain.strip(". ").encode()[:120].decode(errors="ignore").strip(". ") or "photograph"
    return f"{'_' if _RESERVED.match(plain) else ''}{plain}-color{suffix}"


@contextmanager
def _told() -> Iterator[None]:
    """Turn whatever goes wrong with an upload in the block into a `RefusedError`."""
    try:
        yield
    except PhotoError as error:
        if getattr(error.__cause__, "errno", None) in _DISK:
            raise RefusedError(503, _NO_ROOM) from None
        raise RefusedError(422, str(error).removeprefix(f"{_UPLOAD}: ")) from None
    except ModelError as error:
        raise RefusedError(422, str(error)) from None
    except MemoryError:
        raise RefusedError(413, "not enough memory for a photograph of this size") from None
    except OSError:
        raise RefusedError(503, _NO_ROOM) from None


def _inspected(upload: BinaryIO, max_pixels: int) -> PhotoFile:
    """What was uploaded, before anything of it is decoded. Raises `PhotoError`, and `RefusedError` for its kind."""
    upload.seek(0)
    try:
        source = inspect(upload.read(), ReadOptions(max_pixels), _UPLOAD)
    except NotAPhotoError:
        names = ", ".join(sorted({kind.name for kind in FORMATS}))
        raise RefusedError(415, f"not a picture of a kind that can be read ({names}); check the file") from None
    except TooLargeError:
        millions = f"{max_pixels / 1e6:g} million pixels"
        raise RefusedError(
            413, f"the photograph has more than {millions} (or says so); make it smaller first"
        ) from None
    if (pages := len(source.pages)) > 1:
        raise RefusedError(422, f"has {pages} pages; `photochrom colorize` colors them all")
    return source


def _refuse_long(source: PhotoFile) -> None:
    if max(source.pages[0].width, source.pages[0].height) > _LONGEST_JPEG:
        raise RefusedError(422, f"JPEG holds no more than {_LONGEST_JPEG} pixels a side; ask for PNG")


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
