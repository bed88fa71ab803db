import numpy as np
import pytest

from photochrom.color import daylight
from photochrom.look import Look

LUMA = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)
CHROMA = np.linspace(-0.4, 0.4, 12, dtype=np.float32).reshape(2, 2, 3)
HALF = np.full((2, 3), 0.5, np.float32)


def given(look, hinted=None):
    chroma = CHROMA.copy()
    look.give(chroma, LUMA, hinted)
    return chroma


@pytest.mark.parametrize("hinted", [None, HALF])
def test_the_plain_look_changes_no_bit(hinted):
    assert given(Look(), hinted).tobytes() == CHROMA.tobytes()


def test_colors_are_saturated_and_then_made_warmer():
    expected = CHROMA * 2 + daylight(LUMA[None], 0.5)
    assert given(Look(2, 0.5)) == pytest.approx(expected, abs=1e-6)
    assert given(Look(0, 0.5)) == pytest.approx(daylight(LUMA[None], 0.5), abs=1e-6), "a toned print"


def test_what_is_half_hinted_has_half_of_the_look():
    expected = CHROMA * 1.5 + daylight(LUMA[None], -0.25)
    assert given(Look(2, -0.5), HALF) == pytest.approx(expected, abs=1e-6)
    assert (given(Look(2, -0.5), np.ones_like(HALF)) == CHROMA).all()


@pytest.mark.parametrize("look", [{"warmth": -1.1}, {"warmth": 1.1}, {"warmth": float("nan")}, {"saturation": 11}])
def test_numbers_beyond_the_limits_are_refused(look):
    (name,) = look
    with pytest.raises(ValueError, match=f"{name} must be between"):
        Look(**look)
