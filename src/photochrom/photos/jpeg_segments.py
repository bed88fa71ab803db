"""The segments of JPEG files that hold metadata (ITU-T T.81, JFIF, CIPA DC-008, Adobe's XMP specification, part 3)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from photochrom.photos import xmp
from photochrom.photos.ifd import Buffer

ROOM = 65_533  # bytes that fit into one segment
EXIF = b"Exif\0\0"
_APP0, _APP1, _APP2, _APP8, _APP11, _APP13, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xE8, 0xEB, 0xED, 0xEE, 0xEF, 0xFE
_XMP, _EXTENDED_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
END, SCAN = 0xD9, 0xDA
# Of the source's coding or pixels, or of other pictures in the file: JFIF and its small picture, color profile, list
# of pictures (MPF), SPIFF, signed and gain-map boxes (JUMBF), Adobe's color transform.
_NOT_TRUE = (
    (_APP0, b"JFIF\0"), (_APP0, b"JFXX\0"), (_APP0, b"AVI1"), (_APP2, b"ICC_PROFILE\0"), (_APP2, b"MPF\0"),
    (_APP8, b"SPIFF\0"), (_APP11, b"JP"), (_APP11, b"HDR_RI"), (_APP14, b"Adobe"),
)  # fmt: skip
_INCHES, _CENTIMETERS = 1, 2


@dataclass
class Found:
    """What the segments of one file hold; ``others`` are whole segments, marker and length included."""

    exif: bytes = b""
    xmp: bytes = b""
    extended_xmp: bytes = b""
    photoshop: bytes = b""
    dpi: tuple[float, float] | None = None
    comments: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)


def places(content: Buffer) -> Iterator[tuple[int, int, int]]:
    """The marker, start and end of each segment, up to the first scan or damage."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # fills up
            place += 1
            continue
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if end < place + 4 or end > len(content):
            return
        yield marker, place, end
        if marker in (SCAN, END):
            return
        place = end


def read(content: Buffer) -> Found:
    """The metadata of the JPEG file ``content``, up to the first damage."""
    found = Found()
    pieces: dict[bytes, dict[int, bytes]] = {}
    exif_goes_on = False
    for marker, start, end in places(content):
        body = bytes(content[start + 4 : end])
        if marker == _APP0 and body.startswith(b"JFIF\0"):
            found.dpi = _density(body)
        elif marker == _APP1 and body.startswith(EXIF):
            if not found.exif or exif_goes_on:  # ExifTool's way to hold more than one segment can
                found.exif += body[len(EXIF) :]
            exif_goes_on = len(body) > ROOM - 100
        elif marker == _APP1 and body.startswith(_XMP):
            found.xmp = found.xmp or body[len(_XMP) :]
        elif marker == _APP1 and body.startswith(_EXTENDED_XMP):
            digest, piece = body[len(_EXTENDED_XMP) :][:32], body[len(_EXTENDED_XMP) + 32 :]
            pieces.setdefault(digest.upper(), {})[int.from_bytes(piece[4:8], "big")] = piece
        elif marker == _APP13 and body.startswith(_PHOTOSHOP):
            found.photoshop += body[len(_PHOTOSHOP) :]
        elif marker == _COM:
            found.comments.append(body)
        elif _APP0 <= marker <= _APP15 and not any((marker, body[: len(s)]) == (m, s) for m, s in _NOT_TRUE):
            found.others.append(segment(marker, body))
    found.extended_xmp = _joined(pieces.get(xmp.named_extension(found.xmp), {}))
    return found


def segment(marker: int, body: bytes) -> bytes:
    """A whole segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def pack(found: Found) -> bytes:
    """The segments that hold what was ``found``, but for the resolution; EXIF must fit into one."""
    packed = [segment(_APP1, EXIF + found.exif)] if found.exif else []
    if found.xmp:
        packed.append(segment(_APP1, _XMP + found.xmp))
    if found.extended_xmp:
        packed += _extended(found.extended_xmp, found.xmp)
    step = ROOM - len(_PHOTOSHOP)
    resources = (found.photoshop[at : at + step] for at in range(0, len(found.photoshop), step))
    packed += [segment(_APP13, _PHOTOSHOP + piece) for piece in resources]
    packed += found.others
    for comment in found.comments:
        packed += [segment(_COM, comment[at : at + ROOM]) for at in range(0, len(comment), ROOM)]
    return b"".join(packed)


def _joined(pieces: dict[int, bytes]) -> bytes:
    """The extended XMP whose ``pieces`` these are, by their places; empty where they are not whole."""
    joined = b"".join(piece[8:] for _, piece in sorted(pieces.items()))
    return (
        joined if pieces and all(int.from_bytes(piece[:4], "big") == len(joined) for piece in pieces.values()) else b""
    )


def _extended(packet: bytes, named: bytes) -> list[bytes]:
    """The segments for the extended XMP ``packet`` that the XMP ``named`` names."""
    head, step = _EXTENDED_XMP + xmp.named_extension(named), ROOM - 100
    starts = range(0, len(packet), step)
    return [segment(_APP1, head + struct.pack(">II", len(packet), at) + packet[at : at + step]) for at in starts]


def _density(body: bytes) -> tuple[float, float] | None:
    if len(body) < 12:
        return None
    unit, across, down = struct.unpack_from(">BHH", body, 7)
    scale = {_INCHES: 1.0, _CENTIMETERS: 2.54}.get(unit)
    return (across * scale, down * scale) if scale else None
