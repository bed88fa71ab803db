import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.color import rgb_to_chroma
from photochrom.errors import HintError
from photochrom.hints import Point

shares = st.floats(0, 1)


def laid(point, height, width):
    planes = np.zeros((3, height, width), np.float32)
    point.lay(planes, 0, height)
    return planes


@pytest.mark.parametrize(
    ("color", "rgb"),
    [
        ("firebrick", (178, 34, 34)),
        ("#b22222", (178, 34, 34)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("hsl(120, 100%, 50%)", (0, 255, 0)),
        ((0, 128, 255), (0, 128, 255)),
        ([np.uint8(7)] * 3, (7, 7, 7)),
        (np.array([1.0, 2.0, 3.0]), (1, 2, 3)),
    ],
)
def test_a_color_is_written_as_css_or_as_three_levels(color, rgb):
    assert Point(0.5, 0.5, color).rgb == rgb


@pytest.mark.parametrize(
    ("x", "y", "color", "radius", "message"),
    [
        (-0.1, 0, "red", 0.1, r"must lie in the photograph, x from 0 to 1; not -0\.1"),
        (0, 1.01, "red", 0.1, r"y from 0 to 1; not 1\.01"),
        (float("nan"), 0, "red", 0.1, "x from 0 to 1; not nan"),
        ("0.5", 0, "red", 0.1, "x from 0 to 1; not '0.5'"),
        (True, 0, "red", 0.1, "x from 0 to 1; not True"),
        (0, 0, "reddish", 0.1, "'reddish' is no color"),
        (0, 0, "", 0.1, "'' is no color"),
        (0, 0, "#ff000080", 0.1, "must be opaque"),
        (0, 0, (1, 2), 0.1, "three whole numbers from 0 to 255"),
        (0, 0, (1, 2, 256), 0.1, "three whole numbers from 0 to 255"),
        (0, 0, (0.5, 0, 0), 0.1, "three whole numbers from 0 to 255"),
        (0, 0, None, 0.1, "three whole numbers from 0 to 255, not None"),
        (0, 0, "red", 0, "radius must be above 0"),
        (0, 0, "red", 1.5, "radius must be above 0 and at most 1"),
    ],
)
def test_what_is_no_point_is_told(x, y, color, radius, message):
    with pytest.raises(HintError, match=message):
        Point(x, y, color, radius)


@given(shares, shares, st.floats(0.001, 1), st.integers(1, 40), st.integers(1, 40))
def test_a_point_is_a_disk_that_holds_the_pixel_in_which_it_lies(x, y, radius, height, width):
    planes = laid(Point(x, y, "teal", radius), height, width)
    row, column = min(int(y * height), height - 1), min(int(x * width), width - 1)
    assert planes[2, row, column] == 1
    down, across = np.indices((height, width)) + 0.5
    away = np.hypot(down - y * height, across - x * width)
    assert (planes[2] == 0)[(away > radius * max(height, width) + 1)].all()
    assert (planes[2] == 1)[away < radius * max(height, width) - 1e-6].all()
    teal = rgb_to_chroma(np.float32([0, 128, 128]).reshape(3, 1, 1) / 255)
    assert abs(planes[:2] - teal * planes[2]).max() < 1e-6


@given(shares, shares, st.floats(0.01, 0.5), st.integers(1, 9))
def test_bands_make_no_difference(x, y, radius, rows):
    whole, bands = laid(Point(x, y, "teal", radius), 30, 20), np.zeros((3, 30, 20), np.float32)
    for top in range(0, 30, rows):
        Point(x, y, "teal", radius).lay(bands[:, top : top + rows], top, 30)
    assert (bands == whole).all()
