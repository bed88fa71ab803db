"""TIFF files: reading what Pillow cannot (16 bit, floating point, turned ones), and writing pages with metadata."""

import io
import logging
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
import tifffile
from PIL import Image

from photochrom.photos import metadata, tiff_tags
from photochrom.photos.high_depth import Deep, float_range, to_16_bit
from photochrom.photos.icc import srgb
from photochrom.photos.page import Page, refuse_too_many
from photochrom.photos.tiff_tags import Blocks

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # damage is judged, and told once, by us

_ORIENTATION, _LEAST, _GREATEST, _PROFILE = 274, 340, 341, 34675
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK = 0, 1, 2, 3, 5
_COLORS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4}
_LARGEST_CLASSIC = 3_500_000_000  # bytes of pixels; TIFF itself ends at 4 GiB


def inspect(content: bytes, max_pixels: int) -> tuple[Page, ...]:
    """All pages of a file. Raises what tifffile raises for damage, and what `refuse_too_many` does."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        pages = [_page(file, index) for index in range(len(file.pages))]
        for page in pages:
            refuse_too_many(page.imagewidth, page.imagelength, max_pixels)
        return tuple(_inspected(page, content, index) for index, page in enumerate(pages))


def read(content: bytes, index: int, white: float | None) -> Deep:
    """Page ``index`` as it is stored; ``white`` as in `float_range`. Raises what tifffile and imagecodecs raise."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        page = _page(file, index)
        if page.samplesperpixel > 16:
            raise Image.DecompressionBombError
        if page.photometric not in _COLORS or page.imagedepth != 1 or page.dtype is None:
            raise ValueError(f"an unusual kind of TIFF, {page.photometric!r}")
        samples = page.asarray()
        if page.planarconfig == 2 and page.samplesperpixel > 1:
            samples = np.moveaxis(samples, 0, -1)
        return _deep(page, samples.reshape(page.imagelength, page.imagewidth, -1), white)


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
        page.imagewidth, page.imagelength, page.samplesperpixel == 1, _needs_us(page), _orientation(page),
        None if profile is None else bytes(profile.value), kept, index,
    )  # fmt: skip


def _needs_us(page: tifffile.TiffPage) -> bool:
    """Whether a page is one that Pillow rounds to 8 bit, cannot read, refuses for its size, or scrambles.

    Pillow scrambles pages that lie on their side and are not compressed, as it swaps their sides too early.
    """
    turned = _orientation(page) >= 5 and page.compression == 1
    refused = page.imagewidth * page.imagelength > 2 * (Image.MAX_IMAGE_PIXELS or sys.maxsize)
    return bool(turned or refused or page.dtype is None or page.dtype.itemsize > 1)


def _orientation(page: tifffile.TiffPage) -> int:
    tag = page.tags.get(_ORIENTATION)
    return int(tag.value) if tag is not None and isinstance(tag.value, int) else 1


def _deep(page: tifffile.TiffPage, samples: np.ndarray, white: float | None) -> Deep:
    """Samples as they are stored (H, W, S) → levels from black to white."""
    count = _COLORS[page.photometric]
    if samples.shape[2] < count:
        raise ValueError(f"{samples.shape[2]} samples for each pixel, where {count} are needed")
    shallow = samples.dtype.itemsize == 1
    if page.photometric == _PALETTE:
        colors = np.asarray(page.colormap, dtype=np.uint16)[:, samples[..., 0]].transpose(1, 2, 0)
        return Deep(colors, None, 8)
    if samples.dtype.kind in "ub" and samples.dtype.itemsize <= 2:
        low, high = 0.0, float((1 << int(page.bitspersample)) - 1)
    else:
        low, high = float_range(samples[..., :count], _stated(page), white)
    levels = samples if samples.dtype == np.uint16 and high == 65535 else to_16_bit(samples, low, high)
    colors = levels[..., :count]
    if page.photometric == _WHITE_IS_ZERO:
        colors = 65535 - colors
    has_alpha = samples.shape[2] > count and bool(page.extrasamples) and int(page.extrasamples[0]) in (1, 2)
    alpha = levels[..., count] if has_alpha else None
    if alpha is not None and int(page.extrasamples[0]) == 1:  # colors that were multiplied by their alpha
        unmultiplied = colors / np.maximum(alpha, 1)[..., None].astype(np.float32) * 65535
        colors = np.rint(unmultiplied.clip(0, 65535)).astype(np.uint16)
    return Deep(colors, alpha, 8 if shallow else 16)


def _stated(page: tifffile.TiffPage) -> tuple[float, float] | None:
    """Black and white as the file states them, if it does."""
    least, greatest = (page.tags.get(code) for code in (_LEAST, _GREATEST))
    if least is None or greatest is None:
        return None
    return float(np.min(least.value)), float(np.max(greatest.value))
