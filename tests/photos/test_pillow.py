import warnings
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from photochrom.photos.pillow import open_picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP"])
def test_pillows_own_limit_of_pixels_does_not_count(camera, monkeypatch, kind):
    file = BytesIO()
    Image.fromarray(camera).save(file, kind)
    file.seek(0)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(Image.DecompressionBombError), Image.open(file):
        pass
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_picture(file, kind) as image:
            assert image.format == kind
            assert np.asarray(image.convert("L")).shape == camera.shape


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP", "TIFF"])
@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\nhello"])
def test_what_is_no_picture_of_that_format_is_told(kind, content):
    with pytest.raises((UnidentifiedImageError, OSError, EOFError)):
        open_picture(BytesIO(content), kind)


def test_pillow_itself_refuses_tiff_files_beyond_its_limit(camera, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    file = BytesIO()
    Image.fromarray(camera).save(file, "TIFF", compression="tiff_lzw")
    file.seek(0)
    with open_picture(file, "TIFF") as image, pytest.raises(Image.DecompressionBombError):
        image.load()
