import io
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom import Colorizer
from photochrom.errors import PhotoError
from photochrom.photos import formats, reading


def dng(camera):
    """What a sensor with a mosaic of red, green and blue sees of a gray scene, as a small DNG file."""
    light = np.kron((camera / 255.0) ** 2.2, np.ones((2, 2)))
    matrix = [(1, 1), (0, 1), (0, 1), (0, 1), (1, 1), (0, 1), (0, 1), (0, 1), (1, 1)]
    file = io.BytesIO()
    tifffile.imwrite(
        file, np.rint(light * 4000).astype(np.uint16), photometric=32803, compression=None,
        extratags=[
            (33421, "H", 2, (2, 2), True), (33422, "B", 4, bytes([0, 1, 1, 2]), True),
            (50706, "B", 4, bytes([1, 4, 0, 0]), True), (50707, "B", 4, bytes([1, 1, 0, 0]), True),
            (50708, "s", 6, b"Test\0", True), (50717, "I", 1, 4000, True),
            (50721, "2i", 9, tuple(part for pair in matrix for part in pair), True),
            (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True), (50778, "H", 1, 21, True),
        ],
    )  # fmt: skip
    return file.getvalue()


def test_a_raw_file_is_developed_in_16_bit(camera):
    file = reading.inspect(dng(camera))
    assert (file.format, file.pages[0].depth) == (formats.RAW, 16)
    luma = file.read().luma[0]
    assert luma.shape == (2 * camera.shape[0], 2 * camera.shape[1])
    small = np.asarray(Image.fromarray(luma).resize(camera.shape[::-1], Image.Resampling.BOX))
    assert np.corrcoef(small.ravel(), camera.ravel())[0, 1] > 0.95


def test_its_result_is_a_jpeg(tmp_path, camera, strong):
    (tmp_path / "old.dng").write_bytes(dng(camera))
    target = Colorizer(strong).colorize_file(tmp_path / "old.dng", tmp_path / "new.jpg")
    with Image.open(target) as image:
        assert image.size == (192, 144)
        assert image.getexif().get(0x0112, 1) == 1
    assert formats.result_suffix(formats.of_name(tmp_path / "old.NEF"), ".NEF") == ".jpg"


def test_damage_is_told(camera):
    with pytest.raises(PhotoError, match=r"damaged or cut short|not a picture"):
        reading.read(b"FUJIFILMCCD-RAW" + bytes(500))


def test_what_is_missing_is_named(camera, monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(PhotoError, match=r"needs an extra package: pip install '\.\[raw\]'"):
        reading.read(dng(camera))


def test_other_tiff_files_are_no_raw_files(camera):
    file = io.BytesIO()
    tifffile.imwrite(file, camera)
    assert reading.inspect(file.getvalue()).format is formats.TIFF
