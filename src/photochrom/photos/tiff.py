"""TIFF files: reading what Pillow cannot (16 bit, floating point, turned ones), and writing pages with metadata."""

import io
import logging
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile
from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from photochrom.photos import metadata
from photochrom.photos.high_depth import Deep, float_range, to_16_bit
from photochrom.photos.icc import srgb
from photochrom.photos.metadata import EXIF_PART, GPS_PART, SourceMetadata, with_note
from photochrom.photos.page import Page, refuse_too_many
from photochrom.photos.pillow import open_picture
from photochrom.photos.provenance import Provenance

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # damage is judged, and told once, by us

_ORIENTATION, _LEAST, _GREATEST, _XMP, _IPTC, _PROFILE = 274, 340, 341, 700, 33723, 34675
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK = 0, 1, 2, 3, 5
_COLORS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4}
# tifffile refuses to write the tags of EXIF's folders: these take their places in the order, and are renamed.
_STAND_INS = {EXIF_PART: EXIF_PART - 1, GPS_PART: GPS_PART - 1}
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


def write(
    path: Path, pages: Iterable[tuple[np.ndarray, SourceMetadata]], provenance: Provenance, big: bool = False
) -> None:
    """Write ``pages``, pixels uint8 or uint16 (H, W, 3 or 4) with their metadata, and the note of ``provenance``.

    Compressed without loss; ``big`` chooses BigTIFF, for more than 4 GB.
    """
    parts = []
    with tifffile.TiffWriter(path, bigtiff=big, byteorder="<") as file:
        for pixels, keep in pages:
            exif = with_note(keep.exif, provenance)
            parts.append({code: exif.get_ifd(code) for code in (EXIF_PART, GPS_PART) if code in exif})
            file.write(
                pixels, photometric="rgb", extrasamples=["unassalpha"] if pixels.shape[2] == 4 else None,
                compression="adobe_deflate", predictor=True, rowsperstrip=max(1, (1 << 20) // pixels[0].nbytes),
                resolution=keep.dpi, resolutionunit="inch" if keep.dpi else None, iccprofile=srgb(),
                software=False, metadata=None, extratags=_extra_tags(exif, keep),
            )  # fmt: skip
    _add_folders(path, parts)


def is_too_big(pixels: np.ndarray, pages: int) -> bool:
    """Whether ``pages`` like ``pixels`` need a BigTIFF."""
    return pixels.nbytes * pages > _LARGEST_CLASSIC


def _page(file: tifffile.TiffFile, index: int) -> tifffile.TiffPage:
    page = file.pages[index]
    if not isinstance(page, tifffile.TiffPage):
        raise ValueError("a page that says nothing of itself")
    return page


def _inspected(page: tifffile.TiffPage, content: bytes, index: int) -> Page:
    profile, kept = page.tags.get(_PROFILE), SourceMetadata()
    with suppress(UnidentifiedImageError), open_picture(io.BytesIO(content), "TIFF") as image:
        image.seek(index)
        kept = metadata.kept(image)  # of the kinds that Pillow does not even open, the metadata is lost
    return Page(
        page.imagewidth, page.imagelength, page.samplesperpixel == 1, _needs_us(page), _orientation(page),
        None if profile is None else bytes(profile.value), kept,
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


def _extra_tags(exif: Image.Exif, keep: SourceMetadata) -> list[tuple[Any, ...]]:
    tags: list[tuple[Any, ...]] = []
    for code, value in exif.items():
        if code in (EXIF_PART, GPS_PART):
            tags.append((_STAND_INS[code], "I", 1, 0, True))
        elif isinstance(value, str):
            text = value.encode("utf-8", "replace") + b"\0"
            tags.append((code, "s", len(text), text, True))
        elif isinstance(value, bytes):
            tags.append((code, "B", len(value), value, True))
        elif isinstance(value, int) and -(1 << 31) <= value < 1 << 32:  # what a tag can hold
            tags.append((code, "i" if value < 0 else "I", 1, value, True))
    for code, content in ((_XMP, keep.xmp), (_IPTC, keep.iptc)):
        if content:
            tags.append((code, "B", len(content), content, True))
    return tags


def _add_folders(path: Path, parts: list[dict[int, dict[int, Any]]]) -> None:
    """Write EXIF's folders of every page to the end of the file, and tell the pages where they stand."""
    if not any(parts):
        return
    with tifffile.TiffFile(path) as file:
        places = [page.offset for page in file.pages]
        big = file.is_bigtiff
    header = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) if big else struct.pack("<2sHI", b"II", 42, 8)
    with path.open("r+b") as handle:
        for place, folders in zip(places, parts, strict=True):
            for code, values in folders.items():
                folder = ImageFileDirectory_v2(header)
                folder.update(values)
                end = handle.seek(0, 2)
                offset = end + end % 2
                handle.write(b"\0" * (end % 2) + folder.tobytes(offset))
                _tell(handle, place, big, code, offset)


def _tell(handle: BinaryIO, place: int, big: bool, code: int, value: int) -> None:
    """Turn the stand-in for ``code``, in the page whose tags stand at ``place``, into that tag with ``value``."""
    handle.seek(place)
    count, size, form = ("<Q", 20, "<HHQI4x") if big else ("<H", 12, "<HHII")
    (entries,) = struct.unpack(count, handle.read(struct.calcsize(count)))
    start = handle.tell()
    for position in range(start, start + entries * size, size):
        handle.seek(position)
        found, kind, number, _ = struct.unpack(form, handle.read(size))
        if found == _STAND_INS[code]:
            handle.seek(position)
            handle.write(struct.pack(form, code, kind, number, value))
