"""TIFF files: reading pages of every kind, and writing pages with metadata.

Pillow would read some of them through libtiff, which takes damage for a reason to print a line and go on.
"""

import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tifffile
from PIL import Image

from photochrom.photos import fax, jpeg_pixels, metadata, tiff_samples, tiff_tags
from photochrom.photos.high_depth import Deep
from photochrom.photos.icc import srgb
from photochrom.photos.page import Page, refuse_too_many
from photochrom.photos.pillow import DAMAGE
from photochrom.photos.tiff_tags import Blocks

_ORIENTATION, _T4_OPTIONS, _PROFILE = 274, 292, 34675
_MASK = 4  # of another picture's transparency, as a kind of page and as a kind of color
_YCBCR, _LAB, _JPEG, _FAX = 6, 8, (6, 7), (2, 3, 4)
_SENSOR = {32803, 34892}  # kinds of color (TIFF/EP, DNG) that no viewer shows as they are
_MOST_SAMPLES = 16  # for each pixel
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))  # for data whose first bit is the lowest
_MOST_METADATA = 64 << 20  # bytes, of all pages of a small file
_LARGEST_CLASSIC = 3_500_000_000  # bytes of pixels; TIFF itself ends at 4 GiB


def is_raw(content: bytes) -> bool:
    """Whether the file is a camera's: one of its pages, or of theirs, holds what the sensor saw."""
    with suppress(*DAMAGE), tifffile.TiffFile(io.BytesIO(content)) as file:
        for page in _listed(file.pages):
            inner = _listed(page.pages or ()) if isinstance(page, tifffile.TiffPage) else []
            if _SENSOR & {int(getattr(one, "photometric", 0)) for one in (page, *inner)}:
                return True
    return False


def _listed(pages: Sequence[Any]) -> list[Any]:
    """All pages by their number: to iterate over them has no end where directories go round in a circle."""
    return [pages[index] for index in range(len(pages))]


def inspect(content: bytes, max_pixels: int) -> tuple[Page, ...]:
    """All pages of a file but masks of others. Raises what tifffile raises for damage, and `refuse_too_many`."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        pages = [(index, _page(file, index)) for index in range(len(file.pages))]
        pictures = [
            (index, page) for index, page in pages if not page.subfiletype & _MASK and page.photometric != _MASK
        ]
        if not pictures:
            raise ValueError("it holds no picture")
        for _, page in pictures:
            refuse_too_many(page.imagewidth, page.imagelength, max_pixels)
        found, left = [], max(_MOST_METADATA, 2 * len(content))
        for index, page in pictures:
            found.append(_inspected(page, content, index))
            left -= found[-1].metadata.size
            if left < 0:  # each page says that the same bytes are its own
                raise ValueError("its pages claim more metadata than it holds")
        return tuple(found)


def read(content: bytes, index: int, white: float | None) -> Image.Image | Deep:
    """Page ``index`` as it is stored; ``white`` as in `float_range`.

    Raises `NotImplementedError` for what only Pillow reads (CIELAB, and JPEG as TIFF stored it first), `ValueError` for
    kinds that are unknown, and what tifffile and imagecodecs raise for damage.
    """
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        page = _page(file, index)
        photometric = int(page.photometric)
        if page.compression == _JPEG[0] or photometric == _LAB:
            raise NotImplementedError(f"an unusual kind of TIFF, {page.photometric!r}")
        _check(page, content)
        if photometric == _YCBCR and page.compression not in _JPEG:
            return tiff_samples.ycbcr_to_picture(page, content)
        if photometric == _YCBCR:
            photometric = tiff_samples.RGB  # as the decoder of JPEG returns it
        if photometric not in tiff_samples.COLORS or page.imagedepth != 1 or page.dtype is None:
            raise ValueError(f"an unusual kind of TIFF, {page.photometric!r}")
        if page.samplesperpixel > _MOST_SAMPLES:
            raise ValueError(f"{page.samplesperpixel} samples for each pixel")
        # Into cleared memory, as a file may say too little of its strips; by one thread, as `quiet` is for one.
        samples = page.asarray(out=np.zeros(page.shape, page.dtype), maxworkers=1)
        if page.planarconfig == 2 and page.samplesperpixel > 1:
            samples = np.moveaxis(samples, 0, -1)
        samples = samples.reshape(page.imagelength, page.imagewidth, -1)
        return tiff_samples.to_picture(page, samples, photometric, white)


def write(path: Path, pages: Iterable[tuple[np.ndarray, Blocks]], big: bool = False) -> None:
    """Write ``pages``, pixels uint8 or uint16 (H, W, 3 or 4) with their metadata.

    Compressed without loss; ``big`` chooses BigTIFF, for more than 4 GB.
    """
    given = []
    whole = iter(pages)
    first = next(whole)
    order: Literal["<", ">"] = ">" if first[1].exif.startswith(b"MM") else "<"
    with path.open("w+b") as handle, tifffile.TiffWriter(handle, bigtiff=big, byteorder=order) as file:
        handle.write(tiff_tags.lead_in(first[1].exif, big))
        for pixels, blocks in chain([first], whole):
            given.append(blocks)
            file.write(
                pixels, photometric="rgb", extrasamples=["unassalpha"] if pixels.shape[2] == 4 else None,
                compression="adobe_deflate", predictor=True, rowsperstrip=max(1, (1 << 20) // pixels[0].nbytes),
                iccprofile=srgb(), software=False, metadata=None,
            )  # fmt: skip
    tiff_tags.add(path, given)


def is_too_big(pixels: np.ndarray, pages: int) -> bool:
    """Whether ``pages`` like ``pixels`` need a BigTIFF."""
    return pixels.nbytes * pages > _LARGEST_CLASSIC


def _page(file: tifffile.TiffFile, index: int) -> tifffile.TiffPage:
    page = file.pages[index]
    if not isinstance(page, tifffile.TiffPage):
        raise ValueError("a page that says nothing of itself")
    return page


def _inspected(page: tifffile.TiffPage, content: bytes, index: int) -> Page:
    profile, kept = page.tags.get(_PROFILE), metadata.extract(content, index)
    return Page(
        page.imagewidth, page.imagelength, index, page.samplesperpixel == 1,
        depth=16 if page.dtype is None or page.dtype.itemsize > 1 else 8, orientation=_orientation(page),
        profile=None if profile is None else bytes(profile.value), metadata=kept,
    )  # fmt: skip


def _check(page: tifffile.TiffPage, content: bytes) -> None:
    """Raise `ValueError` for what decoders do not: strips that lack, damaged fax data and JPEG data."""
    pieces = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if len(pieces) < np.prod(page.chunked) or not all(start and length for start, length in pieces):
        raise ValueError("a part of the picture lacks")
    tables = page.jpegtables or b""
    for number, (start, length) in enumerate(pieces):
        data = content[start : start + length]
        if page.compression == _JPEG[1]:
            jpeg_pixels.check(tables[:-2] + data[2:] if tables else data)
        elif page.compression in _FAX:
            _check_fax(page, number, data)


def _check_fax(page: tifffile.TiffPage, number: int, data: bytes) -> None:
    rows, width = page.chunks[-2:]
    if not page.is_tiled:
        strips = -(-page.imagelength // page.rowsperstrip)
        rows = min(page.rowsperstrip, page.imagelength - number % strips * page.rowsperstrip)
    if page.fillorder == 2:
        data = data.translate(_MIRRORED)
    fax.check(data, width, rows, int(page.compression), int(page.tags.valueof(_T4_OPTIONS) or 0))


def _orientation(page: tifffile.TiffPage) -> int:
    tag = page.tags.get(_ORIENTATION)
    return int(tag.value) if tag is not None and isinstance(tag.value, int) else 1
