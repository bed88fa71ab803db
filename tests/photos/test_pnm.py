import numpy as np
import pytest
from PIL import Image

from photochrom.photos import pnm


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pixels_and_comments_are_read_again(tmp_path, coffee, dtype):
    rgb = coffee.astype(dtype) * (np.iinfo(dtype).max // 255)
    pnm.write(tmp_path / "new.ppm", rgb, ["One", "Größe"])
    content = (tmp_path / "new.ppm").read_bytes()
    assert pnm.comments(content) == [b"One", "Größe".encode()]
    if dtype == np.uint16:
        assert pnm.size_if_deep(content) == (rgb.shape[1], rgb.shape[0])
        assert (pnm.read(content).colors == rgb).all()
    else:
        assert pnm.size_if_deep(content) is None
        with Image.open(tmp_path / "new.ppm") as image:
            assert (np.asarray(image) == rgb).all()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"P5\n# One\n2 # Two\n 2\n255\nabcd", [b"One", b"Two"]),
        (b"P2 2 2 255 1 2 3 4 # after", []),
        (b"P4\n#One\r2 2\n#\x81\x82", [b"One"]),
        (b"P1 # One\n 2 2 0 1 1 0", [b"One"]),
        (b"P6\n", []),
        (b"", []),
    ],
)
def test_comments_are_those_of_the_header(content, expected):
    assert pnm.comments(content) == expected


@pytest.mark.parametrize(
    ("content", "levels"),
    [
        (b"P5 2 1 65535\n\x01\x02\xff\xff", [258, 65535]),
        (b"P2 2 1 1000\n500 2000", [32768, 65535]),
        (b"P5 2 1 511\n\x00\x00\x01\xff", [0, 65535]),
    ],
)
def test_levels_of_any_range_fill_16_bit(content, levels):
    assert pnm.read(content).colors.ravel().tolist() == levels


@pytest.mark.parametrize(
    "content", [b"P5 2 1 65535\n\x01\x02\xff", b"P2 2 1 1000\n500", b"P5 2 1", b"P5 2 1 255 ab"[:5]]
)
def test_what_ends_early_is_refused(content):
    with pytest.raises(ValueError, match=r"too early|no PGM"):
        pnm.read(content)
