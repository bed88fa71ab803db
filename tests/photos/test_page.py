import struct

import pytest
from PIL import Image

from photochrom.photos.page import orientation, refuse_too_many


@pytest.mark.parametrize("value", range(1, 9))
def test_the_orientation_is_found_in_either_byte_order(value):
    exif = Image.Exif()
    exif[0x010E] = "a man with a camera"
    exif[0x0112] = value
    for order in ("<", ">"):
        exif.endian = order
        assert orientation(exif.tobytes()) == value


def test_an_orientation_that_is_stored_as_a_byte_counts():
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        block = mark + struct.pack(f"{order}IHHHI", 8, 1, 0x0112, 1, 1) + b"\x06\0\0\0" + bytes(4)
        assert orientation(b"Exif\0\0" + block) == 6


@pytest.mark.parametrize(
    "block", [b"", b"II*\0", b"II*\0\xff\xff\xff\x7f", b"II*\0\x08\0\0\0\xff\xff", b"no EXIF at all, but long enough"]
)
def test_damaged_exif_says_nothing(block):
    assert orientation(block) == 1


def test_too_many_pixels_are_refused():
    refuse_too_many(10, 10, 100)
    with pytest.raises(Image.DecompressionBombError):
        refuse_too_many(10, 11, 109)
