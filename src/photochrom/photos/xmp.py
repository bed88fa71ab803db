"""XMP (ISO 16684): turned upright, and split where a JPEG segment cannot hold it.

A JPEG file holds more than 64 KB of it as "extended XMP" (Adobe's XMP specification, part 3): a packet that names the
MD5 of the rest, and segments that hold the rest in pieces.
"""

import hashlib
import re

LARGEST = 65_000  # bytes that surely fit into one segment of a JPEG file
_EXTENDED = re.compile(rb"xmpNote:HasExtendedXMP(?:\s*=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")
_POINTER = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    b'xmpNote:HasExtendedXMP="%s"/></rdf:RDF></x:xmpmeta>'
)


def upright(xmp: bytes) -> bytes:
    """XMP that says that the picture is upright, wherever it said anything of that."""
    return re.sub(rb"(tiff:Orientation(?:\s*=\s*[\"']|>))[0-9]", rb"\g<1>1", xmp).rstrip(b"\0")


def named_extension(xmp: bytes) -> bytes:
    """The MD5, 32 hexadecimal digits, that names the extended XMP of ``xmp``; empty without one."""
    named = _EXTENDED.search(xmp)
    return named[1].upper() if named else b""


def split(xmp: bytes) -> tuple[bytes, bytes]:
    """``xmp`` as what one segment of a JPEG file holds, and what is left for extended XMP."""
    if len(xmp) <= LARGEST:
        return xmp, b""
    rest = re.sub(rb"<\?xpacket.*?\?>", b"", xmp).strip()
    return _POINTER % hashlib.md5(rest, usedforsecurity=False).hexdigest().upper().encode(), rest


def merged(xmp: bytes, extended: bytes) -> bytes:
    """One packet for ``xmp`` and its extended XMP, for formats that hold a packet of any size."""
    if not extended or xmp == _POINTER % named_extension(xmp):
        return extended or xmp
    inside = re.search(rb"<rdf:RDF[^>]*>(.*)</rdf:RDF>", extended, re.DOTALL)
    end = xmp.rfind(b"</rdf:RDF>")
    return xmp[:end] + inside[1] + xmp[end:] if inside and end >= 0 else xmp
