from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from photochrom.hints import Hints, Point
from photochrom.model import load
from photochrom.video.painting import Painter, steady


class Flickering:
    """A model whose every answer is another, and which counts how often it is asked."""

    def __init__(self, model):
        self.asked, self._model, self._noise = 0, model, np.random.default_rng(1)

    def __getattr__(self, name):
        return getattr(self._model, name)

    def __call__(self, luma, hints=None):
        self.asked += 1
        return self._model(luma, hints) + np.float32(self._noise.normal(0, 0.05))


def lumas_of(moving, count=12, **options):
    return [np.float32(luma) / 255 for luma in moving(count, 64, 96, **options)]


def changes(colors):
    means = [one.chroma.mean(axis=(1, 2)) for one in colors]
    return np.mean([abs(one - other).mean() for one, other in pairwise(means)])


def test_colors_flicker_far_less_than_frame_by_frame(moving, by_luma):
    lumas = lumas_of(moving)
    alone = list(steady(lumas, Painter(Flickering(by_luma), 78, (64, 96), steady=False)))
    joined = list(steady(lumas, Painter(Flickering(by_luma), 78, (64, 96))))
    assert [one.index for one in joined] == [one.index for one in alone] == list(range(12))
    assert changes(joined) < 0.2 * changes(alone)


def test_the_network_paints_every_third_frame_of_a_shot(moving, by_luma):
    model = Flickering(by_luma)
    list(steady(lumas_of(moving, step=0), Painter(model, 78, (64, 96))))
    assert model.asked == 4


@pytest.mark.parametrize("known", [0, 5, 11])
def test_a_hint_for_one_frame_colors_its_shot_forwards_and_backwards(moving, red, known):
    blue = Image.new("RGBA", (96, 64), (0, 0, 255, 255))
    painter = Painter(red, 78, (64, 96), {known: Hints.from_layer(blue)})
    colors = list(steady(lumas_of(moving), painter))
    for one in colors:
        inner = np.median(one.chroma[:, 12:-12, 12:-12], axis=(1, 2))
        assert inner[0] > 0.05, one.index
        assert np.median(one.hinted[12:-12, 12:-12]) == 1


def test_a_hint_ends_with_its_shot(moving, red):
    lumas = [*lumas_of(moving, 5), *lumas_of(moving, 5, name="rocket")]
    blue = Image.new("RGBA", (96, 64), (0, 0, 255, 255))
    colors = list(steady(lumas, Painter(red, 78, (64, 96), {1: Hints.from_layer(blue)})))
    assert [one.index for one in colors if one.begins] == [0, 5]
    assert colors[4].hinted.mean() > 0.5
    assert colors[5].hinted.max() == 0
    assert np.allclose(colors[6].chroma[0], -0.1, atol=0.01)


def test_a_long_shot_is_finished_in_parts_and_no_frame_is_lost(moving, red):
    still = lumas_of(moving, 1) * 300
    drawn = 0

    def source():
        nonlocal drawn
        for luma in still:
            drawn += 1
            yield luma

    colors = steady(source(), Painter(red, 78, (64, 96)))
    assert next(colors).index == 0
    assert drawn < 150
    assert [one.index for one in colors] == list(range(1, 300))


def test_a_model_that_takes_hints_is_told_what_is_carried(moving, make_model, monkeypatch):
    told = []

    class Told(Flickering):
        takes_hints = True

        def __call__(self, luma, hints=None):
            told.append(hints)
            return self._model(luma)

    point = Hints.from_points([Point(0.5, 0.5, "red")])
    list(steady(lumas_of(moving, 4), Painter(Told(load(make_model())), 78, (64, 96), {0: point})))
    assert told[0] is not None
    assert told[-1].shape[1] == 3
    assert 0 < told[-1][0, 2].mean() <= 1


def test_what_comes_into_the_picture_is_in_accord_with_what_was_there(moving, make_model):
    gray = load(make_model(offset=(0, 0)))
    blue = Image.new("RGBA", (96, 64), (0, 0, 255, 255))
    lumas = [
        np.full((64, 96), 0.5, np.float32) + np.float32(0.05) * (luma - 0.5) for luma in lumas_of(moving, 6, step=5)
    ]
    colors = list(steady(lumas, Painter(gray, 78, (64, 96), {0: Hints.from_layer(blue)})))
    came = colors[-1].chroma[0, -12:, -12:]  # 25 pixels have come in at the right and below
    assert came.mean() > 0.5 * colors[-1].chroma[0].max()


def test_what_a_key_frame_showed_has_its_color_again_after_it_was_covered(moving, make_seeing):
    layer = Image.new("RGBA", (96, 64), (255, 0, 0, 255))
    layer.paste((0, 0, 255, 255), (64, 0, 96, 64))
    lumas = lumas_of(moving, 12, step=0)
    noise = np.random.default_rng(0)
    lumas[4:9] = [np.concatenate((luma[:, :64], noise.random((64, 32), np.float32)), axis=1) for luma in lumas[4:9]]
    colors = list(steady(lumas, Painter(load(make_seeing((0, 0))), 78, (64, 96), {0: Hints.from_layer(layer)})))
    assert [one.begins for one in colors] == [True] + [False] * 11
    again = np.s_[16:-16, 72:-8]
    assert colors[11].chroma[0][again].mean() > 0.5 * colors[0].chroma[0][again].mean() > 0
