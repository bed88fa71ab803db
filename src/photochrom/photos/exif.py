"""EXIF blocks (CIPA DC-008): carried byte for byte, and changed in place where the picture has changed.

Values never move, because a camera's own notes (MakerNote) hold places within the block that only the camera's maker
knows: new values are added to the end.
"""

import struct
from fractions import Fraction

from photochrom.photos.ifd import ASCII, LONG, RATIONAL, SIZES, Buffer, Heap, Structure, Tag, structure

ORIENTATION, SOFTWARE = 0x0112, 0x0131
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
CAMERA, GPS, INTEROPERABILITY, MAKER_NOTE = 0x8769, 0x8825, 0xA005, 0x927C  # directories of their own but the last
_COLOR_SPACE, _WIDTH, _HEIGHT = 0xA001, 0xA002, 0xA003  # in the camera's directory: of the pixels
_INCHES, _CENTIMETERS = 2, 3
_SRGB = 1
_LARGEST_RATIO = 10_000  # below the line, of a resolution
_LONG8 = 16
_DEEPEST = 3  # directories within each other
_PIN_BELOW = 32_768  # bytes: a MakerNote that stands further back in a TIFF file would make every copy that large

# Tags that say how the source's pixels were stored, or what their numbers mean: not true of a result, which says
# it itself. TIFF 6.0, its supplements, TIFF/EP, TIFF-FX (RFC 2301), and Photoshop's layers (37724).
LAYOUT = {
    *range(254, 260), *range(262, 267), 273, *range(277, 282), 284, *range(288, 294), 300, 301, *range(317, 331),
    *range(332, 335), *range(336, 348), 351, *range(400, 405), *range(433, 436), *range(512, 531), 532, 559,
    *range(32995, 32999), 33421, 33422, 34675, 34732, 37724, 50784,
}  # fmt: skip


def edited(
    block: bytes,
    programs: str,
    size: tuple[int, int],
    dpi: tuple[float, float] | None = None,
    orientation: int | None = 1,
) -> bytes:
    """``block``, or a new one where it is none, as a result of ``size`` (width, height) carries it.

    It says that the picture is upright and sRGB, has no small picture of the source, and names the ``programs`` that
    it went through. With ``dpi``, it also says the resolution, and without ``orientation`` nothing of that.
    """
    found = structure(block)
    kind, first = found if found and not found[0].big else (Structure("<"), 8)
    if found is None or found[0].big:
        block = kind.header(8) + kind.pack([])
    tags, following = kind.read(block, first)
    replaced = [tag for tag in tags if tag.code == SOFTWARE]
    text = programs.encode("utf-8", "surrogateescape")
    heap = Heap(block)
    others = [tag for tag in tags if tag.code not in {*LAYOUT, SOFTWARE}]
    dead = [*_ranges(kind, block, following), *_thumbnail(kind, block, following), *_values(kind, replaced)]
    _clear(heap.content, dead, [(0, 8), *_ranges(kind, block, first, leaving=replaced)])
    for tag in others:
        if tag.code == CAMERA:
            _set_pixels(kind, heap.content, kind.number(block, tag) or 0, size)
    others = [*_placed(others, kind, dpi, orientation, heap), kind.made(SOFTWARE, ASCII, text + b"\0", heap)]
    packed = kind.pack(sorted(others, key=lambda tag: tag.code))
    before = len(kind.pack(tags))
    if len(packed) <= before and 8 <= first <= len(block) - before:
        heap.content[first : first + before] = packed.ljust(before, b"\0")
    else:
        heap.content[:8] = kind.header(heap.put(packed))
    return bytes(heap.content)


def software(block: bytes) -> str:
    """The programs that the picture went through, as Software names them."""
    found = structure(block)
    tags = found[0].read(block, found[1])[0] if found else []
    values = [found[0].value(block, tag) for tag in tags if found and tag.code == SOFTWARE]
    return (values[0] or b"" if values else b"").rstrip(b"\0 ").decode("utf-8", "surrogateescape")


def resolution(kind: Structure, buffer: Buffer, tags: list[Tag]) -> tuple[float, float] | None:
    """The resolution that ``tags`` say, in pixels per inch; None where they say none."""
    known = {tag.code: tag for tag in reversed(tags)}
    if X_RESOLUTION not in known or Y_RESOLUTION not in known:
        return None
    unit = kind.number(buffer, known[RESOLUTION_UNIT]) if RESOLUTION_UNIT in known else _INCHES
    scale = {_INCHES: 1.0, _CENTIMETERS: 2.54}.get(unit or 0)
    across, down = (kind.ratio(buffer, known[code]) for code in (X_RESOLUTION, Y_RESOLUTION))
    return (across * scale, down * scale) if across and down and scale else None


def maker_note(block: bytes) -> int | None:
    """The place of the camera's own notes in ``block``; None without."""
    found = structure(block)
    tags = found[0].read(block, found[1])[0] if found else []
    for tag in tags:
        if found and tag.code == CAMERA and (notes := _maker_note(found[0], block, found[0].number(block, tag) or 0)):
            return found[0].place(notes)
    return None


def carried(
    tags: list[Tag], source: Structure, buffer: Buffer, target: Structure, heap: Heap, pinned: int | None = None,
    depth: int = 0,
) -> list[Tag]:  # fmt: skip
    """``tags`` of the structure ``source`` in ``buffer`` as ``target`` stores them, with their values on ``heap``.

    A tag whose value is not to be had, or cannot be stored there, is left out, the others are not. What stands at
    the place ``pinned`` stands there in the target, too.
    """
    moved = []
    for tag in tags:
        if tag.code in (CAMERA, GPS, INTEROPERABILITY):
            inner, _ = source.read(buffer, source.number(buffer, tag) or 0) if depth < _DEEPEST else ([], 0)
            if inner := carried(inner, source, buffer, target, heap, pinned, depth + 1):
                place = heap.put(target.pack(inner))
                moved.append(Tag(tag.code, _LONG8 if target.big else LONG, 1, target.offset(place)))
            continue
        if pinned is not None and source.place(tag) == pinned:
            moved.append(Tag(tag.code, tag.kind, tag.count, target.offset(pinned)))
            continue
        value = source.value(buffer, tag)
        stored = None if value is None else source.moved(value, tag, target)
        if stored is not None:
            moved.append(target.made(tag.code, stored[0], stored[1], heap))
    return moved


def block_of(tags: list[Tag], source: Structure, buffer: Buffer) -> bytes:
    """``tags`` of the structure ``source`` in ``buffer`` as an EXIF block; empty without any."""
    target = Structure(source.order)
    heap = Heap(target.header(8))
    pinned = None
    for tag in tags:
        if tag.code == CAMERA:
            pinned = _pin(source, buffer, source.number(buffer, tag) or 0, heap)
    moved = carried(tags, source, buffer, target, heap, pinned)
    if not moved:
        return b""
    heap.content[:8] = target.header(heap.put(target.pack(moved)))
    return bytes(heap.content)


def reduced(block: bytes, limit: int) -> tuple[bytes, list[int]]:
    """``block`` without its largest tags where it is longer than ``limit`` bytes, and the codes of those."""
    left_out: list[int] = []
    while len(block) > limit and (found := structure(block)):
        kind, first = found
        tags, _ = kind.read(block, first)
        inner = {tag.code: kind.read(block, kind.number(block, tag) or 0)[0] for tag in tags if tag.code == CAMERA}
        everything = [tag for tag in (*tags, *(inner.get(CAMERA, []))) if tag.code not in (CAMERA, GPS)]
        largest = max(everything, key=lambda tag: SIZES.get(tag.kind, 1) * tag.count, default=None)
        if largest is None:
            return b"", left_out
        left_out.append(largest.code)
        buffer = bytearray(block)
        for place in (first, *(kind.number(block, tag) or 0 for tag in tags if tag.code == CAMERA)):
            _remove(kind, buffer, place, largest)
        rest, _ = kind.read(buffer, first)
        block = block_of(rest, kind, buffer)
    return block, left_out


def _values(kind: Structure, tags: list[Tag]) -> list[tuple[int, int]]:
    """Where the values of ``tags`` stand that are not in the entries."""
    places = [(kind.place(tag), SIZES.get(tag.kind, 1) * tag.count) for tag in tags]
    return [(place, place + size) for place, size in places if place is not None]


def _ranges(
    kind: Structure, block: Buffer, place: int, depth: int = 0, leaving: list[Tag] | None = None
) -> list[tuple[int, int]]:
    """What the directory at ``place`` and those within it occupy, less the values of the tags ``leaving``."""
    tags, _ = kind.read(block, place)
    if not tags or depth >= _DEEPEST:
        return []
    found = [(place, place + len(kind.pack(tags)))]
    found += _values(kind, [tag for tag in tags if tag not in (leaving or [])])
    for tag in tags:
        if tag.code in (CAMERA, GPS, INTEROPERABILITY):
            found += _ranges(kind, block, kind.number(block, tag) or 0, depth + 1)
    return found


def _thumbnail(kind: Structure, block: Buffer, place: int) -> list[tuple[int, int]]:
    """Where the small picture stands that the directory at ``place`` describes."""
    known = {tag.code: kind.number(block, tag) or 0 for tag in kind.read(block, place)[0]}
    pairs = [(known.get(start, 0), known.get(length, 0)) for start, length in ((0x0201, 0x0202), (0x0111, 0x0117))]
    return [(start, start + length) for start, length in pairs if start >= 8 and length]


def _clear(content: bytearray, dead: list[tuple[int, int]], used: list[tuple[int, int]]) -> None:
    """Put zeros at the ranges ``dead``, as far as nothing ``used`` stands there, and cut them off at the end."""
    for start, end in sorted(dead, reverse=True):
        if any(start < last and first < end for first, last in used) or start > len(content):
            continue
        if end >= len(content):
            del content[start:]
        else:
            content[start:end] = bytes(end - start)


def _set_pixels(kind: Structure, content: bytearray, place: int, size: tuple[int, int]) -> None:
    """Let the camera's directory say, where it says anything of that, the size and the colors of the result."""
    for tag in kind.read(content, place)[0]:
        new = {_WIDTH: size[0], _HEIGHT: size[1], _COLOR_SPACE: _SRGB}.get(tag.code)
        if new is not None:
            _replace(kind, content, place, tag, kind.short(tag.code, new))
        elif tag.code == INTEROPERABILITY:
            inner = kind.number(content, tag) or 0
            for other in kind.read(content, inner)[0]:
                if other.code == 1 and other.field == b"R03\0":  # Adobe RGB, by the DCF standard; R98 is sRGB
                    _replace(kind, content, inner, other, Tag(1, other.kind, other.count, b"R98\0"))


def _replace(kind: Structure, content: bytearray, place: int, old: Tag, new: Tag) -> None:
    """Put ``new`` in the place of the entry ``old`` of the directory at ``place``."""
    tags, following = kind.read(content, place)
    packed = kind.pack([new if tag == old else tag for tag in tags], following)
    content[place : place + len(packed) - kind.width] = packed[: -kind.width]


def _remove(kind: Structure, content: bytearray, place: int, gone: Tag) -> None:
    tags, _ = kind.read(content, place)
    packed = kind.pack([tag for tag in tags if tag != gone])
    content[place : place + len(packed)] = packed


def _placed(
    tags: list[Tag], kind: Structure, dpi: tuple[float, float] | None, orientation: int | None, heap: Heap
) -> list[Tag]:
    """``tags`` with the orientation and, where one is given that they do not say, the resolution."""
    known = {tag.code for tag in tags}
    changed = []
    if ORIENTATION in known and orientation is not None:
        changed.append(kind.short(ORIENTATION, orientation))
    gone = {ORIENTATION}
    said = resolution(kind, heap.content, tags)
    if dpi and (said is None or any(abs(a - b) > 0.01 for a, b in zip(dpi, said, strict=True))):
        gone |= {X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT}
        for code, value in zip((X_RESOLUTION, Y_RESOLUTION), dpi, strict=True):
            ratio = Fraction(value).limit_denominator(_LARGEST_RATIO)
            packed = struct.pack(kind.order + "II", ratio.numerator, ratio.denominator)
            changed.append(kind.made(code, RATIONAL, packed, heap))
        changed.append(kind.short(RESOLUTION_UNIT, _INCHES))
    return [*(tag for tag in tags if tag.code not in gone), *changed]


def _pin(source: Structure, buffer: Buffer, camera: int, heap: Heap) -> int | None:
    """Put the MakerNote of the directory ``camera`` on the empty ``heap`` where it stands in ``buffer``, if it can."""
    tag = _maker_note(source, buffer, camera)
    place, value = (source.place(tag), source.value(buffer, tag)) if tag else (None, None)
    if place is None or not value or not len(heap.content) <= place <= _PIN_BELOW:
        return None
    heap.content += bytes(place - len(heap.content)) + value
    return place


def _maker_note(source: Structure, buffer: Buffer, camera: int) -> Tag | None:
    return next((tag for tag in source.read(buffer, camera)[0] if tag.code == MAKER_NOTE), None)
