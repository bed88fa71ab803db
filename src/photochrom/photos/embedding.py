"""How each format holds the metadata of a result, and what it cannot hold."""

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from PIL import ExifTags, PngImagePlugin

from photochrom.photos import exif, exif_transfer, formats, jpeg_segments, photoshop, png_chunks, xmp
from photochrom.photos.formats import Format
from photochrom.photos.icc import srgb
from photochrom.photos.ifd import structure
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.provenance import Provenance, parse, signed
from photochrom.photos.tiff_tags import Blocks

# What formats hold besides pixels and resolution, by the names of `SourceMetadata`'s parts. PNG's texts become
# comments elsewhere, and comments become its texts.
_HELD = {
    "JPEG": {"exif", "xmp", "iptc", "photoshop", "comments", "texts", "segments"},
    "PNG": {"exif", "xmp", "iptc", "photoshop", "comments", "texts", "chunks"},
    "TIFF": {"exif", "xmp", "iptc", "photoshop"},
    "PSD": {"exif", "xmp", "iptc", "photoshop"},
    "WEBP": {"exif", "xmp"},
    "AVIF": {"exif", "xmp"},
    "PPM": {"comments", "texts"},
    "BMP": set(),
}  # fmt: skip
_NAMES = {
    "exif": "EXIF", "xmp": "XMP", "iptc": "IPTC", "photoshop": "Photoshop's resources", "comments": "comments",
    "texts": "texts", "chunks": "other chunks", "segments": "application segments",
}  # fmt: skip
_PPM_COMMENTS = 3000  # bytes, so that readers find the numbers after them in the first 4 KB
_COMMENT_SIGNS = 3  # bytes around each
_NAMED = 5  # tags in one line
_EXIF_IN_JPEG = jpeg_segments.ROOM - len(jpeg_segments.EXIF)


@dataclass(frozen=True)
class Embedded:
    """Options for Pillow's ``save``, and ``notes`` on what the format cannot hold, each one line."""

    options: dict[str, Any]
    notes: tuple[str, ...] = ()


def embed(keep: SourceMetadata, kind: Format, provenance: Provenance, size: tuple[int, int]) -> Embedded:
    """How a file of ``kind`` holds the metadata of a result of ``size`` (width, height)."""
    notes, keep = not_held(keep, kind), _true_of(keep, size)
    options: dict[str, Any] = {"dpi": keep.dpi} if keep.dpi else {}
    programs = signed(exif.software(keep.exif), provenance)
    if kind is formats.JPEG:
        block, note = _exif_for_jpeg(exif.edited(keep.exif, programs, size), programs, size)
        options["extra"] = jpeg_segments.pack(_for_jpeg(replace(keep, exif=block)))
        notes += note
    elif kind is formats.PNG:
        options |= {"exif": exif.edited(keep.exif, programs, size), "pnginfo": _for_png(keep)}
    elif kind in (formats.WEBP, formats.AVIF):
        # They have no other place for the resolution. Pillow leaves the EXIF of AVIF as it is without orientation.
        block = exif.edited(keep.exif, programs, size, keep.dpi, None if kind is formats.AVIF else 1)
        options |= {"exif": block, "xmp": xmp.merged(keep.xmp, keep.extended_xmp)}
    return Embedded(options, notes)


def for_tiff(keep: SourceMetadata, provenance: Provenance, size: tuple[int, int]) -> Blocks:
    """What a page of a TIFF file is given."""
    keep = _true_of(keep, size)
    block = exif.edited(keep.exif, signed(exif.software(keep.exif), provenance), size, keep.dpi)
    resources = photoshop.join(keep.iptc, keep.photoshop) if keep.photoshop else b""
    return Blocks(block, xmp.merged(keep.xmp, keep.extended_xmp), keep.iptc, resources)


def for_psd(keep: SourceMetadata, provenance: Provenance, size: tuple[int, int]) -> bytes:
    """The resources of a PSD file."""
    keep = _true_of(keep, size)
    parts = {
        photoshop.PROFILE: srgb(),
        photoshop.EXIF: exif.edited(keep.exif, signed(exif.software(keep.exif), provenance), size, keep.dpi),
        photoshop.XMP: xmp.merged(keep.xmp, keep.extended_xmp),
    }
    made = [photoshop.pack(code, value) for code, value in parts.items() if value]
    resolution = photoshop.pack_resolution(keep.dpi) if keep.dpi else b""
    return resolution + photoshop.join(keep.iptc, photoshop.own(keep.photoshop)) + b"".join(made)


def for_ppm(keep: SourceMetadata) -> tuple[list[str], tuple[str, ...]]:
    """Comments and texts, each as one line, and notes on what PPM cannot hold."""
    found = [*_comments(keep), *filter(None, map(png_chunks.line, keep.chunks))]
    lines = [" ".join(text.decode("utf-8", "surrogateescape").split()) for text in found]
    sums = accumulate(len(text) + _COMMENT_SIGNS for text in found)
    fitting = [line for line, total in zip(lines, sums, strict=True) if total <= _PPM_COMMENTS]
    too_long = (f"PPM holds no more than {_PPM_COMMENTS} bytes of comments",) if len(fitting) < len(lines) else ()
    return fitting, (*not_held(keep, formats.PPM), *too_long)


def not_held(keep: SourceMetadata, kind: Format) -> tuple[str, ...]:
    """What of ``keep`` a file of ``kind`` has no place for, and whether EXIF is damaged, each in one line."""
    parts = {name: getattr(keep, name) for name in ("exif", "xmp", "iptc", "photoshop", "comments", "segments")}
    parts["texts"] = any(map(png_chunks.line, keep.chunks))
    parts["chunks"] = [chunk for chunk in keep.chunks if not png_chunks.line(chunk)]
    lost = [_NAMES[name] for name, part in parts.items() if part and name not in _HELD[kind.name]]
    damaged = ("its EXIF is damaged and left out",) if keep.exif and structure(keep.exif) is None else ()
    return (*damaged, f"{kind.name} cannot hold its {', '.join(lost)}") if lost else damaged


def _true_of(keep: SourceMetadata, size: tuple[int, int]) -> SourceMetadata:
    packet, extended = xmp.edited(keep.xmp, keep.extended_xmp, size)
    return replace(keep, xmp=packet, extended_xmp=extended)


def _exif_for_jpeg(block: bytes, programs: str, size: tuple[int, int]) -> tuple[bytes, tuple[str, ...]]:
    smaller, left_out = exif_transfer.reduced(block, _EXIF_IN_JPEG)
    if not left_out:
        return smaller, ()
    names = ", ".join(ExifTags.TAGS.get(code, f"0x{code:04X}") for code in left_out[:_NAMED])
    names += f" and {len(left_out) - _NAMED} other tags" if len(left_out) > _NAMED else ""
    if not exif.software(smaller):
        smaller = exif.edited(smaller, programs, size)
    return smaller, (f"JPEG holds no more than 64 KB of EXIF: left out {names}",)


def _for_jpeg(keep: SourceMetadata) -> jpeg_segments.Found:
    packet, extended = keep.xmp, keep.extended_xmp
    if len(packet) > xmp.LARGEST:
        packet, extended = xmp.split(xmp.merged(packet, extended))
    texts = filter(None, map(png_chunks.line, keep.chunks))
    return jpeg_segments.Found(
        keep.exif, packet, extended, photoshop.join(keep.iptc, keep.photoshop),
        comments=[*_comments(keep), *texts], others=list(keep.segments),
    )  # fmt: skip


def _comments(keep: SourceMetadata) -> list[bytes]:
    """The comments but for notes of ours, which tell of a source."""
    return [comment for comment in keep.comments if parse(comment.decode("utf-8", "replace")) is None]


def _for_png(keep: SourceMetadata) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    chunks = [*keep.chunks, *map(png_chunks.comment, _comments(keep))]
    if keep.xmp:
        chunks.append(png_chunks.packet(xmp.merged(keep.xmp, keep.extended_xmp)))
    if resources := photoshop.join(keep.iptc, keep.photoshop):
        chunks.append(png_chunks.profile(b"8bim" if keep.photoshop else b"iptc", resources))
    for name, data in chunks:
        info.add(name, data)
    return info
