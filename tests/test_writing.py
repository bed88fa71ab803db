import numpy as np
import pytest
from PIL import Image

from photochrom import Encoding, PhotoError, photos, writing


@pytest.fixture
def photo(source):
    return photos.read(source)


def rgb_like(photo):
    gray = np.rint(photo.luma[0] * 255).astype(np.uint8)
    return np.stack([gray, 255 - gray, gray // 2], axis=-1)


@pytest.mark.parametrize("values", [{"quality": 0}, {"quality": 101}, {"subsampling": "4:1:1"}])
def test_encodings_that_are_none_are_refused(values):
    with pytest.raises(ValueError, match="must be"):
        Encoding(**values)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_quality_decides_on_the_size(tmp_path, photo, suffix):
    sizes = []
    for quality in (None, 90, 30):
        path = tmp_path / f"{quality}{suffix}"
        writing.write(path, rgb_like(photo), photo, "test", encoding=Encoding(quality))
        sizes.append(path.stat().st_size)
    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize(("subsampling", "factors"), [("4:4:4", (1, 1)), ("4:2:2", (2, 1)), ("4:2:0", (2, 2))])
def test_the_chroma_of_a_jpeg_is_subsampled_as_asked(tmp_path, photo, subsampling, factors):
    writing.write(tmp_path / "new.jpg", rgb_like(photo), photo, "test", encoding=Encoding(subsampling=subsampling))
    with Image.open(tmp_path / "new.jpg") as image:
        assert image.layer[0][1:3] == factors


def test_equal_results_are_equal_files(tmp_path, photo):
    for suffix in (".png", ".jpg", ".tif"):
        for name in ("a", "b"):
            writing.write(tmp_path / f"{name}{suffix}", rgb_like(photo), photo, "test")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_name_that_is_too_long_is_told(tmp_path, photo):
    with pytest.raises(PhotoError, match="the name is too long for the disk"):
        writing.write(tmp_path / ("n" * 252 + ".png"), rgb_like(photo), photo, "test")
