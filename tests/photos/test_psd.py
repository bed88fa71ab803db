import io

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.psd import PSD

from photochrom import PhotoError
from photochrom.photos import formats, photoshop, provenance, psd_layers, reading
from photochrom.photos.layers import layered
from photochrom.photos.reading import ReadOptions


@pytest.fixture
def results(layered_and_flat):
    return layered_and_flat(".psd")


def test_a_result_is_known_as_ours(results):
    assert provenance.of(results[0]).model == "test"


@pytest.mark.parametrize("mixed", [True, False])
def test_transparency_shows_white_in_a_composite_but_not_in_all(tmp_path, coffee, mixed):
    alpha = np.linspace(0, 255, coffee[..., 0].size).reshape(coffee.shape[:2]).astype(np.uint8)
    psd_layers.write(tmp_path / "new.psd", layered(coffee, coffee, alpha), b"")
    if not mixed:  # as ImageMagick 6 writes it
        opened = PSD.read(io.BytesIO((tmp_path / "new.psd").read_bytes()))
        opened.image_data.set_data(
            [plane.tobytes() for plane in np.dstack([coffee, alpha]).transpose(2, 0, 1)], opened.header
        )
        (tmp_path / "new.psd").write_bytes(opened.tobytes())
    file = reading.inspect(tmp_path / "new.psd")
    seen = alpha > 25
    assert (file.read().alpha == alpha).all()
    assert abs(file.read_levels().astype(int) - coffee)[seen].max() <= 6


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("depth", [8, 16])
def test_files_of_other_programs_are_read(camera, coffee, mode, depth):
    image = Image.fromarray(camera) if mode == "L" else Image.fromarray(coffee).convert(mode)
    made = PSDImage.new(mode, image.size, depth=depth)
    levels = np.asarray(image).reshape(image.height, image.width, -1)
    stored = 255 - levels if mode == "CMYK" else levels
    planes = stored.transpose(2, 0, 1)
    packed = [(plane.astype(">u2") * 257 if depth == 16 else plane).tobytes() for plane in planes]
    made._record.image_data.set_data(packed, made._record.header)
    file = io.BytesIO()
    made.save(file)
    expected = np.asarray(image.convert("RGB"))
    read = reading.inspect(file.getvalue())
    assert (read.format, read.pages[0].depth) == (formats.PSD, depth)
    assert abs(read.read_rgb().transpose(1, 2, 0).astype(int) - expected).max() <= (2 if mode == "CMYK" else 0)


def test_a_file_of_layers_only_is_told(results):
    content = bytearray(results[0].read_bytes())
    content[content.index(photoshop.pack(photoshop.VERSION, b"")[:6]) + 16] = 0
    with pytest.raises(PhotoError, match="only its layers are there; save it with `Maximize Compatibility`"):
        reading.read(bytes(content))


@pytest.mark.parametrize(("place", "value"), [(22, b"\0\x20"), (24, b"\0\x09"), (12, b"\0\x02")])
def test_other_kinds_are_told(results, place, value):
    content = bytearray(results[0].read_bytes())
    content[place : place + 2] = value
    with pytest.raises(PhotoError, match="not gray, RGB or CMYK of 8 or 16 bit; save it as a TIFF"):
        reading.read(bytes(content))


def test_a_picture_that_ends_too_early_is_damaged(results):
    content = results[0].read_bytes()
    with pytest.raises(PhotoError, match="damaged or cut short"):
        reading.read(content[:-100])
    with pytest.raises(PhotoError, match="damaged or cut short"):
        reading.read(content[:40])


def test_no_more_is_unpacked_than_the_picture_has(results):
    content = results[0].read_bytes()
    assert (reading.read(content + b"\x81\0" * 99).luma == reading.read(content).luma).all()  # nothing after the rows
    _, composite = photoshop.after_resources(content)
    bomb = bytearray(content) + b"\x81\0" * 65535
    bomb[composite + 2 : composite + 4] = b"\xff\xff"  # a first row that goes on for ever
    with pytest.raises(PhotoError, match="damaged or cut short"):
        reading.read(bytes(bomb))


def test_too_many_pixels_are_refused_before_they_are_decoded(results):
    with pytest.raises(PhotoError, match="million pixels"):
        reading.inspect(results[0], ReadOptions(max_pixels=1000))
