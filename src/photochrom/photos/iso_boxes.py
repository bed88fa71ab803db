"""The boxes of AVIF, HEIC and JPEG 2000 files that hold metadata (ISO/IEC 14496-12, 23008-12 and 15444-1)."""

import struct
from collections.abc import Iterator
from contextlib import suppress

from photochrom.photos.ifd import Buffer

_IN_FILE, _IN_BOX = 0, 1  # where an item's data stand: counted from the start of the file, or of the box idat
_XMP = b"application/rdf+xml"
# The names of boxes of JPEG 2000, as their users agreed on them: EXIF, XMP (its specification, part 3), and IPTC.
_IN_JP2 = (
    b"JpgTiffExif->JP2",
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"),
    bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"),
)
_MOST_ITEMS = 65_536


def read(content: Buffer) -> tuple[bytes, bytes]:
    """EXIF and XMP of the file ``content``; empty without, or where the boxes are damaged."""
    exif = xmp = b""
    with suppress(struct.error, KeyError):
        meta = next((body for name, body in _boxes(content, 0, len(content)) if name == b"meta"), None)
        if meta is None:
            return exif, xmp
        parts = dict(_boxes(content, meta[0] + 4, meta[1]))
        places = dict(_places(content, parts))
        for item, kind in _items(content, *parts[b"iinf"]):
            data = _joined(content, places.get(item, []))
            if kind == b"Exif" and not exif:
                skipped = 4 + int.from_bytes(data[:4], "big")
                exif = data[skipped:]
            elif kind == _XMP and not xmp:
                xmp = data
    return exif, xmp


def read_jp2(content: Buffer) -> tuple[bytes, bytes, bytes]:
    """EXIF, XMP and IPTC of the JPEG 2000 file ``content``; empty without."""
    found = dict.fromkeys(_IN_JP2, b"")
    with suppress(struct.error):
        for name, (start, end) in _boxes(content, 0, len(content)):
            kind = bytes(content[start : start + 16])
            if name == b"uuid" and kind in found:
                found[kind] = found[kind] or bytes(content[start + 16 : end])
    exif, xmp, iptc = found.values()
    return exif.removeprefix(b"Exif\0\0"), xmp, iptc


def _joined(content: Buffer, pieces: list[tuple[int, int]]) -> bytes:
    """The data of an item; empty where a piece is not in the file, or all of them are more than that."""
    if any(end > len(content) for _, end in pieces) or sum(end - start for start, end in pieces) > len(content):
        return b""
    return b"".join(bytes(content[start:end]) for start, end in pieces)


def _boxes(content: Buffer, start: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The name of each box, and where its body begins and ends."""
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        size = size or end - start
        if size < head:
            return
        yield name, (start + head, min(start + size, end))
        start += size


def _items(content: Buffer, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The number of each item and its type, or the media type of what is no picture."""
    count = 2 if content[start] == 0 else 4
    for _, (place, last) in _boxes(content, start + 4 + count, end):
        version = content[place]
        if version >= 2:
            number, kind = struct.unpack_from(">H2x4s" if version == 2 else ">I2x4s", content, place + 4)
            texts = bytes(content[place + (12 if version == 2 else 14) : last]).split(b"\0")
            yield number, texts[1] if kind == b"mime" and len(texts) > 1 else kind


def _places(content: Buffer, parts: dict[bytes, tuple[int, int]]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """The number of each item, and the pieces of the file that hold it."""
    place, _ = parts[b"iloc"]
    version, sizes, more = content[place], content[place + 4], content[place + 5]
    widths = sizes >> 4, sizes & 15, more >> 4, more & 15 if version else 0  # of offsets, lengths, bases and indices
    place += 6

    def number(width: int) -> int:
        nonlocal place
        place += width
        return int.from_bytes(content[place - width : place], "big")

    for _ in range(min(number(4 if version == 2 else 2), _MOST_ITEMS)):
        item, method = number(4 if version == 2 else 2), number(2) & 15 if version else _IN_FILE
        number(2)  # which file: this one
        base, pieces = number(widths[2]), []
        if method == _IN_BOX:
            base += parts[b"idat"][0]
        for _ in range(number(2)):
            number(widths[3])
            start, length = base + number(widths[0]), number(widths[1])
            pieces.append((start, start + length))
        if method in (_IN_FILE, _IN_BOX):
            yield item, pieces
