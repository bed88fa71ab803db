import numpy as np
import pytest
from PIL import Image

from photochrom.color import rgb_to_chroma
from photochrom.hints import Hints, Point
from photochrom.hints.obeying import Obedience, guide_shape
from photochrom.upsampling import PLANES, resize

TEAL = rgb_to_chroma(np.float32([0, 128, 128]).reshape(3, 1, 1) / 255)[:, 0, 0]


def obeyed(hints, luma, painted=0.1, rows=None):
    """What becomes of a picture that a network painted in one color at 32 by 32: Cb, Cr, and how far it is known."""
    height, width = luma.shape
    small = guide_shape(height, width)
    guide = luma if small == luma.shape else resize(luma, *small, Image.Resampling.BOX)
    obedience = Obedience(hints, np.full((2, 32, 32), painted, np.float32), guide, height, width, 2)
    planes = np.full((PLANES, height, width), np.nan, np.float32)
    planes[:2] = painted
    for top in range(0, height, rows or height):
        stop = top + (rows or height)
        obedience.obey(planes[:, top:stop], top, luma[top:stop], True)
    return planes[:3]


@pytest.fixture
def large(camera):
    """A photograph that is larger than what hints are spread at."""
    return resize(camera.astype(np.float32) / 255, 600, 800, Image.Resampling.BICUBIC).clip(0, 1)


@pytest.mark.parametrize("radius", [0.0001, 0.01, 0.1])
def test_at_every_pixel_of_a_point_the_chroma_is_that_of_its_color(large, camera, radius):
    for luma in (large, camera.astype(np.float32) / 255):
        point = Point(0.3, 0.4, "teal", radius)
        inside = Hints.from_points([point]).planes(luma)[2] == 1
        planes = obeyed(Hints.from_points([point]), luma)
        assert inside.any()
        assert abs(planes[:2, inside] - TEAL[:, None]).max() < 0.001
        assert (planes[2, inside] == 1).all()


def test_every_pixel_of_a_painted_line_is_obeyed(large):
    picture = Image.new("RGBA", (800, 600))
    picture.paste((0, 128, 128, 255), (100, 300, 700, 301))  # thinner than what hints are spread at
    planes = obeyed(Hints.from_layer(picture), large)
    assert abs(planes[:2, 300, 100:700] - TEAL[:, None]).max() < 0.001
    assert abs(planes[1, 305, 100:700] - 0.1).mean() > 0.05, "and beside it, too"


def test_far_from_every_hint_nothing_changes(large):
    planes = obeyed(Hints.from_points([Point(0, 0, "teal")]), large)
    down, across = np.indices(large.shape)
    far = np.hypot(down, across) > 0.65 * 800
    assert (planes[:2, far] == np.float32(0.1)).all()
    assert not planes[2, far].any()
    assert (planes[:2, 60:100, 60:100] != np.float32(0.1)).any()


def test_color_keeps_to_its_side_of_an_edge_at_full_size():
    luma = np.full((600, 800), 0.4, np.float32)
    luma[:, 403:] = 0.9
    planes = obeyed(Hints.from_points([Point(0.45, 0.5, "teal", 0.03)]), luma, painted=0.0)
    assert planes[1, 200:400, 300:400].max() < -0.1
    assert planes[1, 300, 400:403].max() < -0.1
    assert planes[1, :, 403:].min() > -0.02
    assert planes[1].max() <= 0, "nor is anything beside the edge of the opposite color"


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_bands_make_no_difference(large, rows):
    hints = Hints.from_points([Point(0.5, 0.5, "teal"), Point(0.1, 0.9, "red", 0.05)])
    assert (obeyed(hints, large, rows=rows) == obeyed(hints, large)).all()


def test_the_same_hints_give_the_same_picture(large):
    hints = Hints.from_points([Point(0.5, 0.5, "teal"), Point(0.1, 0.9, "red", 0.05)])
    assert (obeyed(hints, large) == obeyed(hints, large)).all()


def test_a_field_of_chroma_is_enlarged_along_the_edges():
    luma = np.full((640, 640), 0.4, np.float32)
    luma[:, 325:] = 0.8
    field = np.zeros((3, 32, 32), np.float32)
    field[2] = 1
    field[1, :, :16] = 0.3
    planes = obeyed(Hints.from_chroma(field), luma, painted=0.0)
    assert planes[1, 100:500, 100:300] == pytest.approx(0.3, abs=0.01)
    assert planes[1, 100:500, 350:500] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((1, 1), (1, 1)), ((256, 384), (256, 384)), ((3000, 4000), (222, 296)), ((1, 200000), (1, 114487))],
)
def test_hints_are_spread_at_the_size_of_a_small_photograph_and_at_a_bounded_one(shape, expected):
    assert guide_shape(*shape) == expected
