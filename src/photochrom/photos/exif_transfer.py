"""EXIF taken from one TIFF structure into another: out of a TIFF file, into one, or into a smaller block."""

from photochrom.photos.exif import CAMERA, FOLDERS
from photochrom.photos.ifd import LONG, LONG8, SIZES, Buffer, Heap, Structure, Tag, structure

MAKER_NOTE = 0x927C  # the camera's own notes, which hold places within all EXIF
_ENTRY = 12  # bytes of a directory for each tag
_PIN_BELOW = 32_768  # bytes: a MakerNote that stands further back in a TIFF file would make every copy that large


def carried(
    tags: list[Tag], source: Structure, buffer: Buffer, target: Structure, heap: Heap, pinned: int | None = None
) -> list[Tag]:
    """``tags`` of the structure ``source`` in ``buffer`` as ``target`` stores them, with their values on ``heap``.

    A tag whose value is not to be had, or cannot be stored there, is left out, the others are not. What stands at
    the place ``pinned`` stands there in the target, too.
    """
    return _carried(tags, source, buffer, target, heap, pinned, {0}, len(heap.content) + len(buffer))


def block_of(tags: list[Tag], source: Structure, buffer: Buffer) -> bytes:
    """``tags`` of the structure ``source`` in ``buffer`` as an EXIF block; empty without any."""
    target = Structure(source.order)
    heap = Heap(target.header(8))
    moved = carried(tags, source, buffer, target, heap, _pin(source, buffer, tags, heap))
    if not moved:
        return b""
    heap.content[:8] = target.header(heap.put(target.pack(moved)))
    return bytes(heap.content)


def maker_note(block: bytes) -> int | None:
    """The place of the camera's own notes in ``block``; None without."""
    found = structure(block)
    if found is None:
        return None
    kind, first = found
    notes = _maker_note(kind, block, kind.read(block, first)[0])
    return kind.place(notes) if notes else None


def reduced(block: bytes, limit: int) -> tuple[bytes, list[int]]:
    """``block`` without its largest tags where it is longer than ``limit`` bytes, and the codes of those."""
    left_out: list[int] = []
    while len(block) > limit and (found := structure(block)):
        kind, first = found
        tags, _ = kind.read(block, first)
        camera = _named(kind, block, tags, CAMERA)
        inner, _ = kind.read(block, camera)
        plain = [tag for tag in (*tags, *inner) if tag.code not in FOLDERS]
        largest = sorted(plain, key=_size, reverse=True)
        over = len(block_of(tags, kind, block)) - limit
        gone: dict[Tag, None] = {}  # in their order
        while over > 0 and largest:
            over -= _size(largest[0]) + _ENTRY
            gone[largest.pop(0)] = None
        if not plain:
            return b"", left_out
        left_out += [tag.code for tag in gone]
        buffer = bytearray(block)
        for place, listed in ((first, tags), (camera, inner)):
            if listed:
                packed = kind.pack([tag for tag in listed if tag not in gone])
                buffer[place : place + len(packed)] = packed
        block = block_of(kind.read(buffer, first)[0], kind, buffer)
    return block, left_out


def _carried(
    tags: list[Tag], source: Structure, buffer: Buffer, target: Structure, heap: Heap, pinned: int | None,
    seen: set[int], most: int,
) -> list[Tag]:  # fmt: skip
    """See `carried`; ``seen`` are places of directories, each of which is taken once, up to ``most`` bytes in all."""
    moved = []
    for tag in tags:
        if tag.code in FOLDERS:
            place = source.number(buffer, tag) or 0
            if place in seen:
                continue
            seen.add(place)
            inner, _ = source.read(buffer, place)
            if inner := _carried(inner, source, buffer, target, heap, pinned, seen, most):
                place = heap.put(target.pack(inner))
                moved.append(Tag(tag.code, LONG8 if target.big else LONG, 1, target.offset(place)))
        elif pinned is not None and source.place(tag) == pinned:
            moved.append(Tag(tag.code, tag.kind, tag.count, target.offset(pinned)))
        elif len(heap.content) + _size(tag) <= most:  # more than all of the file is damage
            value = source.value(buffer, tag)
            stored = None if value is None else source.moved(value, tag, target)
            if stored is not None:
                moved.append(target.made(tag.code, stored[0], stored[1], heap))
    return moved


def _pin(source: Structure, buffer: Buffer, tags: list[Tag], heap: Heap) -> int | None:
    """Put the MakerNote on the empty ``heap`` where it stands in ``buffer``, if that can be."""
    notes = _maker_note(source, buffer, tags)
    place, value = (source.place(notes), source.value(buffer, notes)) if notes else (None, None)
    if place is None or not value or not len(heap.content) <= place <= _PIN_BELOW:
        return None
    heap.content += bytes(place - len(heap.content)) + value
    return place


def _maker_note(source: Structure, buffer: Buffer, tags: list[Tag]) -> Tag | None:
    camera, _ = source.read(buffer, _named(source, buffer, tags, CAMERA))
    return next((tag for tag in camera if tag.code == MAKER_NOTE), None)


def _named(source: Structure, buffer: Buffer, tags: list[Tag], code: int) -> int:
    """The place of the directory that the tag ``code`` names; 0 for none."""
    return next((source.number(buffer, tag) or 0 for tag in tags if tag.code == code), 0)


def _size(tag: Tag) -> int:
    return SIZES.get(tag.kind, 1) * tag.count
