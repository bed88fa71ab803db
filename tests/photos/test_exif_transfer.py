import pytest
from PIL import ExifTags, Image

from photochrom.photos import exif_transfer
from photochrom.photos.exif import CAMERA
from photochrom.photos.exif_transfer import block_of, carried, maker_note, reduced
from photochrom.photos.ifd import ASCII, LONG, LONG8, Heap, Structure, Tag, structure

NOTES = b"notes of the camera"


def read(block):
    """A block as Pillow reads it: its own tags, and those of the camera."""
    found = Image.Exif()
    found.load(block)
    return {code: value for code, value in found.items() if code != CAMERA}, found.get_ifd(CAMERA)


def with_notes(kind, place):
    """The bytes and the tags of a structure whose MakerNote stands at ``place``."""
    heap = Heap(kind.header(8) + bytes(place - len(kind.header(8))) + NOTES)
    note = Tag(exif_transfer.MAKER_NOTE, 7, len(NOTES), kind.offset(place))
    folder = heap.put(kind.pack([note]))
    tags = [
        kind.made(0x013B, ASCII, b"Nadar, Paris\0", heap),
        Tag(CAMERA, LONG8 if kind.big else LONG, 1, kind.offset(folder)),
    ]
    return bytes(heap.content), tags


@pytest.mark.parametrize("kind", [Structure("<"), Structure(">"), Structure("<", big=True)])
@pytest.mark.parametrize(("place", "stays"), [(100, True), (1001, True), (50_000, False)])
def test_a_block_has_the_cameras_notes_where_they_were_unless_that_is_far_back(kind, place, stays):
    content, tags = with_notes(kind, place)
    block = block_of(tags, kind, content)
    assert read(block) == ({0x013B: "Nadar, Paris"}, {exif_transfer.MAKER_NOTE: NOTES})
    assert (maker_note(block) == place) is stays
    assert len(block) < place + 200 if stays else len(block) < 300


def test_without_tags_there_is_no_block():
    assert block_of([], Structure("<"), b"") == b""
    assert maker_note(b"") is None


def test_what_two_directories_share_is_taken_once():
    kind = Structure("<")
    loop = kind.pack([Tag(code, LONG, 1, kind.offset(8)) for code in (CAMERA, CAMERA, 0x8825)] * 500)
    assert len(block_of(kind.read(kind.header(8) + loop, 8)[0], kind, kind.header(8) + loop)) < 100


def test_tags_do_not_take_more_than_the_file_has():
    kind = Structure("<")
    content = kind.header(8) + bytes(100_000)
    tags = [Tag(code, 7, 90_000, kind.offset(8)) for code in range(0x9000, 0x9100)]
    assert len(carried(tags, kind, content, kind, Heap())) == 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_largest_tags_go_first_until_the_rest_fits(order):
    made = Image.Exif()
    made.endian = order
    made[0x013B], made[0x010E], made[0x010F] = "a" * 40_000, "b" * 30_000, "c" * 20_000
    made[CAMERA] = {0x9286: b"d" * 35_000, 0x9003: "1923:01:01 00:00:00"}
    block, left_out = reduced(made.tobytes()[6:], 65_000)
    assert len(block) <= 65_000
    assert [ExifTags.TAGS[code] for code in left_out] == ["Artist", "UserComment"]
    assert read(block) == ({0x010E: "b" * 30_000, 0x010F: "c" * 20_000}, {0x9003: "1923:01:01 00:00:00"})


def test_a_small_block_stays_as_it_is():
    block = Image.Exif().tobytes()[6:]
    assert reduced(block, 65_000) == (block, [])


def test_of_many_tags_as_many_as_fit_are_kept():
    kind = Structure("<")
    heap = Heap(kind.header(8) + bytes(2 + 12 * 4000 + 4))
    packed = kind.pack([kind.made(code, 7, bytes(1000), heap) for code in range(0x9000, 0x9000 + 4000)])
    heap.content[8 : 8 + len(packed)] = packed
    block, left_out = reduced(bytes(heap.content), 65_000)
    assert 63_000 < len(block) <= 65_000
    found = structure(block)
    assert len(found[0].read(block, found[1])[0]) == 4000 - len(left_out)
