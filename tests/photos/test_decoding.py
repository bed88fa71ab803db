import io

import numpy as np
import pytest
from PIL import Image

from photochrom.photos import png, pnm
from photochrom.photos.decoding import decode
from photochrom.photos.high_depth import Deep
from photochrom.photos.reading import inspect


def decoded(content):
    file = inspect(content)
    return decode(content, file.format, file.pages[0], None)


def encoded(array, kind, **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "GIF"])
def test_8_bit_are_decoded_to_a_picture_of_pillow(camera, kind):
    image = decoded(encoded(camera, kind))
    assert isinstance(image, Image.Image)
    assert np.array_equal(np.asarray(image.convert("L")), camera)


def test_16_bit_are_decoded_to_their_levels(tmp_path, coffee):
    rgb = coffee.astype(np.uint16) * 257
    png.write(tmp_path / "a.png", rgb, {})
    pnm.write(tmp_path / "a.ppm", rgb, [])
    for name in ("a.png", "a.ppm"):
        found = decoded((tmp_path / name).read_bytes())
        assert isinstance(found, Deep)
        assert np.array_equal(found.colors, rgb)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "PPM"])
def test_a_file_that_lacks_its_second_half_is_damaged(camera, kind):
    content = encoded(camera, kind)
    file = inspect(content)
    with pytest.raises((OSError, ValueError, SyntaxError)):
        decode(content[: len(content) // 2], file.format, file.pages[0], None)
