import numpy as np
import pytest

from photochrom.distribution import Distribution
from photochrom.errors import ModelError
from photochrom.hints import Hints, Point
from photochrom.model import load

LIGHT, DARK = (0.75, 0.5), (0.25, 0.5)


@pytest.fixture
def luma():
    """Dark on the left, bright on the right."""
    return np.repeat(np.repeat([[0.2, 0.7]], 32, axis=1), 64, axis=0).astype(np.float32)


def rounded(colors):
    return [(one.color, round(one.probability, 2)) for one in colors]


def test_probabilities_sum_up_to_one_and_the_most_likely_color_is_the_first(unsure, luma):
    found = Distribution.predict(load(unsure), luma, Hints())
    assert found.probabilities.sum(axis=0) == pytest.approx(1, abs=1e-5)
    colors = found.colors(*LIGHT)
    chances = [one.probability for one in colors]
    assert sum(chances) == pytest.approx(1, abs=1e-5)
    assert chances == sorted(chances, reverse=True)
    (red, green, blue), _ = colors[0]
    assert red > green > blue, "the model's first guess is red"
    assert len(colors) == 4, "one for each bin"


def test_where_the_model_is_sure_there_is_one_color(unsure, luma):
    assert rounded(Distribution.predict(load(unsure), luma, Hints()).colors(*DARK)) == [((51, 51, 51), 1.0)]


def test_a_color_is_shown_at_the_luma_of_its_place(unsure, luma):
    for color, _ in Distribution.predict(load(unsure), luma, Hints()).colors(*LIGHT):
        assert np.dot(color, [0.299, 0.587, 0.114]) / 255 == pytest.approx(0.7, abs=1 / 255)


def test_only_what_is_unsure_is_uncertain(unsure, luma):
    uncertainty = Distribution.predict(load(unsure), luma, Hints()).uncertainty()
    assert uncertainty[:, :32].max() < 1e-3
    assert uncertainty[:, 32:].min() > 0.01


def test_hints_change_what_is_likely(unsure, luma):
    known = Hints.from_points([Point(0.9, 0.9, "royalblue")])
    ((_, _, blue), probability), *_ = Distribution.predict(load(unsure), luma, known).colors(*LIGHT)
    assert blue > 200
    assert probability > 0.9


def test_bins_that_look_alike_are_one_color():
    centers = np.array([(0, 0), (0.1, 0.1), (0.12, 0.1), (-0.1, 0.2)], np.float32)
    probabilities = np.float32([0.3, 0.25, 0.25, 0.2]).reshape(4, 1, 1) * np.ones((4, 8, 8), np.float32)
    colors = Distribution(probabilities, centers, np.full((8, 8), 0.5, np.float32)).colors(0.5, 0.5)
    assert [round(one.probability, 2) for one in colors] == [0.5, 0.3, 0.2]


def test_colors_that_look_the_same_in_black_are_one():
    centers = np.array([(0.2, 0), (0, 0.2)], np.float32)
    probabilities = np.full((2, 8, 8), 0.5, np.float32)
    colors = Distribution(probabilities, centers, np.zeros((8, 8), np.float32)).colors(0, 1)
    assert rounded(colors) == [((0, 0, 0), 1.0)]


def test_a_model_without_a_distribution_is_refused(strong, luma):
    with pytest.raises(ModelError, match="knows one color a place"):
        Distribution.predict(load(strong), luma, Hints())
