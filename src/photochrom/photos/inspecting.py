"""What a file says of its pictures; no pixel is decoded."""

import io
from dataclasses import replace

from photochrom.photos import exif, formats, jpeg2000, jpeg_pixels, metadata, png_pixels, png_profile, pnm, psd, raw
from photochrom.photos.formats import Format
from photochrom.photos.page import Page, refuse_too_many
from photochrom.photos.pillow import open_picture

_ORIENTATION = 0x0112


def pages(content: bytes, kind: Format, max_pixels: int) -> tuple[Page, ...]:
    """The pictures of a file of this ``kind`` that a result must hold, too.

    Raises Pillow's ``DecompressionBombError`` for more than ``max_pixels``, and what the libraries raise of damage.
    """
    if kind is formats.TIFF:
        from photochrom.photos import tiff

        return tiff.inspect(content, max_pixels)
    if kind is formats.RAW:
        return (replace(raw.inspect(content, max_pixels), metadata=metadata.extract(content)),)
    if kind is formats.PSD:
        return (psd.inspect(content, max_pixels, metadata.extract(content)),)
    if size := pnm.size_if_deep(content[: formats.HEAD]):
        refuse_too_many(*size, max_pixels)
        return (Page(*size, gray=kind is formats.PGM, depth=16, metadata=metadata.extract(content)),)
    pixels = {formats.PNG: png_pixels.head, formats.JPEG: jpeg_pixels.alone}.get(kind, bytes)(content)
    with open_picture(io.BytesIO(pixels), kind.name) as image:
        refuse_too_many(*image.size, max_pixels)
        kept = metadata.extract(content)
        page = Page(*image.size, gray=image.mode == "L", depth=16 if image.mode[0] in "IF" else 8, metadata=kept)
        if kind is formats.PNG:
            depth, profile = 16 if png_pixels.is_deep(content) else 8, png_profile.profile(content)
            return (replace(page, depth=depth, orientation=exif.orientation(kept.exif), profile=profile),)
        if kind is formats.JPEG:
            return (replace(page, orientation=exif.orientation(kept.exif), profile=jpeg_pixels.profile(content)),)
        if kind is formats.JPEG_2000:
            page = replace(page, depth=16 if jpeg2000.bits(content) > 8 else 8)
        orientation, profile = image.getexif().get(_ORIENTATION, 1), image.info.get("icc_profile")
        return (replace(page, orientation=orientation, profile=profile),)


def raw_instead(content: bytes, kind: Format) -> Format:
    """The ``kind`` of a file; camera raw, if one that looks like a TIFF is that."""
    if kind is formats.TIFF:
        from photochrom.photos import tiff

        return formats.RAW if tiff.is_raw(content) else kind
    return kind
