"""The chunks of WebP files that hold metadata (RFC 9649)."""

import struct
from collections.abc import Iterator

from photochrom.photos.ifd import Buffer


def read(content: Buffer) -> tuple[bytes, bytes]:
    """EXIF and XMP of the WebP file ``content``; empty without."""
    exif = xmp = b""
    for name, data in _chunks(content):
        if name == b"EXIF":
            exif = exif or data.removeprefix(b"Exif\0\0")
        elif name == b"XMP ":
            xmp = xmp or data
    return exif, xmp


def _chunks(content: Buffer) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        if place + 8 + length > len(content):
            return
        if name in (b"EXIF", b"XMP "):
            yield name, bytes(content[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
