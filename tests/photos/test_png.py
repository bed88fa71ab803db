import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from photochrom.photos import png, png_chunks
from photochrom.photos.icc import srgb


@pytest.mark.parametrize("channels", [3, 4])
def test_every_level_of_16_bit_is_written(tmp_path, coffee, channels):
    levels = coffee.astype(np.uint16) * 257 + np.arange(coffee.shape[1], dtype=np.uint16)[:, None] % 200
    pixels = np.dstack([levels, levels[..., :1]])[..., :channels]
    png.write(tmp_path / "new.png", pixels, {})
    assert (imagecodecs.png_decode((tmp_path / "new.png").read_bytes()) == pixels).all()


def test_8_bit_are_encoded_too(coffee):
    content = png.with_metadata(png.encoded(coffee, level=3), {"dpi": (300, 300)})
    with Image.open(io.BytesIO(content)) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert (np.asarray(image) == coffee).all()


def test_metadata_stand_before_the_pixels(tmp_path, coffee):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "Two")
    options = {"exif": b"II*\0", "dpi": (300, 300), "icc_profile": srgb(), "pnginfo": texts}
    png.write(tmp_path / "new.png", coffee.astype(np.uint16), options)
    content = (tmp_path / "new.png").read_bytes()
    found = png_chunks.read(content[: content.index(b"IDAT") - 4])
    assert (found.exif, found.others) == (b"II*\0", [(b"tEXt", b"Title\0Two")])
    with Image.open(tmp_path / "new.png") as image:
        assert image.info["icc_profile"] == srgb()
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        image.load()
