"""XMP (ISO 16684): read whole from a picture, turned upright, and split where a JPEG segment cannot hold it.

A JPEG file holds more than 64 KB of it as "extended XMP" (Adobe's XMP specification, part 3): a packet that names the
MD5 of the rest, and segments that hold the rest in pieces.
"""

import hashlib
import re
import struct

from PIL import Image

IN_PNG = "XML:com.adobe.xmp"  # the key of its text in PNG
SEGMENT = 65_000  # bytes that surely fit into one segment of a JPEG file
_STANDARD = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED = rb"xmpNote:HasExtendedXMP(?:\s*=\s*[\"']|>)([0-9A-Fa-f]{32})"
_POINTER = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    b'xmpNote:HasExtendedXMP="%s"/></rdf:RDF></x:xmpmeta>'
)


def read(image: Image.Image) -> bytes:
    """The XMP of an opened picture, which says that the picture is upright; empty where there is none."""
    value = image.info.get("xmp", image.info.get(IN_PNG, b""))
    if not isinstance(value, str | bytes):
        return b""
    return upright(_whole(value.encode() if isinstance(value, str) else value, image))


def upright(xmp: bytes) -> bytes:
    """XMP that says that the picture is upright, wherever it said anything of that."""
    return re.sub(rb"(tiff:Orientation(?:=[\"']|>))[0-9]", rb"\g<1>1", xmp).rstrip(b"\0")


def for_jpeg(xmp: bytes) -> bytes:
    """The segments that hold ``xmp`` in a JPEG file, as they stand in the file."""
    if len(xmp) < SEGMENT:
        return _segment(_STANDARD + xmp) if xmp else b""
    rest = re.sub(rb"<\?xpacket.*?\?>", b"", xmp).strip()
    digest = hashlib.md5(rest, usedforsecurity=False).hexdigest().upper().encode()
    head, step = _EXTENSION + digest, SEGMENT - 100
    pieces = [struct.pack(">II", len(rest), start) + rest[start : start + step] for start in range(0, len(rest), step)]
    return _segment(_STANDARD + _POINTER % digest) + b"".join(_segment(head + piece) for piece in pieces)


def _segment(content: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def _whole(xmp: bytes, image: Image.Image) -> bytes:
    """``xmp`` together with what a JPEG file holds of it in other segments; as it is where they are not whole."""
    named = re.search(_EXTENDED, xmp)
    if named is None:
        return xmp
    head, pieces = _EXTENSION + named[1], {}
    for kind, segment in getattr(image, "applist", []):
        if kind == "APP1" and segment.startswith(head) and len(segment) > len(head) + 8:
            size, start = struct.unpack(">II", segment[len(head) : len(head) + 8])
            pieces[start] = segment[len(head) + 8 :]
    rest = b"".join(pieces[start] for start in sorted(pieces))
    if not pieces or len(rest) != size:
        return xmp
    if xmp == _POINTER % named[1]:
        return rest
    inside = re.search(rb"<rdf:RDF[^>]*>(.*)</rdf:RDF>", rest, re.DOTALL)
    end = xmp.rfind(b"</rdf:RDF>")
    return xmp[:end] + inside[1] + xmp[end:] if inside and end >= 0 else xmp
