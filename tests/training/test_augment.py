import numpy as np
import pytest
from skimage import data

from photochrom.training.augment import center_square, random_square, resize


@pytest.mark.parametrize(("height", "width"), [(60, 100), (100, 60), (33, 33)])
def test_squares_lie_inside(height: int, width: int):
    rng = np.random.default_rng(0)
    for left, top, right, bottom in [random_square(height, width, 0.5, rng) for _ in range(200)]:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert right - left == pytest.approx(bottom - top)
        assert right - left >= 0.5 * min(height, width) - 1e-9


def test_random_squares_differ_and_reach_both_sides():
    rng = np.random.default_rng(0)
    boxes = np.array([random_square(50, 100, 0.5, rng) for _ in range(500)])
    assert boxes[:, 0].min() < 2
    assert boxes[:, 2].max() > 98


def test_center_square():
    assert center_square(60, 100) == (20, 0, 80, 60)
    assert center_square(100, 60) == (0, 20, 60, 80)


def test_resize_does_not_alias():
    checkers = np.indices((64, 64)).sum(axis=0) % 2 * 255
    shrunk = resize(np.dstack([checkers.astype(np.uint8)] * 3), (0, 0, 64, 64), 16)
    assert shrunk.shape == (16, 16, 3)
    assert np.ptp(shrunk[2:-2, 2:-2]) <= 2
    assert abs(shrunk.mean() - 127.5) < 2


def test_resize_takes_the_box():
    picture = data.coffee()
    part = resize(picture, (100, 50, 164, 114), 64)
    assert np.array_equal(part, picture[50:114, 100:164])
