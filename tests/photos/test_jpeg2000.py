import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.errors import PhotoError
from photochrom.photos import formats, reading


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA"])
def test_8_bit_are_read_as_they_are(coffee, mode):
    image, file = Image.fromarray(coffee).convert(mode), io.BytesIO()
    image.save(file, "JPEG2000")
    opened = reading.inspect(file.getvalue())
    assert opened.format is formats.JPEG_2000
    assert (opened.read_rgb() == np.asarray(image.convert("RGB")).transpose(2, 0, 1)).all()
    assert (opened.read().alpha is not None) == mode.endswith("A")


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_more_bits_are_neither_clipped_nor_rounded(camera, bits, channels):
    most = (1 << bits) - 1
    levels = np.rint(camera / 255 * most).astype(np.uint16)
    samples = levels if channels == 1 else np.dstack([levels] * 3)
    photo = reading.read(imagecodecs.jpeg2k_encode(samples, level=0, bitspersample=bits))
    assert photo.depth == 16
    assert photo.luma[0] == pytest.approx(levels / most, abs=2e-5)


def test_its_result_is_a_png(tmp_path, camera, strong):
    source = tmp_path / "old.jp2"
    source.write_bytes(imagecodecs.jpeg2k_encode(camera.astype(np.uint16) * 257, level=0))
    target = Colorizer(strong).colorize_file(source, tmp_path / "new.png")
    assert formats.result_suffix(formats.JPEG_2000, ".jp2") == ".png"
    assert reading.inspect(target).pages[0].depth == 16


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_file_cut_short_is_damage(camera, share, dtype):
    content = imagecodecs.jpeg2k_encode(camera.astype(dtype), level=0)
    with pytest.raises(PhotoError, match=r"damaged|not a picture"):
        reading.read(content[: int(len(content) * share)])
