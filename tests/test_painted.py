import numpy as np
import pytest

from photochrom.color import daylight
from photochrom.errors import HintError
from photochrom.hints import Hints, Point
from photochrom.look import Look
from photochrom.model import load
from photochrom.painted import paint, prepare
from photochrom.upsampling import PLANES

HINTS = Hints.from_points([Point(0.5, 0.5, "teal", 0.05)])


def whole(model, luma, hints, **look):
    painted = paint(model, prepare(luma, 64, 16), hints)
    return painted.band(slice(0, len(luma)), np.full((PLANES, *luma.shape), np.nan, np.float32), Look(**look), True)


def test_saturation_is_not_for_what_is_hinted(make_model, camera):
    model, luma = load(make_model(offset=(0.1, 0.1))), camera.astype(np.float32) / 255
    plain, strong = (whole(model, luma, HINTS, saturation=saturation).copy() for saturation in (1.0, 3.0))
    hinted = HINTS.planes(luma)[2] == 1
    assert abs(strong[:2, hinted] - plain[:2, hinted]).max() < 1e-6
    assert strong[:2, 0, 0] == pytest.approx(0.3, abs=0.03)
    assert strong[:2] == pytest.approx(plain[:2] * (3 - 2 * plain[2]), abs=1e-6)


def test_warmth_is_not_for_what_is_hinted(make_model, camera):
    model, luma = load(make_model(offset=(0.1, 0.1))), camera.astype(np.float32) / 255
    plain, warm = (whole(model, luma, HINTS, warmth=warmth).copy() for warmth in (0.0, 1.0))
    hinted = plain[2] == 1
    assert hinted.any()
    assert (warm[:2, hinted] == plain[:2, hinted]).all()
    assert (warm[2] == plain[2]).all()
    assert warm[:2] - plain[:2] == pytest.approx(daylight(luma[None], 1 - plain[2]), abs=1e-6)


def test_without_hints_saturation_is_for_all(make_model, camera):
    model, luma = load(make_model(factor=(0.4, -0.3))), camera.astype(np.float32) / 255
    plain = whole(model, luma, None)[:2].copy()
    for nothing in (None, Hints()):
        assert (whole(model, luma, nothing, saturation=1.3)[:2] == plain * np.float32(1.3)).all()


def test_a_layer_of_another_aspect_is_refused_before_anything_is_painted(make_model, camera):
    square = Hints.from_chroma(np.zeros((3, 10, 10), np.float32))
    with pytest.raises(HintError, match="another aspect"):
        paint(load(make_model()), prepare(camera.astype(np.float32) / 255, 64, 16), square)


def test_what_is_prepared_for_no_hints_has_nothing_to_spread_them_along(make_model, camera):
    prepared = prepare(camera.astype(np.float32) / 255, 64, 16, hinted=False)
    assert prepared.guide is None
    assert paint(load(make_model()), prepared, HINTS).obedience is None
