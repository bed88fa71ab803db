import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photochrom.color import merge, rgb_to_chroma, rgb_to_luma
from photochrom.errors import HintError
from photochrom.hints import Hints, Point

colors = st.tuples(*[st.integers(0, 255)] * 3)


def layer(width=40, height=30, color=(0, 255, 0, 255)):
    return Hints.from_layer(Image.new("RGBA", (width, height), color))


def test_without_anything_hints_are_false_and_zero():
    assert not Hints()
    assert Hints().digest == ""
    assert not Hints().planes(np.full((4, 5), 0.5, np.float32)).any()


@given(colors, st.floats(0, 1))
def test_a_color_keeps_its_hue_at_any_luma_and_stays_in_the_gamut(color, luma):
    gray = np.full((4, 5), luma, np.float32)
    planes = Hints.from_points([Point(0.5, 0.5, color, 1)]).planes(gray)
    assert (planes[2] == 1).all()
    rgb = merge(gray[None], planes[:2])
    assert rgb.min() >= -1e-5
    assert rgb.max() <= 1 + 1e-5
    wanted = rgb_to_chroma(np.float32(color).reshape(3, 1, 1) / 255)
    assert planes[0] * wanted[1] == pytest.approx(planes[1] * wanted[0], abs=1e-6)
    assert (planes[:2] * wanted >= -1e-6).all()
    assert (abs(planes[:2]) <= abs(wanted) + 1e-6).all()


@given(colors)
def test_at_its_own_luma_a_color_is_exactly_that(color):
    rgb = np.float32(color).reshape(3, 1, 1) / 255
    luma = rgb_to_luma(rgb)
    planes = Hints.from_points([Point(0, 0, color)]).planes(luma[0])
    assert merge(luma, planes[:2]) == pytest.approx(rgb, abs=1e-4)


def test_of_two_that_know_something_the_later_wins():
    gray = np.full((30, 40), 0.5, np.float32)
    red = Hints.from_points([Point(0.5, 0.5, "red", 0.1)])
    over, under = (layer() + red).planes(gray), (red + layer()).planes(gray)
    assert over[1, 15, 20] > 0 > under[1, 15, 20]
    assert (over[:, 0, 0] == under[:, 0, 0]).all()
    assert (red + Hints()).known == (Hints() + red).known == red.known


def test_half_known_above_leaves_half_of_what_is_below():
    gray = np.full((30, 40), 0.5, np.float32)
    planes = (layer() + layer(color=(255, 0, 255, 128))).planes(gray)
    assert planes[2] == pytest.approx(1)
    assert planes[:2] == pytest.approx(0, abs=0.01)


def test_points_and_paintings_are_exact_unless_a_field_lies_on_them():
    chroma = np.zeros((3, 3, 4), np.float32)
    chroma[2] = 0.75
    point, field = Hints.from_points([Point(0.5, 0.5, "red", 0.1)]), Hints.from_chroma(chroma)
    for hints, expected in ((field + point, 1), (layer() + point, 1), (point + field, 0), (field, 0)):
        planes = np.zeros((3, 30, 40), np.float32)
        hints.lay_exact(planes, 0, 30)
        assert planes[2].max() == expected


@pytest.mark.parametrize("shape", [(30, 40), (3000, 4000), (2999, 4000), (3, 4), (1010, 1340)])
def test_a_layer_of_the_photographs_aspect_fits(shape):
    layer().check(*shape)
    layer(400, 301).check(*shape)


@pytest.mark.parametrize("shape", [(40, 30), (31, 40), (3000, 4200), (1, 40)])
def test_a_layer_of_another_aspect_is_refused(shape):
    with pytest.raises(HintError, match=f"the layer has 400x300 pixels and the photograph {shape[1]}x{shape[0]}"):
        layer(400, 300).check(*shape)
    Hints.from_points([Point(0.5, 0.5, "red")]).check(*shape)


def test_the_digest_tells_hints_apart():
    point = Point(0.5, 0.5, "red")
    sets = [
        Hints.from_points([point]),
        Hints.from_points([Point(0.5, 0.5, "red", 0.02)]),
        Hints.from_points([point, point]),
        layer(),
        layer(20, 60),
        Hints.from_points([point]) + layer(),
        layer() + Hints.from_points([point]),
        Hints.from_chroma(np.zeros((3, 3, 4))),
    ]
    assert len({hints.digest for hints in sets}) == len(sets)
    assert Hints.from_points([point]).digest == Hints.from_points([Point(0.5, 0.5, (255, 0, 0))]).digest
    assert layer().digest == layer().digest


def test_only_hints_are_added_to_hints():
    with pytest.raises(TypeError):
        Hints() + 7
