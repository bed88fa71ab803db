"""What the tests of folders share: photographs put somewhere, and a quick colorizer."""

import pillow_heif
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import formats


@pytest.fixture
def put(tmp_path, camera):
    """Put a black-and-white photograph at each name below the test's folder."""

    def put(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() in {".heic", ".heif"}:
                pillow_heif.from_pillow(Image.fromarray(camera).convert("RGB")).save(path)
                continue
            Image.fromarray(camera).save(path, formats.of_name(path).name)
        return tmp_path / names[0]

    return put


@pytest.fixture
def colorizer(strong):
    return Colorizer(strong)
