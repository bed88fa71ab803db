"""The shape of pixels, written into a Matroska file, where FFmpeg's muxer is not told of it: PyAV has no way to.

Matroska (RFC 9559) says it by the size at which a picture is shown. The muxer leaves room in a track's entry, which is
used for that; nothing else moves.
"""

import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

_HEAD = 1 << 20  # bytes, in which the tracks are
_SEGMENT, _TRACKS, _ENTRY, _KIND, _VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0x83, 0xE0
_WIDTH, _HEIGHT, _UNIT, _SHOWN_WIDTH, _SHOWN_HEIGHT = 0xB0, 0xBA, 0x54B2, 0x54B0, 0x54BA
_VOID, _CHECKSUM = 0xEC, 0xBF
_IS_VIDEO = 1


class _Element(NamedTuple):
    name: int
    start: int
    content: int
    stop: int


def write_aspect(path: Path, aspect: Fraction) -> bool:
    """Say in the file at ``path`` that pixels of its first video are ``aspect`` times as wide as high.

    Returns whether there was room for it.
    """
    with path.open("rb+") as file:
        head = bytearray(file.read(_HEAD))
        tracks = next(_at(head, _TRACKS, next(_at(head, _SEGMENT, _Element(0, 0, 0, len(head))))))
        for entry in _at(head, _ENTRY, tracks):
            parts = list(_inside(head, entry))
            kind = next(_number(head, part) for part in parts if part.name == _KIND)
            if kind == _IS_VIDEO:
                made = _entry(head, parts, aspect)
                if made is None:
                    return False
                head[entry.content : entry.stop] = made
                break
        for check in _at(head, _CHECKSUM, tracks):
            head[check.content : check.stop] = zlib.crc32(head[check.stop : tracks.stop]).to_bytes(4, "little")
        file.seek(0)
        file.write(head)
    return True


def _entry(head: bytearray, parts: list[_Element], aspect: Fraction) -> bytes | None:
    """The content of a track's entry with the aspect in it, as long as before; None where there is no room."""
    made, spare = b"", 0
    for part in parts:
        if part.name == _VOID:
            spare += part.stop - part.start
        elif part.name == _VIDEO:
            content = _video(head, part, aspect)
            made += _element(_VIDEO, content)
            spare += part.stop - part.start - len(_element(_VIDEO, content))
        else:
            made += head[part.start : part.stop]
    if spare == 0:
        return made
    if spare < 2:
        return None
    return made + (_element(_VOID, bytes(spare - 2)) if spare <= 128 else _element(_VOID, bytes(spare - 9), 8))


def _video(head: bytearray, video: _Element, aspect: Fraction) -> bytes:
    parts = {part.name: part for part in _inside(head, video)}
    width, height = (_number(head, parts[name]) for name in (_WIDTH, _HEIGHT))
    kept = [part for name, part in parts.items() if name not in (_UNIT, _SHOWN_WIDTH, _SHOWN_HEIGHT)]
    made = b"".join(head[part.start : part.stop] for part in kept)
    shown = width * aspect  # where that is no whole number, both sides are said as many times as large
    shown_sides = ((_SHOWN_WIDTH, shown.numerator), (_SHOWN_HEIGHT, height * shown.denominator))
    for name, size in shown_sides:
        made += _element(name, size.to_bytes(-(-size.bit_length() // 8), "big"))
    return made


def _element(name: int, content: bytes, length: int = 1) -> bytes:
    length = length if len(content) < 127 else max(length, 8)
    size = (len(content) | 1 << (7 * length)).to_bytes(length, "big")
    return name.to_bytes(-(-name.bit_length() // 8), "big") + size + content


def _inside(head: bytearray, outer: _Element) -> Iterator[_Element]:
    """The elements in ``outer``, as far as they are in ``head``."""
    position, stop = outer.content, min(outer.stop, len(head))
    while position < stop:
        name_length = 9 - head[position].bit_length()
        name = int.from_bytes(head[position : position + name_length], "big")
        place = position + name_length
        size_length = 9 - head[place].bit_length()
        size = int.from_bytes(head[place : place + size_length], "big") & ((1 << (7 * size_length)) - 1)
        content = place + size_length
        yield _Element(name, position, content, content + size)
        position = content + size


def _at(head: bytearray, name: int, outer: _Element) -> Iterator[_Element]:
    return (element for element in _inside(head, outer) if element.name == name)


def _number(head: bytearray, element: _Element) -> int:
    return int.from_bytes(head[element.content : element.stop], "big")
