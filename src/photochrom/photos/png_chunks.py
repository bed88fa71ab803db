"""The chunks of PNG files that hold metadata (W3C, Portable Network Graphics, third edition)."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from photochrom.photos.ifd import Buffer

Chunk = tuple[bytes, bytes]  # its type and its data

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = b"XML:com.adobe.xmp"
_RAW_PROFILE = b"Raw profile type "  # ImageMagick's habit, which ExifTool shares, for what PNG had no place for
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_METERS = 1
_LARGEST_TEXT = 256 << 20  # bytes, decompressed


@dataclass
class Found:
    """What the chunks of one file hold; ``others`` are chunks that a result may take over as they are."""

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    photoshop: bytes = b""
    dpi: tuple[float, float] | None = None
    others: list[Chunk] = field(default_factory=list)


def places(content: Buffer) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG file up to its end or the first that is not whole: the name, and where the data stand."""
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        start, end = place + 8, place + 8 + length
        if name == b"IEND" or end + 4 > len(content):
            return
        yield name, start, end
        place = end + 4  # after the checksum


def read(content: Buffer) -> Found:
    """The metadata of the PNG file ``content``, up to the first damage."""
    found, old_exif = Found(), b""
    for name, start, end in places(content):
        if name == b"IDAT":
            continue
        data = bytes(content[start:end])
        if name == b"eXIf":
            found.exif = found.exif or data.removeprefix(b"Exif\0\0")
        elif name == b"pHYs" and len(data) == 9:
            across, down, unit = struct.unpack(">IIB", data)
            found.dpi = (across * 0.0254, down * 0.0254) if unit == _METERS else None
        elif name in _TEXTS and (keyword := data.partition(b"\0")[0]) == XMP:
            found.xmp = found.xmp or _text(name, data)
        elif name in _TEXTS and keyword.startswith(_RAW_PROFILE):
            old_exif = _take_profile(found, (name, data), keyword.removeprefix(_RAW_PROFILE).lower()) or old_exif
        elif name == b"tIME" or (name[0] & 0x20 and name[3] & 0x20):  # both letters small: may be copied by anybody
            found.others.append((name, data))
    found.exif = found.exif or old_exif
    return found


def line(chunk: Chunk) -> bytes:
    """What a text says as one comment in UTF-8, ``Keyword: text``; empty for what is no text."""
    name, data = chunk
    if name not in _TEXTS:
        return b""
    keyword, text = data.partition(b"\0")[0], _text(name, data)
    plain = text if name == b"iTXt" else text.decode("latin-1").encode()
    return plain if keyword == b"Comment" else keyword.decode("latin-1").encode() + b": " + plain


def comment(text: bytes) -> Chunk:
    """A comment of another format, in whatever encoding, as a text."""
    text = text.rstrip(b"\0").replace(b"\0", b" ")
    try:
        text.decode()
    except UnicodeDecodeError:
        return b"tEXt", b"Comment\0" + text
    return (b"tEXt", b"Comment\0" + text) if text.isascii() else (b"iTXt", b"Comment\0\0\0\0\0" + text)


def packet(xmp: bytes) -> Chunk:
    """XMP as a text, not compressed, as its specification wants it."""
    return b"iTXt", XMP + b"\0\0\0\0\0" + xmp


def profile(kind: bytes, content: bytes) -> Chunk:
    """``content`` as a raw profile of this ``kind``."""
    text = b"\n%s\n%8d\n%s\n" % (kind, len(content), content.hex().encode())
    return b"zTXt", _RAW_PROFILE + kind + b"\0\0" + zlib.compress(text)


def _take_profile(found: Found, chunk: Chunk, kind: bytes) -> bytes:
    """Put a raw profile where it belongs; returns it if it is EXIF, which a chunk of its own outdoes."""
    try:
        _, _, digits = _text(*chunk).decode("latin-1").strip().split("\n", 2)  # after its name and its length
        content = bytes.fromhex("".join(digits.split()))
    except ValueError:
        kind, content = b"", b""
    if content.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        kind, content = b"xmp", content.partition(b"\0")[2]
    if kind in (b"exif", b"app1"):
        return content.removeprefix(b"Exif\0\0")
    if kind == b"xmp":
        found.xmp = found.xmp or content
    elif kind in (b"iptc", b"8bim") and content.startswith(b"8BIM"):
        found.photoshop = found.photoshop or content
    elif kind == b"iptc":
        found.iptc = found.iptc or content
    elif kind not in (b"icc", b"icm"):
        found.others.append(chunk)
    return b""


def _text(name: bytes, data: bytes) -> bytes:
    """The text in a chunk, decompressed; empty where it is damaged."""
    rest = data.partition(b"\0")[2]
    packed = name == b"zTXt"
    if name == b"zTXt":
        rest = rest[1:]
    elif name == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if not packed:
        return rest
    try:
        return zlib.decompressobj().decompress(rest, _LARGEST_TEXT)
    except zlib.error:
        return b""
