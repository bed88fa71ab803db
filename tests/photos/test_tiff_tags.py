import io
from contextlib import nullcontext

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.photos import tiff, tiff_tags
from photochrom.photos.ifd import BYTE, Heap, Structure
from photochrom.photos.tiff_tags import Blocks

IPTC = b"\x1c\x02\x05\x00\x05Title\0\0"
XMP, RESOURCES = b"<x:xmpmeta/>", b"8BIM\x04\x0a\0\0\0\0\0\x01\1\0"


def exif(order):
    made = Image.Exif()
    made.endian = order
    made[0x013B], made[0x0112] = "Nadar", 1
    made[0x8769] = {0x9003: "1923:01:01 00:00:00"}
    made[0x8825] = {1: "N"}
    return made.tobytes()[6:]


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_added_to_pages_is_read_again(tmp_path, camera, big, order, dtype):
    pixels = np.dstack([camera.astype(dtype)] * 3)
    given = [Blocks(exif(order), XMP, IPTC, RESOURCES), Blocks(exif("<")), Blocks()]
    tiff.write(tmp_path / "new.tif", [(pixels[number:], blocks) for number, blocks in enumerate(given)], big)
    content = (tmp_path / "new.tif").read_bytes()
    assert content.startswith(b"II" if order == "<" else b"MM")
    for number, blocks in enumerate(given):
        found = tiff_tags.read(content, number)
        assert (found.xmp, found.iptc, found.photoshop) == (blocks.xmp, blocks.iptc, blocks.photoshop)
        read = Image.Exif()
        if blocks.exif:
            read.load(found.exif)
            assert (read[0x013B], read.get_ifd(0x8769)[0x9003]) == ("Nadar", "1923:01:01 00:00:00")
            assert read.get_ifd(0x8825) == {1: "N"}
    with tifffile.TiffFile(tmp_path / "new.tif") as file:
        assert file.is_bigtiff is big
        for number, page in enumerate(file.pages):
            assert (page.asarray() == pixels[number:]).all()
            codes = [tag.code for tag in page.tags]
            assert codes == sorted(set(codes))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [1, 4, 7])
def test_iptc_is_the_same_bytes_whatever_its_type(order, kind):
    buffer = io.BytesIO()
    value = np.frombuffer(IPTC, order + "u4") if kind == 4 else IPTC
    tag = (33723, kind, len(value), value.tolist() if kind == 4 else value, True)
    tifffile.imwrite(buffer, np.zeros((8, 8), np.uint8), byteorder=order, extratags=[tag], photometric="minisblack")
    assert tiff_tags.read(buffer.getvalue()).iptc == IPTC


def test_iptc_that_a_program_has_swapped_is_swapped_back():
    buffer = io.BytesIO()
    value = np.frombuffer(IPTC, "<u4").tolist()
    tifffile.imwrite(buffer, np.zeros((8, 8), np.uint8), byteorder=">", extratags=[(33723, 4, 3, value, True)])
    assert tiff_tags.read(buffer.getvalue()).iptc == IPTC


def test_a_file_of_other_pages_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "one.tif", np.zeros((8, 8), np.uint8), photometric="minisblack")
    with pytest.raises(ValueError, match="other pages"):
        tiff_tags.add(tmp_path / "one.tif", [Blocks(), Blocks()])


def test_how_the_pixels_are_stored_is_not_taken_along():
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((8, 8), np.uint8), photometric="minisblack", description="Two", metadata=None)
    read = Image.Exif()
    read.load(tiff_tags.read(buffer.getvalue()).exif)
    assert set(read) - {0x011A, 0x011B, 0x0128, 0x0131} == {0x010E}


def test_pages_that_are_not_there_hold_nothing():
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((8, 8), np.uint8), photometric="minisblack")
    assert tiff_tags.read(buffer.getvalue(), 1) == Blocks()
    assert tiff_tags.read(b"II*\0\x08\0\0\0") == Blocks()


@pytest.mark.parametrize(("pages", "refused"), [(60, False), (80, True)])
def test_pages_cannot_claim_more_than_their_file_holds(pages, refused):
    kind = Structure("<")
    heap = Heap(kind.header(8) + bytes(64))
    shared = kind.made(tiff_tags.XMP, BYTE, b"<" * (1 << 20), heap)
    stored = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 8, 279: 64}
    tags = [*(kind.short(code, value) for code, value in stored.items()), shared]
    first, step = heap.put(b""), len(kind.pack(tags))
    for number in range(1, pages + 1):
        heap.put(kind.pack(tags, first + number * step if number < pages else 0))
    heap.content[:8] = kind.header(first)
    with pytest.raises(ValueError, match="claim more") if refused else nullcontext():
        assert len(tiff.inspect(bytes(heap.content), 64)) == pages
