"""EXIF blocks (CIPA DC-008): changed in place where the picture has changed, and the same byte for byte elsewhere.

Values never move, because a camera's own notes (MakerNote) hold places within the block that only the camera's maker
knows: new values are added to the end.
"""

import struct
from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate

from photochrom.photos.ifd import ASCII, RATIONAL, SIZES, Buffer, Heap, Structure, Tag, structure

ORIENTATION, SOFTWARE = 0x0112, 0x0131
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
CAMERA, GPS, INTEROPERABILITY = 0x8769, 0x8825, 0xA005
FOLDERS = (CAMERA, GPS, INTEROPERABILITY)  # tags that name directories of their own
_COLOR_SPACE, _WIDTH, _HEIGHT = 0xA001, 0xA002, 0xA003  # in the camera's directory: of the pixels
_INCHES, _CENTIMETERS = 2, 3
_SRGB = 1
_LARGEST_RATIO = 10_000  # below the line, of a resolution
_THUMBNAILS = ((0x0201, 0x0202), (0x0111, 0x0117))  # where a small picture stands, and its bytes: JPEG, or pixels

# Tags that say how the source's pixels were stored, or what their numbers mean: not true of a result, which says
# it itself. TIFF 6.0, its supplements, TIFF/EP, TIFF-FX (RFC 2301), Photoshop's layers (37724), and DNG (from 50706 on)
# but for the camera, its number, its lens and the name of the file.
LAYOUT = {
    *range(254, 260), *range(262, 267), 273, *range(277, 282), 284, *range(288, 294), 300, 301, *range(317, 331),
    *range(332, 335), *range(336, 348), 351, *range(400, 405), *range(433, 436), *range(512, 531), 532, 559,
    *range(32995, 32999), 33421, 33422, 34675, 34732, 37724,
    *(set(range(50706, 52600)) - {50708, 50709, 50735, 50736, 50827}),
}  # fmt: skip

Range = tuple[int, int]  # of bytes, from the first to the one after the last


def edited(
    block: bytes,
    programs: str,
    size: tuple[int, int],
    dpi: tuple[float, float] | None = None,
    orientation: int | None = 1,
) -> bytes:
    """``block``, or a new one where it is none, as a result of ``size`` (width, height) carries it.

    It says that the picture is upright and sRGB, has no small picture of the source, and names the ``programs`` that
    it went through. With ``dpi``, it also says the resolution, and without ``orientation`` nothing of that. A tag
    whose value is not in the block is left out.
    """
    found = structure(block)
    kind, first = found if found and not found[0].big else (Structure("<"), 8)
    if found is None or found[0].big:
        block = kind.header(8) + kind.pack([])
    tags, following = kind.read(block, first)
    heap = Heap(block)
    replaced = [tag for tag in tags if tag.code == SOFTWARE]
    used = [(0, 8), *_ranges(kind, block, first, leaving=replaced)]
    small = [*_ranges(kind, block, following), *_thumbnail(kind, block, following)]
    _clear(heap.content, [*small, *_values(kind, replaced)], used)
    camera = next((kind.number(block, tag) or 0 for tag in tags if tag.code == CAMERA), 0)
    _set_pixels(kind, heap.content, camera, size)
    whole = [tag for tag in tags if kind.holds(block, tag)]
    kept = _placed([tag for tag in whole if tag.code not in {*LAYOUT, SOFTWARE}], kind, dpi, orientation, heap)
    kept.append(kind.made(SOFTWARE, ASCII, programs.encode("utf-8", "surrogateescape") + b"\0", heap))
    _put_first(kind, heap, first, len(kind.pack(tags)), kind.pack(sorted(kept, key=lambda tag: tag.code)))
    return bytes(heap.content)


def software(block: bytes) -> str:
    """The programs that the picture went through, as Software names them."""
    found = structure(block)
    tags = found[0].read(block, found[1])[0] if found else []
    values = [found[0].value(block, tag) for tag in tags if found and tag.code == SOFTWARE]
    return (values[0] or b"" if values else b"").rstrip(b"\0 ").decode("utf-8", "surrogateescape")


def orientation(block: bytes) -> int:
    """How the picture lies, 1 to 8, whatever the type of the number; 1, upright, where ``block`` says nothing of it."""
    found = structure(block)
    tags = found[0].read(block, found[1])[0] if found else []
    said = next((found[0].number(block, tag) for tag in tags if found and tag.code == ORIENTATION), None)
    return said if said and 1 <= said <= 8 else 1


def resolution(kind: Structure, buffer: Buffer, tags: list[Tag]) -> tuple[float, float] | None:
    """The resolution that ``tags`` say, in pixels per inch; None where they say none."""
    known = {tag.code: tag for tag in reversed(tags)}
    unit = kind.number(buffer, known[RESOLUTION_UNIT]) if RESOLUTION_UNIT in known else _INCHES
    scale = {_INCHES: 1.0, _CENTIMETERS: 2.54}.get(unit or 0)
    said = [kind.ratio(buffer, known[code]) for code in (X_RESOLUTION, Y_RESOLUTION) if code in known]
    if not scale or not said or not said[0] or not said[-1]:
        return None
    return said[0] * scale, said[-1] * scale  # where one is missing, the other counts for both


def _values(kind: Structure, tags: list[Tag]) -> list[Range]:
    """Where the values of ``tags`` stand that are not in the entries."""
    places = [(kind.place(tag), SIZES.get(tag.kind, 1) * tag.count) for tag in tags]
    return [(place, place + size) for place, size in places if place is not None]


def _ranges(kind: Structure, block: Buffer, place: int, leaving: list[Tag] | None = None) -> list[Range]:
    """What the directory at ``place`` and those within it occupy, less the values of the tags ``leaving``."""
    found: list[Range] = []
    waiting, seen = [place], {0}
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        tags, _ = kind.read(block, place)
        found.append((place, place + len(kind.pack(tags))))
        found += _values(kind, [tag for tag in tags if tag not in (leaving or [])])
        named = {tag.code: kind.number(block, tag) or 0 for tag in reversed(tags) if tag.code in FOLDERS}
        waiting += named.values()
    return found


def _thumbnail(kind: Structure, block: Buffer, place: int) -> list[Range]:
    """Where the small picture stands that the directory at ``place`` describes."""
    known = {tag.code: kind.number(block, tag) or 0 for tag in kind.read(block, place)[0]}
    pairs = [(known.get(start, 0), known.get(length, 0)) for start, length in _THUMBNAILS]
    return [(start, start + length) for start, length in pairs if start >= 8 and length]


def _clear(content: bytearray, dead: list[Range], used: list[Range]) -> None:
    """Put zeros at the ranges ``dead``, as far as nothing ``used`` stands there, and cut them off at the end."""
    used = sorted(used)
    furthest = list(accumulate((end for _, end in used), max))
    for start, end in reversed(_united(dead)):
        before = bisect_left(used, (end, 0))  # how many begin before this one ends
        if (before and furthest[before - 1] > start) or start >= len(content):
            continue
        if end >= len(content):
            del content[start:]
        else:
            content[start:end] = bytes(end - start)


def _united(ranges: list[Range]) -> list[Range]:
    """``ranges`` in their order, with those that overlap as one."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _set_pixels(kind: Structure, content: bytearray, camera: int, size: tuple[int, int]) -> None:
    """Let the ``camera``'s directory say, where it says anything of that, the size and the colors of the result."""
    true = {_WIDTH: size[0], _HEIGHT: size[1], _COLOR_SPACE: _SRGB}
    tags, _ = kind.read(content, camera)
    changed = [kind.short(tag.code, true[tag.code]) if tag.code in true else tag for tag in tags]
    _overwrite(kind, content, camera, changed)
    inner = next((kind.number(content, tag) or 0 for tag in tags if tag.code == INTEROPERABILITY), 0)
    # The DCF standard has R03 for Adobe RGB, and R98 for sRGB.
    tags, _ = kind.read(content, inner)
    changed = [Tag(1, tag.kind, tag.count, b"R98\0") if (tag.code, tag.field) == (1, b"R03\0") else tag for tag in tags]
    _overwrite(kind, content, inner, changed)


def _overwrite(kind: Structure, content: bytearray, place: int, tags: list[Tag]) -> None:
    """Put as many ``tags`` as the directory at ``place`` has in their place; what names the next one stays."""
    if tags:
        packed = kind.pack(tags)[2 : -kind.width]
        content[place + 2 : place + 2 + len(packed)] = packed


def _placed(
    tags: list[Tag], kind: Structure, dpi: tuple[float, float] | None, orientation: int | None, heap: Heap
) -> list[Tag]:
    """``tags`` with the orientation and, where one is given that they do not say, the resolution."""
    gone, changed = {ORIENTATION}, []
    if orientation is not None and any(tag.code == ORIENTATION for tag in tags):
        changed.append(kind.short(ORIENTATION, orientation))
    said = resolution(kind, heap.content, tags)
    if dpi and (said is None or any(abs(a - b) > 0.01 for a, b in zip(dpi, said, strict=True))):
        gone |= {X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT}
        for code, value in zip((X_RESOLUTION, Y_RESOLUTION), dpi, strict=True):
            ratio = Fraction(value).limit_denominator(_LARGEST_RATIO)
            packed = struct.pack(kind.order + "II", ratio.numerator, ratio.denominator)
            changed.append(kind.made(code, RATIONAL, packed, heap))
        changed.append(kind.short(RESOLUTION_UNIT, _INCHES))
    return [*(tag for tag in tags if tag.code not in gone), *changed]


def _put_first(kind: Structure, heap: Heap, place: int, room: int, packed: bytes) -> None:
    """Put the first directory where it stood, at ``place``, if it fits into that ``room``; else at the end."""
    if len(packed) <= room and 8 <= place <= len(heap.content) - room:
        heap.content[place : place + room] = packed.ljust(room, b"\0")
    else:
        heap.content[:8] = kind.header(heap.put(packed))
