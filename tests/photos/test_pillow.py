from io import BytesIO

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from photochrom.photos.pillow import open_picture


@pytest.fixture
def small_limit(monkeypatch):
    """As if Pillow refused all but the smallest pictures by itself."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)


def test_more_than_the_limit_is_refused(source, camera):
    with open_picture(source, camera.size) as image:
        assert image.size == camera.shape[::-1]
    with pytest.raises(Image.DecompressionBombError):
        open_picture(source, camera.size - 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP"])
def test_the_limit_can_be_above_pillows_own(tmp_path, camera, small_limit, kind):
    path = tmp_path / "picture"
    Image.fromarray(camera).save(path, kind)
    with pytest.raises(Image.DecompressionBombError), Image.open(path):
        pass
    for thing in (path, BytesIO(path.read_bytes())):
        with open_picture(thing, camera.size) as image:
            assert image.format == kind
            assert np.asarray(image.convert("L")).shape == camera.shape
    assert Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(Image.DecompressionBombError):
        open_picture(path, camera.size - 1)


def test_what_is_no_picture_is_told(tmp_path, small_limit):
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(UnidentifiedImageError):
        open_picture(tmp_path / "text.png", 10**9)


def test_pillow_itself_refuses_tiff_files_beyond_its_limit(tmp_path, camera, small_limit):
    path = tmp_path / "picture.tif"
    Image.fromarray(camera).save(path, compression="tiff_lzw")
    with open_picture(path, camera.size) as image, pytest.raises(Image.DecompressionBombError):
        image.load()
