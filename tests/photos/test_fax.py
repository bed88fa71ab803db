import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.photos import fax, reading

KINDS = ["tiff_ccitt", "group3", "group4"]


def pictures(camera):
    rows, columns = np.arange(2700)[:, None], np.arange(6000)[None, :]
    return {
        "photograph": camera > 128,
        "dithered": np.asarray(Image.fromarray(camera).convert("1")),
        "noise": np.random.default_rng(0).random((40, 301)) > 0.5,
        "white": np.ones((9, 5000), bool),
        "black": np.zeros((9, 5000), bool),
        "every run of white": columns[:, :2701] < rows,
        "every run of black": columns[:, :2701] >= rows,
        "a pixel": np.ones((1, 1), bool),
    }


def stored(picture, kind):
    """The strips of a TIFF file with what `fax.check` wants to know of each, and the file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "TIFF", compression=kind)
    content = file.getvalue()
    with tifffile.TiffFile(io.BytesIO(content)) as opened:
        page = opened.pages[0]
        options, rows = int(page.tags.valueof(292) or 0), page.rowsperstrip
        strips = [
            (content[start : start + length], page.imagewidth, min(rows, page.imagelength - index * rows),
             int(page.compression), options)
            for index, (start, length) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=True))
        ]  # fmt: skip
        return strips, content, page.dataoffsets[0]


@pytest.mark.parametrize("kind", KINDS)
def test_whole_data_pass(camera, kind):
    for picture in pictures(camera).values():
        for given in (picture, ~picture):
            for strip in stored(given, kind)[0]:
                fax.check(*strip)


@pytest.mark.parametrize("kind", KINDS)
def test_data_that_lack_are_damage(camera, kind):
    data, *told = stored(camera > 128, kind)[0][0]
    for cut in (0, 1, len(data) // 2, len(data) - 8):
        with pytest.raises(ValueError, match=r"too early|does not exist"):
            fax.check(data[:cut], *told)


@pytest.mark.parametrize("kind", KINDS)
def test_almost_every_changed_bit_is_found(camera, kind):
    data, *told = stored(pictures(camera)["dithered"], kind)[0][0]
    chance = np.random.default_rng(0)
    found = 0
    for _ in range(50):
        changed = bytearray(data)
        changed[chance.integers(len(data))] ^= 1 << chance.integers(8)
        try:
            fax.check(bytes(changed), *told)
        except ValueError:
            found += 1
    assert found >= 45


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [1, 2])
def test_a_damaged_strip_of_a_tiff_is_told(camera, kind, order):
    _, content, start = stored(camera > 128, kind)
    assert set(np.unique(reading.read(content).luma)) == {0, 1}
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(content[: start + 30] + b"\x55\x00\x13" * 5 + content[start + 45 :])
