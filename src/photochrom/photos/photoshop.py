"""Photoshop's image resources, in which JPEG, PNG and TIFF hold IPTC and much else (Adobe, Photoshop File Formats).

Photoshop's own files hold all of their metadata so.
"""

import struct
from collections.abc import Iterator

from photochrom.photos.ifd import Buffer

RESOLUTION, IPTC, PROFILE, VERSION, EXIF, XMP = 0x03ED, 0x0404, 0x040F, 0x0421, 0x0422, 0x0424
# What is not true of a result: small pictures of the source, its color profile and table, and copies of its EXIF.
_NOT_TRUE = {0x0409, 0x040C, 0x040F, 0x0411, 0x0416, 0x0417, 0x0422, 0x0423}
# What a PSD file says of itself, or of its channels and layers: the names, colors and numbers of channels, the state,
# groups and selection of layers, and where guides and slices are.
_OF_THE_FILE = {
    RESOLUTION, VERSION, XMP, 0x03EE, 0x03EF, 0x0400, 0x0402, 0x0415, 0x041D, 0x0429, 0x042D, 0x0430, 0x0435,
}  # fmt: skip
_HEADER = 26  # bytes of a PSD file before the first section
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
    return pack(IPTC, iptc) + rest if iptc else rest


def own(resources: bytes) -> bytes:
    """``resources`` without those that say how one PSD file is made."""
    return b"".join(raw for code, _, raw in _each(resources) if code not in _OF_THE_FILE)


def pack(code: int, value: bytes) -> bytes:
    """A resource as it is stored."""
    return b"8BIM" + struct.pack(">HHI", code, 0, len(value)) + value + b"\0" * (len(value) % 2)


def values(resources: bytes) -> dict[int, bytes]:
    """The value of each resource, by its code."""
    return {code: value for code, value, _ in reversed(list(_each(resources)))}


def resolution(value: bytes) -> tuple[float, float] | None:
    """The pixels per inch, across and down, that the value of `RESOLUTION` says."""
    if len(value) < 16:
        return None
    across, _, _, down, _, _ = struct.unpack_from(">IHHIHH", value)
    return across / 65536, down / 65536


def pack_resolution(dpi: tuple[float, float]) -> bytes:
    """The resource of a resolution in pixels per inch."""
    across, down = (round(value * 65536) for value in dpi)
    return pack(RESOLUTION, struct.pack(">IHHIHH", across, 1, 1, down, 1, 1))  # shown per inch, the size in inches


def section(content: Buffer) -> bytes:
    """The resources of a PSD file; empty where it ends too early."""
    start = _after(content, _HEADER)
    return bytes(content[start + 4 : _after(content, start)])


def after_resources(content: Buffer) -> tuple[int, int]:
    """Where the section of the layers begins in a PSD file, and where it ends. Raises `struct.error`."""
    layers = _after(content, _after(content, _HEADER))
    return layers, _after(content, layers)


def _after(content: Buffer, place: int) -> int:
    """The place after a section, which begins with its length."""
    (length,) = struct.unpack_from(">I", content, place)
    return place + 4 + int(length)


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
