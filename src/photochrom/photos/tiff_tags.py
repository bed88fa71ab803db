"""The metadata of TIFF and BigTIFF files: taken from a page's tags, and added to the pages of a finished file."""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from photochrom.photos import exif, exif_transfer
from photochrom.photos.ifd import BYTE, Buffer, Heap, Structure, Tag, structure

XMP, IPTC, PHOTOSHOP = 700, 33723, 34377
_PROFILE = 34675
_ELSEWHERE = {XMP, IPTC, PHOTOSHOP, _PROFILE}
_POINTERS = (13, 18)  # types of tags that hold places of other directories
_IPTC_MARK = 0x1C  # begins each of its records
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class Blocks:
    """The metadata of one page: EXIF as a block of its own, XMP, IPTC, Photoshop's resources, pixels per inch."""

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    photoshop: bytes = b""
    dpi: tuple[float, float] | None = None


def read(content: Buffer, page: int = 0) -> Blocks:
    """The metadata of a ``page`` of the TIFF or BigTIFF file ``content``, as far as it is not damaged."""
    kind, places = _pages(content, page + 1)
    if kind is None or len(places) <= page:
        return Blocks()
    tags, _ = kind.read(content, places[page])
    known = {tag.code: kind.value(content, tag) or b"" for tag in tags if tag.code in _ELSEWHERE}
    told = [tag for tag in tags if tag.code not in exif.LAYOUT | _ELSEWHERE and tag.kind not in _POINTERS]
    named = [tag for tag in tags if tag.code in (exif.CAMERA, exif.GPS) and tag.kind in _POINTERS]
    return Blocks(
        exif_transfer.block_of([*told, *named], kind, content),
        known.get(XMP, b""),
        _as_stored(known.get(IPTC, b"")),
        known.get(PHOTOSHOP, b""),
        exif.resolution(kind, content, tags),
    )


def lead_in(block: bytes, big: bool) -> bytes:
    """What stands in a TIFF file after its header, so that the values of the EXIF ``block`` stand where they stood."""
    if not big:
        return block[8:]
    return block[16:] if exif_transfer.maker_note(block) else b""


def add(path: Path, pages: Sequence[Blocks]) -> None:
    """Add metadata to all pages of the finished file at ``path``.

    It has the byte order of the first page's EXIF and begins with its `lead_in`.
    """
    with path.open("r+b") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            kind, places = _pages(content, len(pages))
            if kind is None or len(places) != len(pages):
                raise ValueError("a file of other pages")
            heap = Heap(start=len(content))
            listed = [kind.read(content, place)[0] for place in places]
            tags = [
                _merged(kind, old, page, heap, index == 0)
                for index, (old, page) in enumerate(zip(listed, pages, strict=True))
            ]
        _append(file, kind, tags, heap)


def _merged(kind: Structure, old: list[Tag], page: Blocks, heap: Heap, first: bool) -> list[Tag]:
    """The tags ``old`` that say how a page is stored, with those of its metadata."""
    found = structure(page.exif)
    new: list[Tag] = []
    if found is not None:
        source, place = found
        new, _ = source.read(page.exif, place)
        if source != kind or not first:
            new = exif_transfer.carried(
                new, source, page.exif, kind, heap, exif_transfer.maker_note(page.exif) if first else None
            )
    for code, value in ((XMP, page.xmp), (IPTC, page.iptc), (PHOTOSHOP, page.photoshop)):
        if value:
            new = [*(tag for tag in new if tag.code != code), kind.made(code, BYTE, value, heap)]
    codes = {tag.code for tag in new}
    return sorted([*(tag for tag in old if tag.code not in codes), *new], key=lambda tag: tag.code)


def _append(file: BinaryIO, kind: Structure, pages: list[list[Tag]], heap: Heap) -> None:
    """Write ``heap`` to the end of ``file``, and the directories of all its pages after it, each naming the next."""
    sizes = [len(kind.pack(tags)) for tags in pages]
    first = heap.put(b"")
    places = [first]
    for size in sizes:
        places.append((places[-1] + size + 1) // 2 * 2)
    for tags, following in zip(pages, [*places[1:-1], 0], strict=True):
        heap.put(kind.pack(tags, following))
    file.seek(0, 2)
    file.write(heap.content)
    file.seek(0)
    file.write(kind.header(first))


def _pages(content: Buffer, most: int) -> tuple[Structure | None, list[int]]:
    """How ``content`` is stored, and where the directories of its pages stand, no more than ``most``."""
    found = structure(content)
    if found is None:
        return None, []
    kind, place = found
    places: list[int] = []
    while place and len(places) < min(most, _MOST_PAGES):
        places.append(place)
        place = kind.following(content, place)
    return kind, places


def _as_stored(iptc: bytes) -> bytes:
    """IPTC in its own order, where a program has swapped it as it swaps numbers of 4 bytes."""
    if len(iptc) % 4 == 0 and iptc[:1] != bytes([_IPTC_MARK]) and iptc[3:4] == bytes([_IPTC_MARK]):
        return b"".join(iptc[at : at + 4][::-1] for at in range(0, len(iptc), 4))
    return iptc
