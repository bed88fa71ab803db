"""XMP (ISO 16684): turned upright, and split where a JPEG segment cannot hold it.

A JPEG file holds more than 64 KB of it as "extended XMP" (Adobe's XMP specification, part 3): a packet that names the
MD5 of the rest, and segments that hold the rest in pieces.
"""

import hashlib
import re

LARGEST = 65_000  # bytes that surely fit into one segment of a JPEG file
_EXTENDED = re.compile(rb"xmpNote:HasExtendedXMP(?:\s*=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")
# What XMP says of the pixels, where it says it at all; 1 is sRGB, as in EXIF.
_WIDTHS, _HEIGHTS = rb"tiff:ImageWidth|exif:PixelXDimension", rb"tiff:ImageLength|exif:PixelYDimension"
_SPACE = rb"exif:ColorSpace"
_PICTURES = re.compile(rb"<(xmp|xap):Thumbnails\b.*?</\1:Thumbnails>", re.DOTALL)
_POINTER = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    b'xmpNote:HasExtendedXMP="%s"/></rdf:RDF></x:xmpmeta>'
)


def upright(xmp: bytes) -> bytes:
    """XMP that says that the picture is upright, wherever it said anything of that."""
    return re.sub(rb"(tiff:Orientation(?:\s*=\s*[\"']|>))[0-9]", rb"\g<1>1", xmp).rstrip(b"\0")


def edited(xmp: bytes, extended: bytes, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """``xmp`` and its extended XMP as true of an sRGB result of ``size`` (width, height), without small pictures."""
    name = named_extension(xmp)
    xmp, changed = (_PICTURES.sub(b"", _with_pixels(packet, size)) for packet in (xmp, extended))
    if name and changed != extended:
        xmp = re.sub(re.escape(name), _md5(changed), xmp, flags=re.IGNORECASE)
    return xmp, changed


def named_extension(xmp: bytes) -> bytes:
    """The MD5, 32 hexadecimal digits, that names the extended XMP of ``xmp``; empty without one."""
    named = _EXTENDED.search(xmp)
    return named[1].upper() if named else b""


def split(xmp: bytes) -> tuple[bytes, bytes]:
    """``xmp`` as what one segment of a JPEG file holds, and what is left for extended XMP."""
    if len(xmp) <= LARGEST:
        return xmp, b""
    rest = re.sub(rb"<\?xpacket.*?\?>", b"", xmp).strip()
    return _POINTER % _md5(rest), rest


def merged(xmp: bytes, extended: bytes) -> bytes:
    """One packet for ``xmp`` and its extended XMP, for formats that hold a packet of any size."""
    if not extended or xmp == _POINTER % named_extension(xmp):
        return extended or xmp
    inside = re.search(rb"<rdf:RDF[^>]*>(.*)</rdf:RDF>", extended, re.DOTALL)
    end = xmp.rfind(b"</rdf:RDF>")
    return xmp[:end] + inside[1] + xmp[end:] if inside and end >= 0 else xmp


def _with_pixels(xmp: bytes, size: tuple[int, int]) -> bytes:
    for names, value in ((_WIDTHS, size[0]), (_HEIGHTS, size[1]), (_SPACE, 1)):
        xmp = re.sub(rb"(\b(?:%s)(?:\s*=\s*[\"']|>))[0-9]+" % names, rb"\g<1>%d" % value, xmp)
    return xmp


def _md5(packet: bytes) -> bytes:
    return hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
