import numpy as np
import pytest

from photochrom.color import merge
from photochrom.video.matrices import BT601, BT709, BT2020, mixed

RNG = np.random.default_rng(1)


def to_rgb(matrix, luma, chroma):
    red = luma + (2 - 2 * matrix.red) * chroma[1]
    blue = luma + (2 - 2 * matrix.blue) * chroma[0]
    green = (luma - matrix.red * red - matrix.blue * blue) / (1 - matrix.red - matrix.blue)
    return np.stack((red, green, blue))


@pytest.mark.parametrize("matrix", [BT601, BT709, BT2020])
def test_red_green_and_blue_differ_as_before_by_any_matrix(matrix):
    chroma = RNG.uniform(-0.2, 0.2, (2, 5, 7)).astype(np.float32)
    luma = np.full((5, 7), 0.5, np.float32)
    before = merge(luma[None], chroma)
    after = to_rgb(matrix, luma, mixed(matrix.from_photographs(), chroma))
    assert np.allclose(before - before[:1], after - after[:1], atol=1e-5)


def test_bt601_is_that_of_photographs_and_others_come_back():
    assert np.allclose(BT601.from_photographs(), np.eye(2))
    assert np.allclose(BT709.to_photographs() @ BT709.from_photographs(), np.eye(2))


@pytest.mark.parametrize("matrix", [BT601, BT709, BT2020])
def test_fitted_chroma_stays_inside_the_gamut_and_what_fits_stays_as_it_is(matrix):
    luma = RNG.uniform(0, 1, (9, 9)).astype(np.float32)
    chroma = RNG.uniform(-0.5, 0.5, (2, 9, 9)).astype(np.float32)
    rgb = to_rgb(matrix, luma, matrix.fit(luma, chroma))
    assert rgb.min() > -1e-4
    assert rgb.max() < 1 + 1e-4
    small = np.full((2, 9, 9), 0.01, np.float32)
    assert np.allclose(matrix.fit(np.full((9, 9), 0.5, np.float32), small), small)
