"""The browser's EXIF is the tool's, byte for byte."""

import base64
import random
import struct

from PIL import Image

from photochrom.photos import exif, provenance
from photochrom.photos.ifd import LONG, Heap, Tag, structure
from photochrom.photos.provenance import Provenance

EDITED = """
  const { bytesOf, edited, software, textOf } = await import("/engines/browser/photos/exif.js");
  const { note, signed } = await import("/engines/browser/photos/provenance.js");
  return blocks.map((text) => {
    const block = bytesOf(atob(text)), ours = note(made);
    return btoa(textOf(edited(block, signed(software(block), ours), size)));
  });
"""
NUMBERS = {0x0112: 6, 0x0100: 7, 0x0153: 1, 0x0128: 3}
TEXTS = {0x0131: "Scanner 1", 0x010F: "Zeiss", 0x013B: "Straße", 0x8298: "© 1924"}


def block(order, programs):
    """EXIF of a camera with a small picture, a place, and notes of its own."""
    told = Image.Exif()
    told.endian = order
    told.update(NUMBERS | TEXTS | {0x0131: programs})
    told.get_ifd(exif.CAMERA).update(
        {0x9003: "1924:05:06 07:08:09", 0xA001: 65535, 0xA002: 4, 0xA003: 3, 0x927C: b"own" * 9}
    )
    told.get_ifd(exif.GPS).update({1: "N", 2: (48.0, 8.0, 1.5)})
    return with_small_picture(told.tobytes().removeprefix(b"Exif\0\0"))


def with_small_picture(whole):
    kind, first = structure(whole)
    heap = Heap(whole)
    place = heap.put(b"\xff\xd8small\xff\xd9")
    following = heap.put(kind.pack([Tag(0x0201, LONG, 1, kind.offset(place)), kind.short(0x0202, 9)]))
    (count,) = struct.unpack_from(f"{kind.order}H", whole, first)
    struct.pack_into(f"{kind.order}I", heap.content, first + 2 + 12 * count, following)
    assert b"small" not in exif.edited(bytes(heap.content), "", (1, 1))
    return bytes(heap.content)


def damaged(whole, seed):
    """``whole`` with a few other bytes, or cut off."""
    drawn, content = random.Random(seed), bytearray(whole)
    for _ in range(drawn.randrange(4)):
        content[drawn.randrange(len(content))] = drawn.randrange(256)
    return bytes(content[: drawn.randrange(len(content) // 2, len(content) + 1)])


def test_exif_is_edited_as_the_tool_does_it_whole_or_damaged(run):
    whole = [
        block(order, programs) for order in "<>" for programs in ("Scanner 1", "colors guessed by Photochrom 0.0.1")
    ]
    blocks = [b"", b"no EXIF", *whole, *(damaged(one, seed) for seed in range(100) for one in whole)]
    made = Provenance("1.2", "a,b é", 224, 1.05, "0123456789ab", (), -0.5)
    given = {"version": "1.2", "model": "a,b é", "size": 224, "saturation": 1.05, "hints": made.hints, "warmth": -0.5}
    edited = run(EDITED, blocks=[base64.b64encode(one).decode() for one in blocks], made=given, size=[3000, 70000])
    for one, new in zip(blocks, edited, strict=True):
        expected = exif.edited(one, provenance.signed(exif.software(one), made), (3000, 70000))
        assert base64.b64decode(new) == expected, one
