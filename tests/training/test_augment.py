import numpy as np
import pytest
from skimage import data

from photochrom.color import RED
from photochrom.training.augment import _blurred, _film, _grain, age, center_square, random_square, resize


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


def flat(*rgb: float) -> np.ndarray:
    """A picture (3, 64, 64) of one color."""
    return np.full((3, 64, 64), np.reshape(rgb, (3, 1, 1)), dtype=np.float32)


def test_age_is_decided_by_the_seed_and_leaves_its_input_alone():
    rgb = (data.coffee()[100:180, 100:200].transpose(2, 0, 1) / 255).astype(np.float32)
    before = rgb.copy()
    first, same, other = (age(rgb, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
    assert np.array_equal(rgb, before)
    for luma in (first, other):
        assert luma.shape == (1, 80, 100)
        assert luma.dtype == np.float32
        assert luma.min() >= 0
        assert luma.max() <= 1


def test_film_sees_less_red_the_more_orthochromatic_it_is():
    red, gray = flat(1, 0, 0), flat(*[1.055 * RED ** (1 / 2.4) - 0.055] * 3)  # as bright, to a panchromatic film
    weights = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rng.uniform(size=2)  # blur and gamma come first
        weights.append(_film(rng))
        darker = np.median(age(red, np.random.default_rng(seed))) < np.median(age(gray, np.random.default_rng(seed)))
        assert darker == (weights[-1][0] < RED), seed
    films = np.array(weights)
    assert np.allclose(films.sum(axis=1), 1)
    assert films.min() > 0
    assert films[:, 0].min() < 0.08, "orthochromatic"
    assert films[:, 0].max() > 0.25, "panchromatic"
    assert films[:, 2].mean() > 0.25, "blue counts for more than in luma"


def test_fading_gamma_and_grain_are_what_they_are_said_to_be():
    fadings, gammas, grains = [], [], []
    for seed in range(40):
        # Dust covers little: medians do not see it, nor do the quartiles.
        dark, middle, light = (age(flat(*[v] * 3), np.random.default_rng(seed)) for v in (0.0, 0.5, 1.0))
        black, gray, white = (float(np.median(picture)) for picture in (dark, middle, light))
        fadings.append((black, white))
        gammas.append(np.log((gray - black) / (white - black)) / np.log(0.5))
        low, high = np.percentile(middle, (25, 75))
        grains.append((high - low) / 1.349 / (white - black))  # of a normal distribution, in deviations
    blacks, whites = np.transpose(fadings)
    assert blacks.min() >= 0
    assert 0.07 < blacks.max() <= 0.105
    assert whites.max() <= 1
    assert 0.895 <= whites.min() < 0.93
    assert 0.57 < min(gammas) < 0.75
    assert 1.3 < max(gammas) < 1.65
    assert 0.018 < min(grains) < 0.03
    assert 0.05 < max(grains) < 0.065


def test_blur_spreads_a_point_by_its_sigma_and_keeps_the_sum():
    point = np.zeros((2, 33, 41), dtype=np.float32)
    point[:, 16, 20] = 1
    for sigma in (0.6, 1.5):
        blurred = _blurred(point, sigma)
        assert blurred.shape == point.shape
        assert blurred.sum(axis=(1, 2)) == pytest.approx(1, abs=1e-5)
        for axis, center in ((1, 16), (2, 20)):
            profile = blurred[0].sum(axis=2 - axis)
            deviation = np.sqrt((profile * (np.arange(len(profile)) - center) ** 2).sum())
            assert deviation == pytest.approx(sigma, rel=0.03)
    assert np.array_equal(_blurred(point, 0), point)
    assert np.allclose(_blurred(np.ones((5, 7), dtype=np.float32), 1.5), 1), "the edges are repeated"


def test_grain_has_clumps():
    grain = _grain((64, 64), np.random.default_rng(0))
    assert grain.mean() == pytest.approx(0, abs=1e-4)
    assert grain.std() == pytest.approx(1, abs=1e-3)
    assert np.mean(grain[:, 1:] * grain[:, :-1]) > 0.05, "neighbors are alike"


def test_dust_and_scratches_are_there_and_few():
    marked = [
        float(np.mean(np.abs(age(flat(0, 0, 0), np.random.default_rng(seed)) - 0.05) > 0.4)) for seed in range(40)
    ]
    assert max(marked) > 0, "light specks on black"
    assert np.mean(marked) < 0.02
