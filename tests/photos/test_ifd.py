import struct

import pytest

from photochrom.photos.ifd import ASCII, LONG8, RATIONAL, SHORT, Heap, Structure, Tag, structure

KINDS = [Structure(order, big) for order in "<>" for big in (False, True)]


def laid_out(kind, *values):
    """A structure with one directory of tags 1, 2, ... that have these types and values."""
    heap = Heap(kind.header(0))
    tags = [kind.made(code, number, value, heap) for code, (number, value) in enumerate(values, 1)]
    place = heap.put(kind.pack(tags, following=7))
    return kind.header(place) + bytes(heap.content[len(kind.header(0)) :]), tags, place


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_packed_is_read_again(kind):
    ratio, text = struct.pack(kind.order + "II", 300, 2), b"a longer text\0"
    buffer, tags, place = laid_out(kind, (ASCII, text), (SHORT, struct.pack(kind.order + "H", 513)), (RATIONAL, ratio))
    assert structure(buffer) == (kind, place)
    assert kind.read(buffer, place) == (tags, 7)
    assert [kind.value(buffer, tag) for tag in tags] == [text, struct.pack(kind.order + "H", 513), ratio]
    assert kind.number(buffer, tags[1]) == 513
    assert kind.ratio(buffer, tags[2]) == 150
    assert all(place % 2 == 0 for place in map(kind.place, tags) if place)


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_directory_that_ends_early_the_whole_tags_are_read(kind):
    buffer, tags, place = laid_out(kind, *[(SHORT, b"\1\1")] * 3)
    end = len(buffer) - kind.width
    step = len(kind.pack(tags)) // 3 - 2
    assert kind.read(buffer[:end], place) == (tags, 0)
    assert kind.read(buffer[: end - step // 2], place) == (tags[:2], 0)
    assert kind.read(buffer, len(buffer) + 5) == ([], 0)
    assert kind.read(buffer, 0) == ([], 0)


def test_values_that_are_not_there_are_none():
    kind = Structure("<")
    outside, unknown = Tag(1, ASCII, 10, kind.offset(95)), Tag(1, 77, 2, bytes(4))
    assert kind.value(bytes(100), outside) is None
    assert kind.value(bytes(105), outside) == bytes(10)
    assert kind.value(bytes(100), unknown) is None
    assert not kind.holds(bytes(100), outside)
    assert kind.holds(bytes(105), outside)
    assert kind.ratio(bytes(100), Tag(1, ASCII, 1, b"a\0\0\0")) is None


@pytest.mark.parametrize(
    ("number", "value", "swapped"),
    [
        (SHORT, b"\1\2\3\4", b"\2\1\4\3"),
        (RATIONAL, b"\1\2\3\4\5\6\7\10", b"\4\3\2\1\10\7\6\5"),
        (ASCII, b"abcd", b"abcd"),
        (7, b"abcd", b"abcd"),
        (12, b"\1\2\3\4\5\6\7\10", b"\10\7\6\5\4\3\2\1"),
    ],
)
def test_numbers_are_swapped_for_the_other_order_and_bytes_are_not(number, value, swapped):
    little, big = Structure("<"), Structure(">")
    assert little.moved(value, Tag(1, number, 1, b""), big) == (number, swapped)
    assert little.moved(value, Tag(1, number, 1, b""), little) == (number, value)


def test_numbers_of_big_tiff_become_classic_where_they_fit():
    small, large = struct.pack(">Q", 70_000), struct.pack(">Q", 1 << 40)
    tag = Tag(1, LONG8, 1, b"")
    assert Structure(">", big=True).moved(small, tag, Structure("<")) == (4, struct.pack("<I", 70_000))
    assert Structure(">", big=True).moved(large, tag, Structure("<")) is None


def test_other_content_is_no_structure():
    for content in (b"", b"II", b"II*\0\0", b"XX*\0\x08\0\0\0", b"II\x07\0\x08\0\0\0", b"II+\0\x08\0\0\0"):
        assert structure(content) is None
