import io

import pytest
from PIL import Image

from photochrom.photos.jpeg_segments import Found, pack, read, segment


def jpeg(segments, **options):
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "JPEG", extra=segments, **options)
    return buffer.getvalue()


FULL = Found(
    exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    xmp=b"<x:xmpmeta/>",
    photoshop=b"8BIM" + bytes(150_000),
    comments=["Größe".encode(), b"Two"],
    others=[segment(0xEC, b"Ducky"), segment(0xE1, b"another\0"), segment(0xE0, b"II of a camera")],
)


def test_what_is_packed_is_read_again():
    found = read(jpeg(pack(FULL), dpi=(300, 200)))
    assert found.dpi == (300, 200)
    found.dpi = None
    assert found == FULL


def test_a_comment_of_any_size_is_kept_in_pieces():
    assert b"".join(read(jpeg(pack(Found(comments=[b"a" * 100_000])))).comments) == b"a" * 100_000


def test_exif_in_several_segments_is_joined():
    first, second = b"Exif\0\0" + b"a" * 65_500, b"Exif\0\0" + b"b" * 100
    assert read(jpeg(segment(0xE1, first) + segment(0xE1, second))).exif == b"a" * 65_500 + b"b" * 100
    assert read(jpeg(segment(0xE1, b"Exif\0\0ab") + segment(0xE1, second))).exif == b"ab"


@pytest.mark.parametrize(
    "body",
    [
        (0xE0, b"JFXX\0"),
        (0xE2, b"ICC_PROFILE\0"),
        (0xE2, b"MPF\0"),
        (0xEB, b"JP"),
        (0xEE, b"Adobe"),
        (0xE8, b"SPIFF\0"),
    ],
)
def test_what_is_true_of_the_source_alone_is_left_out(body):
    assert read(jpeg(segment(*body) + segment(0xFE, b"One"))) == Found(comments=[b"One"])


def test_resolution_per_centimeter_becomes_that_per_inch():
    content = bytearray(jpeg(b"", dpi=(100, 100)))
    content[content.index(b"JFIF\0") + 7] = 2
    assert read(bytes(content)).dpi == (254, 254)


def test_nothing_is_read_beyond_the_picture():
    assert read(jpeg(b"") + segment(0xFE, b"after")) == Found()
    assert read(b"\xff\xd8\xff\xfe\0\1") == Found()
    padded = jpeg(b"").replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1)
    assert read(padded[:2] + b"\xff" + segment(0xFE, b"One") + padded[2:]).comments == [b"One"]
