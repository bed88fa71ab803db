import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.photos import reading


def tiff(*arrays, **options):
    file = io.BytesIO()
    with tifffile.TiffWriter(
        file, bigtiff=options.pop("bigtiff", False), byteorder=options.pop("byteorder", "<")
    ) as to:
        for array in arrays:
            to.write(array, **options)
    return file.getvalue()


def entry(content, tag):
    """The place of the value of a tag in the first directory of a small little-endian file."""
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    places = range(first + 2, first + 2 + 12 * count, 12)
    return next(place + 8 for place in places if struct.unpack_from("<H", content, place)[0] == tag)


@pytest.mark.parametrize("compression", ["jpeg", "lzw", "adobe_deflate", "packbits", "zstd", None])
def test_strips_that_lack_are_damage_not_memory(camera, compression):
    content = bytearray(tiff(camera, compression=compression, rowsperstrip=16))
    reading.read(bytes(content))
    (places,) = struct.unpack_from("<I", content, entry(content, 279))
    struct.pack_into("<I", content, places + 4, 0)  # the second strip has no bytes
    with pytest.raises(PhotoError, match="a part of the picture lacks"):
        reading.read(bytes(content))


def test_too_few_strips_are_damage_not_memory(camera):
    content = bytearray(tiff(camera, compression="lzw", rowsperstrip=16))
    struct.pack_into("<I", content, entry(content, 278), 8)  # twice as many strips should be there
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(bytes(content))


@pytest.mark.parametrize("tables", [True, False])
def test_a_damaged_strip_of_jpeg_is_told(coffee, tables):
    if tables:
        file = io.BytesIO()
        Image.fromarray(coffee).save(file, "TIFF", compression="jpeg")
        content = file.getvalue()
    else:
        content = tiff(coffee, compression="jpeg", rowsperstrip=32, photometric="rgb")
    reading.read(content)
    start = content.index(b"\xff\xda") + 100
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(content[:start] + b"\xff\xd9" * 20 + content[start + 40 :])


@pytest.mark.parametrize("compression", ["lzw", "adobe_deflate", "packbits", "zstd"])
def test_a_strip_that_decodes_to_too_little_is_damage(camera, compression):
    content = bytearray(tiff(camera, compression=compression, rowsperstrip=72))
    place = entry(content, 279)
    struct.pack_into("<I", content, place, struct.unpack_from("<I", content, place)[0] // 2)
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(bytes(content))


def test_masks_are_no_pages(camera):
    mask = np.packbits(camera > 100, axis=1)
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as to:
        to.write(camera)
        to.write(camera > 100, subfiletype=4, photometric=4)
        to.write(camera[::-1].copy(), subfiletype=1)
    assert mask.any()
    opened = reading.inspect(file.getvalue())
    assert [page.index for page in opened.pages] == [0, 2]
    assert (opened.read(1).luma[0] * 255).round() == pytest.approx(camera[::-1])


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_byte_order_and_size_of_file_is_read(coffee, byteorder, bigtiff, dtype):
    content = tiff(coffee.astype(dtype) * (np.iinfo(dtype).max // 255), byteorder=byteorder, bigtiff=bigtiff)
    assert (reading.read_rgb(content) == coffee.transpose(2, 0, 1)).all()


def test_nothing_is_printed_or_logged_of_damage(camera, capfd, caplog):
    content = tiff(camera, compression="lzw", rowsperstrip=16)
    for place in range(0, len(content), 7):
        with_damage = content[:place] + b"\xff\x07" + content[place + 2 :]
        try:
            reading.read(with_damage)
        except PhotoError:
            continue
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_directories_that_go_round_in_a_circle_end(camera):
    content = bytearray(tiff(camera))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)  # what follows the directory is itself
    assert (reading.read(bytes(content)).luma[0] * 255).round() == pytest.approx(camera)


def test_cielab_is_left_to_pillow(coffee):
    file = io.BytesIO()
    Image.frombytes("LAB", coffee.shape[1::-1], coffee.tobytes()).save(file, "TIFF")
    assert reading.read(file.getvalue()).luma.shape == (1, *coffee.shape[:2])


def test_palettes_of_one_bit_are_read(camera):
    file = io.BytesIO()
    image = Image.fromarray(camera > 128).convert("P")
    image.putpalette([10, 20, 30, 200, 210, 220])
    image.save(file, "TIFF", bits=1)
    assert (reading.read_rgb(file.getvalue()) == np.asarray(image.convert("RGB")).transpose(2, 0, 1)).all()
