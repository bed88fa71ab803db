"""What a photograph's file says beside its pixels: and what of it a result keeps.

EXIF, XMP (ISO 16684), IPTC (its Information Interchange Model, IIM) and the resolution are kept; orientation
and color profile are not, because a result's pixels are upright and sRGB.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import Image, PngImagePlugin

from photochrom.photos import xmp
from photochrom.photos.pillow import DAMAGE
from photochrom.photos.provenance import Provenance, signed

_SOFTWARE = 0x0131  # the EXIF tag that names the programs a picture went through
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
EXIF_PART, GPS_PART = 0x8769, 0x8825  # EXIF's own folders: what the camera says, and the place
_COLOR_SPACE, _WIDTH, _HEIGHT = 0xA001, 0xA002, 0xA003  # in the camera's folder: of the source's pixels
_IPTC_IN_TIFF, _IPTC_IN_PHOTOSHOP = 33723, 0x0404
_IPTC_IN_PNG = "Raw profile type iptc"  # ImageMagick's habit, which ExifTool shares

# The EXIF tags that are kept: what people and cameras say of a picture. The others tell how the source's pixels
# were stored (a TIFF file has dozens, its color profile among them), or that it lay on its side: not true any more.
KEPT_TAGS = {
    0x010D, 0x010E, 0x010F, 0x0110, _SOFTWARE, 0x0132, 0x013B, 0x013C,  # names, description, camera, date, artist
    0x4746, 0x4749, 0x8298, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F,  # rating, copyright, what Windows adds
    EXIF_PART, GPS_PART,
}  # fmt: skip


@dataclass(frozen=True)
class SourceMetadata:
    """What a result keeps of its source: ``exif`` as Pillow packs it, ``dpi`` across and down, ``xmp``, ``iptc``."""

    exif: bytes = b""
    dpi: tuple[float, float] | None = None
    xmp: bytes = b""
    iptc: bytes = b""


def kept(image: Image.Image) -> SourceMetadata:
    """What a result keeps of an opened picture's metadata. What is damaged is left out."""
    found, dpi = b"", None
    exif = Image.Exif()
    with suppress(*DAMAGE):  # the picture may be whole where its metadata is not
        exif.load(image.getexif().tobytes())  # a copy: Pillow turns the picture by its own
        dpi = _exif_dpi(exif)
        for tag in set(exif) - KEPT_TAGS:
            del exif[tag]
        camera = exif.get_ifd(EXIF_PART) if EXIF_PART in exif else {}
        for tag in (_COLOR_SPACE, _WIDTH, _HEIGHT):
            camera.pop(tag, None)
        if exif:
            found = exif.tobytes()
    with suppress(*DAMAGE):
        dpi = sensible_dpi(image.info.get("dpi", ())) or dpi
    return SourceMetadata(found, dpi, xmp.read(image), _iptc(image))


def sensible_dpi(values: Any) -> tuple[float, float] | None:
    """Two resolutions that every format can hold, or None."""
    dpi = tuple(float(value) for value in values)
    return (dpi[0], dpi[1]) if len(dpi) == 2 and all(0 < value < 65536 for value in dpi) else None


def save_options(keep: SourceMetadata, suffix: str, provenance: Provenance) -> dict[str, Any]:
    """Options for Pillow's ``save`` to a file that ends with ``suffix``, with the note of ``provenance``.

    A format keeps what it can hold; EXIF and IPTC of more than the 64 KB of a JPEG segment are left out of JPEG.
    """
    exif = with_note(keep.exif, provenance)
    if keep.dpi and suffix in {".webp", ".avif"}:  # they have no other place for it
        exif[_X_RESOLUTION], exif[_Y_RESOLUTION] = keep.dpi
        exif[_RESOLUTION_UNIT] = 2  # inches
    options: dict[str, Any] = {"exif": exif.tobytes()} | ({"dpi": keep.dpi} if keep.dpi else {})
    packet, iptc = keep.xmp, keep.iptc
    if suffix in {".jpg", ".jpeg"}:
        if len(options["exif"]) > xmp.SEGMENT:
            options["exif"] = with_note(None, provenance).tobytes()
        segments = xmp.for_jpeg(packet)
        if 0 < len(iptc) < xmp.SEGMENT:
            block = b"Photoshop 3.0\0" + _photoshop_block(iptc)
            segments += b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
        options["extra"] = segments
    elif suffix == ".png" and (packet or iptc):
        options["pnginfo"] = texts = PngImagePlugin.PngInfo()
        if packet:
            texts.add_itxt(xmp.IN_PNG, packet.decode("utf-8", "replace"))
        if iptc:
            block = _photoshop_block(iptc)
            texts.add_text(_IPTC_IN_PNG, f"\niptc\n{len(block):8}\n{block.hex()}\n", zip=True)
    elif packet:
        options["xmp"] = packet
    return options


def with_note(exif_bytes: bytes | None, provenance: Provenance) -> Image.Exif:
    """EXIF with the note added to the programs that the picture went through."""
    exif = Image.Exif()
    if exif_bytes:
        exif.load(exif_bytes)
    exif[_SOFTWARE] = signed(str(exif.get(_SOFTWARE, "")), provenance)
    return exif


def _exif_dpi(exif: Image.Exif) -> tuple[float, float] | None:
    scale = {2: 1.0, 3: 2.54}.get(exif.get(_RESOLUTION_UNIT, 2))  # from inches or centimeters
    if _X_RESOLUTION not in exif or scale is None:
        return None
    return sensible_dpi(float(exif[tag]) * scale for tag in (_X_RESOLUTION, _Y_RESOLUTION))


def _iptc(image: Image.Image) -> bytes:
    """The raw IIM data of an opened picture; none where it is damaged."""
    with suppress(*DAMAGE):
        tags = getattr(image, "tag_v2", {})
        value = tags.get(_IPTC_IN_TIFF) or image.info.get("photoshop", {}).get(_IPTC_IN_PHOTOSHOP)
        if isinstance(value, tuple):  # declared as numbers, by an old habit
            value = struct.pack(f"<{len(value)}I", *value)
        if value is None and _IPTC_IN_PNG in image.info:
            text = str(image.info[_IPTC_IN_PNG])
            value = _from_photoshop_block(bytes.fromhex("".join(text.split()[2:])))
        return bytes(value or b"")
    return b""


def _photoshop_block(iptc: bytes) -> bytes:
    """IIM data as a Photoshop image resource: what JPEG and PNG hold."""
    head = b"8BIM" + struct.pack(">HHI", _IPTC_IN_PHOTOSHOP, 0, len(iptc))
    return head + iptc + b"\0" * (len(iptc) % 2)


def _from_photoshop_block(block: bytes) -> bytes:
    if not block.startswith(b"8BIM"):
        return block  # some programs leave the resource out
    kind, name, length = struct.unpack(">HHI", block[4:12])
    if (kind, name) != (_IPTC_IN_PHOTOSHOP, 0):
        raise ValueError("other resources than IPTC")
    return block[12 : 12 + length]
