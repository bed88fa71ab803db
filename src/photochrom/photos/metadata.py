"""What a photograph's file says beside its pixels: taken from its bytes as raw blocks, which a result carries on.

EXIF, XMP (ISO 16684), IPTC (its Information Interchange Model, IIM) and Photoshop's other resources, the texts of PNG,
comments and the resolution are kept; orientation and color profile are not, because a result's pixels are upright and
sRGB. See `photochrom.photos.embedding` for the other half.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass, replace

from photochrom.photos import (
    bmp,
    exif,
    gif_blocks,
    iso_boxes,
    jpeg_segments,
    openraster,
    photoshop,
    png_chunks,
    pnm,
    tiff_tags,
    webp_chunks,
    xmp,
)
from photochrom.photos.ifd import Buffer, structure

_MOST_PIXELS = 1 << 28  # of an OpenRaster file whose metadata are wanted
_DEFAULT = 72.0, 72.0  # pixels per inch of a JPEG file whose EXIF says nothing of them (CIPA DC-008)


@dataclass(frozen=True)
class SourceMetadata:
    """What a result keeps of its source.

    ``exif`` is a TIFF structure; ``dpi`` the resolution across and down; ``xmp`` a packet, and ``extended_xmp`` what a
    JPEG file held of it besides; ``iptc`` the data of IIM; ``photoshop`` all other image resources; ``comments`` are
    those of JPEG, GIF and PNM; ``chunks`` those of PNG, its texts among them; ``segments`` other segments of JPEG.
    """

    exif: bytes = b""
    dpi: tuple[float, float] | None = None
    xmp: bytes = b""
    extended_xmp: bytes = b""
    iptc: bytes = b""
    photoshop: bytes = b""
    comments: tuple[bytes, ...] = ()
    chunks: tuple[tuple[bytes, bytes], ...] = ()
    segments: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes a page of TIFF has of it."""
        return len(self.exif) + len(self.xmp) + len(self.iptc) + len(self.photoshop)


def extract(content: Buffer, page: int = 0) -> SourceMetadata:
    """The metadata of the picture file ``content``, or of another ``page`` of it. What is damaged is left out."""
    head = bytes(content[:16])
    if head.startswith(b"\xff\xd8"):
        return _of_jpeg(content)
    if head.startswith(b"\x89PNG"):
        return _of_png(content)
    if structure(content) is not None:
        tags = tiff_tags.read(content, page)
        iptc, resources = photoshop.split(tags.photoshop)
        return SourceMetadata(
            tags.exif, _sensible(tags.dpi), xmp.upright(tags.xmp), iptc=tags.iptc or iptc, photoshop=resources
        )
    if head.startswith(b"RIFF"):
        return _of_exif_and_xmp(*webp_chunks.read(content))
    if head[4:8] == b"ftyp":
        return _of_exif_and_xmp(*iso_boxes.read(content))
    if head[4:8] == b"jP  ":
        block, packet, iptc = iso_boxes.read_jp2(content)
        return replace(_of_exif_and_xmp(block, packet), iptc=iptc)
    if head.startswith(b"8BPS"):
        return _of_psd(content)
    if head.startswith(b"PK"):
        with suppress(ValueError):
            return _of_png(openraster.merged(content, _MOST_PIXELS))
        return SourceMetadata()
    if head.startswith(b"GIF8"):
        packet, comments = gif_blocks.read(content)
        return SourceMetadata(xmp=xmp.upright(packet), comments=tuple(comments))
    if head.startswith(b"BM"):
        return SourceMetadata(dpi=_sensible(bmp.resolution(content)))
    return SourceMetadata(comments=tuple(pnm.comments(content)))


def _of_jpeg(content: Buffer) -> SourceMetadata:
    found = jpeg_segments.read(content)
    iptc, resources = photoshop.split(found.photoshop)
    return SourceMetadata(
        found.exif,
        _sensible(found.dpi) or _sensible(_resolution(found.exif, _DEFAULT)),
        xmp.upright(found.xmp),
        found.extended_xmp,
        iptc,
        resources,
        tuple(found.comments),
        segments=tuple(found.others),
    )


def _of_png(content: Buffer) -> SourceMetadata:
    found = png_chunks.read(content)
    iptc, resources = photoshop.split(found.photoshop)
    dpi = _sensible(found.dpi) or _sensible(_resolution(found.exif))
    return SourceMetadata(
        found.exif, dpi, xmp.upright(found.xmp), b"", iptc or found.iptc, resources, chunks=tuple(found.others)
    )


def _of_psd(content: Buffer) -> SourceMetadata:
    try:
        section = photoshop.section(content)
    except struct.error:
        return SourceMetadata()
    found, (iptc, resources) = photoshop.values(section), photoshop.split(section)
    exif, packet = found.get(photoshop.EXIF, b""), found.get(photoshop.XMP, b"")
    dpi = _sensible(photoshop.resolution(found.get(photoshop.RESOLUTION, b""))) or _sensible(_resolution(exif))
    return SourceMetadata(exif, dpi, xmp.upright(packet), iptc=iptc, photoshop=photoshop.own(resources))


def _of_exif_and_xmp(block: bytes, packet: bytes) -> SourceMetadata:
    return SourceMetadata(block, _sensible(_resolution(block)), xmp.upright(packet))


def _resolution(block: bytes, default: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """The resolution that an EXIF ``block`` says; ``default`` where it says nothing of that."""
    found = structure(block)
    if found is None:
        return None
    kind, first = found
    tags, _ = kind.read(block, first)
    silent = not any(tag.code in (exif.X_RESOLUTION, exif.Y_RESOLUTION) for tag in tags)
    return default if silent else exif.resolution(kind, block, tags)


def _sensible(dpi: tuple[float, float] | None) -> tuple[float, float] | None:
    """A resolution that every format can hold, or None."""
    return dpi if dpi and all(0 < value < 65536 for value in dpi) else None
