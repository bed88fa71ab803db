import struct

import pytest
from PIL import Image

from photochrom.photos import exif
from photochrom.photos.ifd import ASCII, LONG, SHORT, Heap, Structure, Tag, structure

KINDS = [Structure("<"), Structure(">")]
TEXT = "Straße, ©".encode() + b"\0"
SMALL = b"\xff\xd8\xffsmall picture\xff\xd9"


def block(kind, tags, camera=(), thumbnail=b""):
    """EXIF with ``tags``, pairs of code and text or number, those of the ``camera``, and a small picture."""
    heap = Heap(kind.header(8) + bytes(2 + 12 * (len(tags) + bool(camera)) + 4))

    def made(pairs):
        return [
            kind.short(code, value) if isinstance(value, int) else kind.made(code, ASCII, value, heap)
            for code, value in pairs
        ]

    first = made(tags)
    if camera:
        first.append(Tag(exif.CAMERA, LONG, 1, kind.offset(heap.put(kind.pack(made(camera))))))
    following = 0
    if thumbnail:
        place = heap.put(thumbnail)
        small = [Tag(0x0201, LONG, 1, kind.offset(place)), kind.short(0x0202, len(thumbnail))]
        following = heap.put(kind.pack(small))
    packed = kind.pack(sorted(first, key=lambda tag: tag.code), following)
    heap.content[8 : 8 + len(packed)] = packed
    return bytes(heap.content)


def told(content):
    """The values of a block's first directory, and of the camera's."""
    kind, first = structure(content)
    tags, following = kind.read(content, first)
    known = {tag.code: tag for tag in tags}
    camera = kind.read(content, kind.number(content, known[exif.CAMERA]))[0] if exif.CAMERA in known else []
    assert [tag.code for tag in tags] == sorted(known), "tags stand in their order"
    values = {tag.code: kind.number(content, tag) if tag.kind == SHORT else kind.value(content, tag) for tag in tags}
    return values, {tag.code: kind.number(content, tag) for tag in camera}, following


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_changed_is_said_and_the_rest_stays_in_its_place(kind):
    old = block(
        kind, [(0x0112, 6), (0x0131, b"Scanner\0"), (0x013B, TEXT)], [(0xA001, 65535), (0xA002, 4), (0xA003, 3)]
    )
    new = exif.edited(old, "Scanner; ours", (30, 70_000))
    values, camera, _ = told(new)
    assert values[0x0112] == 1
    assert values[0x0131] == b"Scanner; ours\0"
    assert values[0x013B] == TEXT
    assert camera == {0xA001: 1, 0xA002: 30, 0xA003: 70_000}
    assert new.index(TEXT) == old.index(TEXT)
    assert b"Scanner\0" not in new


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_said_is_not_said_now(kind):
    values, camera, _ = told(exif.edited(block(kind, [(0x013B, TEXT)], [(0x9003, 5)]), "ours", (3, 4)))
    assert set(values) == {0x0131, 0x013B, exif.CAMERA}
    assert camera == {0x9003: 5}


def test_a_new_block_says_the_programs_alone():
    for nothing in (b"", b"no EXIF at all", b"II+\0\x08\0\0\0" + bytes(16)):
        new = exif.edited(nothing, "ours", (3, 4))
        assert told(new)[0] == {0x0131: b"ours\0"}
        assert exif.software(new) == "ours"


def test_how_the_sources_pixels_were_stored_is_left_out():
    version, camera = 50706, 50708  # of DNG: a file that says its version is taken for a raw photograph
    old = block(KINDS[0], [(0x0100, 9), (0x0106, 1), (0x0153, 1), (0x010F, TEXT), (version, 1), (camera, TEXT)])
    values, _, _ = told(exif.edited(old, "a", (3, 4)))
    assert set(values) == {0x010F, 0x0131, camera}


@pytest.mark.parametrize("kind", KINDS)
def test_the_small_picture_of_the_source_is_gone(kind):
    old = block(kind, [(0x013B, TEXT)], [(0x9003, 5)], SMALL)
    new = exif.edited(old, "ours", (3, 4))
    assert SMALL in old
    assert b"small picture" not in new
    values, camera, following = told(new)
    assert (values[0x013B], camera, following) == (TEXT, {0x9003: 5}, 0)


def test_what_stands_where_the_small_picture_should_be_is_kept():
    kind = KINDS[0]
    old = bytearray(block(kind, [(0x013B, TEXT)], [], SMALL))
    at = old.index(kind.offset(bytes(old).index(SMALL)))
    old[at : at + 4] = kind.offset(bytes(old).index(TEXT))  # damage: the small picture is the artist
    assert told(exif.edited(bytes(old), "ours", (3, 4)))[0][0x013B] == TEXT


def test_the_resolution_is_said_where_it_is_wanted_and_differs():
    kind = KINDS[1]
    ratio = struct.pack(">II", 300, 1)
    plain = exif.edited(block(kind, [(0x013B, TEXT)]), "ours", (3, 4), (300, 150.5))
    tags = kind.read(plain, structure(plain)[1])[0]
    assert exif.resolution(kind, plain, tags) == (300, 150.5)
    again = exif.edited(plain, "ours", (3, 4), (300, 150.5))
    assert again.count(ratio) == 1
    centimeters = [tag for tag in tags if tag.code != 0x0128] + [kind.short(0x0128, 3)]
    assert exif.resolution(kind, plain, centimeters) == pytest.approx((762, 382.27))
    assert exif.resolution(kind, plain, [*centimeters[:-1], kind.short(0x0128, 1)]) is None
    assert exif.resolution(kind, plain, [tag for tag in tags if tag.code != 0x011B]) == (300, 300)
    assert exif.resolution(kind, plain, [tag for tag in tags if tag.code not in (0x011A, 0x011B)]) is None


def test_the_orientation_can_be_left_out():
    assert 0x0112 not in told(exif.edited(block(KINDS[0], [(0x0112, 6)]), "ours", (3, 4), orientation=None))[0]


def test_a_bad_tag_costs_itself():
    kind = KINDS[0]
    heap = Heap(kind.header(8) + bytes(2 + 4 * 12 + 4))
    tags = [
        Tag(0x010F, ASCII, 99, kind.offset(5000)),  # a value that is not there
        kind.made(0x0110, ASCII, TEXT, heap),
        Tag(0x0112, 77, 1, b"\6\0\0\0"),  # of no known type
        Tag(0x9999, 77, 900, b"\6\0\0\0"),
    ]
    packed = kind.pack(tags)
    heap.content[8 : 8 + len(packed)] = packed
    values, _, _ = told(exif.edited(bytes(heap.content), "ours", (3, 4)))
    assert values == {0x0110: TEXT, 0x0112: 1, 0x0131: b"ours\0", 0x9999: None}


def test_directories_that_name_themselves_come_to_an_end():
    kind = KINDS[0]
    loop = kind.pack([Tag(code, LONG, 1, kind.offset(8)) for code in (exif.CAMERA, exif.GPS)] * 1000, following=8)
    assert exif.software(exif.edited(kind.header(8) + loop, "ours", (3, 4))) == "ours"


@pytest.mark.parametrize("value", range(1, 9))
def test_the_orientation_is_found_in_either_byte_order(value):
    made = Image.Exif()
    made[0x010E] = "a man with a camera"
    made[0x0112] = value
    for order in ("<", ">"):
        made.endian = order
        assert exif.orientation(made.tobytes()[6:]) == value


def test_an_orientation_that_is_stored_as_a_byte_counts():
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        block = mark + struct.pack(f"{order}IHHHI", 8, 1, 0x0112, 1, 1) + b"\x06\0\0\0" + bytes(4)
        assert exif.orientation(block) == 6


@pytest.mark.parametrize(
    "block", [b"", b"II*\0", b"II*\0\xff\xff\xff\x7f", b"II*\0\x08\0\0\0\xff\xff", b"no EXIF at all, but long enough"]
)
def test_damaged_exif_says_nothing(block):
    assert exif.orientation(block) == 1


def test_pillow_reads_what_was_edited():
    made = Image.Exif()
    made[0x013B], made[0x0112] = "Nadar", 6
    new = Image.Exif()
    new.load(exif.edited(made.tobytes()[6:], "ours", (3, 4)))
    assert dict(new) == {0x013B: "Nadar", 0x0112: 1, 0x0131: "ours"}
