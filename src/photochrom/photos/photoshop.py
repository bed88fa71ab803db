"""Photoshop's image resources, in which JPEG, PNG and TIFF hold IPTC and much else (Adobe, Photoshop File Formats)."""

import struct
from collections.abc import Iterator

IPTC = 0x0404
# What is not true of a result: small pictures of the source, its color profile and table, and copies of its EXIF.
_NOT_TRUE = {0x0409, 0x040C, 0x040F, 0x0411, 0x0416, 0x0417, 0x0422, 0x0423}
_HEADS = {b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa"}


def split(resources: bytes) -> tuple[bytes, bytes]:
    """``resources`` → the data of IPTC, and all other resources that are true of a result."""
    iptc, rest = b"", []
    for code, value, raw in _each(resources):
        if code == IPTC and not iptc:
            iptc = value
        elif code not in _NOT_TRUE:
            rest.append(raw)
    return iptc, b"".join(rest)


def join(iptc: bytes, rest: bytes) -> bytes:
    """The resources that `split` took apart."""
    if not iptc:
        return rest
    return b"8BIM" + struct.pack(">HHI", IPTC, 0, len(iptc)) + iptc + b"\0" * (len(iptc) % 2) + rest


def _each(resources: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The code, the value and all bytes of each resource, as far as they are whole."""
    place = 0
    while place + 8 <= len(resources) and resources[place : place + 4] in _HEADS:
        code, name = struct.unpack_from(">HB", resources, place + 4)
        start = place + 6 + (name + 2) // 2 * 2  # the name with its length is padded to an even number of bytes
        if start + 4 > len(resources):
            return
        (length,) = struct.unpack_from(">I", resources, start)
        end = start + 4 + length
        if end > len(resources):
            return
        raw = resources[place:end]
        yield code, resources[start + 4 : end], raw + b"\0" * (len(raw) % 2)
        place = end + length % 2
