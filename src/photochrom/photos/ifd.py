"""TIFF structures: directories of tags, as TIFF and BigTIFF files and EXIF blocks store them (TIFF 6.0, CIPA DC-008).

A tag is kept as its raw entry, so that whatever its type says, its bytes can be carried on.
"""

import mmap
import struct
from dataclasses import dataclass
from typing import Literal

Buffer = bytes | bytearray | mmap.mmap

# Bytes of one number of each type; 13, 16, 17 and 18 are of later supplements and BigTIFF, 129 is EXIF 3.0's UTF-8.
SIZES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1,
}  # fmt: skip
BYTE, ASCII, SHORT, LONG, RATIONAL, SLONG, LONG8 = 1, 2, 3, 4, 5, 9, 16
_WHOLE = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_WORD = {1: 1, 2: 1, 6: 1, 7: 1, 129: 1, 3: 2, 8: 2, 16: 8, 17: 8, 18: 8, 12: 8}  # bytes that are swapped together
_TO_CLASSIC = {16: LONG, 17: SLONG, 18: LONG}
_MOST_TAGS = 4096  # a directory that says more is damaged


@dataclass(frozen=True)
class Tag:
    """An entry of a directory: ``field`` holds the value, or where it stands: 4 bytes, in BigTIFF 8."""

    code: int
    kind: int
    count: int
    field: bytes


@dataclass(frozen=True)
class Structure:
    """How the numbers of a TIFF structure are stored: ``order`` is ``<`` or ``>``, ``big`` means BigTIFF."""

    order: str
    big: bool = False

    @property
    def width(self) -> int:
        """Bytes of an offset."""
        return 8 if self.big else 4

    def offset(self, value: int) -> bytes:
        """An offset as it is stored."""
        return struct.pack(self.order + ("Q" if self.big else "I"), value)

    def header(self, first: int) -> bytes:
        """The first bytes, which say where the first directory stands."""
        head = b"II" if self.order == "<" else b"MM"
        rest = struct.pack(self.order + "HHH", 43, 8, 0) if self.big else struct.pack(self.order + "H", 42)
        return head + rest + self.offset(first)

    def pack(self, tags: list[Tag], following: int = 0) -> bytes:
        """A directory of ``tags``, with the place of the one that follows it."""
        count, entry = ("Q", "HHQ") if self.big else ("H", "HHI")
        entries = b"".join(struct.pack(self.order + entry, tag.code, tag.kind, tag.count) + tag.field for tag in tags)
        return struct.pack(self.order + count, len(tags)) + entries + self.offset(following)

    def read(self, buffer: Buffer, place: int) -> tuple[list[Tag], int]:
        """The tags of the directory at ``place``, as many as are whole, and the place of the next one, 0 for none."""
        count, entry = ("Q", "HHQ") if self.big else ("H", "HHI")
        start = place + struct.calcsize("<" + count)
        if place < 8 or start > len(buffer):
            return [], 0
        (number,) = struct.unpack_from(self.order + count, buffer, place)
        step = struct.calcsize("<" + entry) + self.width
        whole = min(number, (len(buffer) - start) // step, _MOST_TAGS)
        tags = []
        for at in range(start, start + whole * step, step):
            code, kind, items = struct.unpack_from(self.order + entry, buffer, at)
            tags.append(Tag(code, kind, items, bytes(buffer[at + step - self.width : at + step])))
        return tags, self.following(buffer, place)

    def following(self, buffer: Buffer, place: int) -> int:
        """The place of the directory that follows the one at ``place``; 0 for none."""
        count, entry = ("Q", "HHQ") if self.big else ("H", "HHI")
        start = place + struct.calcsize("<" + count)
        if place < 8 or start > len(buffer):
            return 0
        (number,) = struct.unpack_from(self.order + count, buffer, place)
        end = start + number * (struct.calcsize("<" + entry) + self.width)
        return (
            int.from_bytes(buffer[end : end + self.width], self._named_order) if end + self.width <= len(buffer) else 0
        )

    def place(self, tag: Tag) -> int | None:
        """Where the value of ``tag`` stands; None where it stands in the entry itself."""
        size = SIZES.get(tag.kind, 1) * tag.count
        return None if size <= self.width else int.from_bytes(tag.field, self._named_order)

    def holds(self, buffer: Buffer, tag: Tag) -> bool:
        """Whether the value of ``tag`` is in ``buffer``, as far as its type is known."""
        place = self.place(tag)
        return place is None or place + SIZES.get(tag.kind, 0) * tag.count <= len(buffer)

    def value(self, buffer: Buffer, tag: Tag) -> bytes | None:
        """The bytes of the value of ``tag``; None where they are not in ``buffer``, or of an unknown type."""
        if tag.kind not in SIZES:
            return None
        size, place = SIZES[tag.kind] * tag.count, self.place(tag)
        if place is None:
            return tag.field[:size]
        return bytes(buffer[place : place + size]) if place + size <= len(buffer) else None

    def number(self, buffer: Buffer, tag: Tag) -> int | None:
        """The first of the whole numbers in ``tag``."""
        value = self.value(buffer, tag)
        if not value or tag.kind not in _WHOLE:
            return None
        return int(struct.unpack_from(self.order + _WHOLE[tag.kind], value)[0])

    def ratio(self, buffer: Buffer, tag: Tag) -> float | None:
        """The first number in ``tag``, whole or a fraction; None where it is not a number above zero."""
        value = self.value(buffer, tag)
        if not value or tag.kind != RATIONAL:
            number = self.number(buffer, tag)
            return float(number) if number and number > 0 else None
        above, below = struct.unpack_from(self.order + "II", value)
        return above / below if above and below else None

    def made(self, code: int, kind: int, value: bytes, into: "Heap") -> Tag:
        """A new tag with ``value``, whose bytes go ``into`` there where the entry cannot hold them."""
        count = len(value) // SIZES[kind]
        if len(value) <= self.width:
            return Tag(code, kind, count, value.ljust(self.width, b"\0"))
        return Tag(code, kind, count, self.offset(into.put(value)))

    def short(self, code: int, value: int) -> Tag:
        """A new tag that holds one whole number."""
        kind, form = (SHORT, "H") if value < 1 << 16 else (LONG, "I")
        return Tag(code, kind, 1, struct.pack(self.order + form, value).ljust(self.width, b"\0"))

    def moved(self, value: bytes, tag: Tag, other: "Structure") -> tuple[int, bytes] | None:
        """``value`` of ``tag`` and its type as ``other`` stores them; None if it cannot hold them."""
        kind = tag.kind
        if not other.big and kind in _TO_CLASSIC:
            form, kind = _WHOLE[kind], _TO_CLASSIC[kind]
            numbers = struct.unpack(f"{self.order}{tag.count}{form}", value)
            try:
                return kind, struct.pack(f"{other.order}{tag.count}{_WHOLE[kind]}", *numbers)
            except struct.error:
                return None
        if self.order != other.order and (word := _WORD.get(kind, 4)) > 1:
            value = b"".join(value[at : at + word][::-1] for at in range(0, len(value), word))
        return kind, value

    @property
    def _named_order(self) -> Literal["little", "big"]:
        return "little" if self.order == "<" else "big"


class Heap:
    """Bytes that grow at their end, the first of which stands at the place ``start`` of a file."""

    def __init__(self, content: bytes | bytearray = b"", start: int = 0) -> None:
        self.content = bytearray(content)
        self._start = start

    def put(self, value: bytes) -> int:
        """Add ``value`` at an even place, as TIFF wants it, and return that place."""
        if (self._start + len(self.content)) % 2:
            self.content += b"\0"
        place = self._start + len(self.content)
        self.content += value
        return place


def structure(buffer: Buffer) -> tuple[Structure, int] | None:
    """The kind of TIFF structure that ``buffer`` begins with, and the place of its first directory; None for none."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(buffer[:2]))
    if order is None or len(buffer) < 8:
        return None
    version = struct.unpack_from(order + "H", buffer, 2)[0]
    if version == 43 and len(buffer) >= 16:
        return Structure(order, big=True), struct.unpack_from(order + "Q", buffer, 8)[0]
    return (Structure(order), struct.unpack_from(order + "I", buffer, 4)[0]) if version == 42 else None
