from dataclasses import replace

import numpy as np
import pytest
import torch

from photochrom import Colorizer, Hints, ModelError, Point
from photochrom.answers import MOST, added_hints
from photochrom.color import rgb_to_chroma, rgb_to_lab
from photochrom.model import load
from photochrom.training.metrics import ciede2000_map


@pytest.fixture
def luma(camera):
    return camera.astype(np.float32) / 255


def planes(rgb):
    return rgb.transpose(2, 0, 1).astype(np.float32) / 255


def lab(rgb):
    return torch.from_numpy(rgb_to_lab(planes(rgb)).astype(np.float64))[None]


def test_the_first_answer_adds_nothing_and_each_other_a_color_at_one_place(unsure, luma):
    first, *others = added_hints(load(unsure), luma, MOST, Hints())
    assert first == Hints()
    assert len(others) == 3
    assert all(len(one.known) == 1 and isinstance(one.known[0], Point) for one in others)


def test_answers_are_the_same_every_time(unsure, luma):
    assert added_hints(load(unsure), luma, MOST, Hints()) == added_hints(load(unsure), luma, MOST, Hints())


def test_fewer_answers_are_the_first_of_more(unsure, luma):
    more = added_hints(load(unsure), luma, MOST, Hints())
    assert [added_hints(load(unsure), luma, count, Hints()) for count in (1, 2, 3)] == [more[:1], more[:2], more[:3]]


def test_any_two_answers_differ_in_some_region(unsure, camera):
    answers = Colorizer(unsure).answers(camera)
    for index, one in enumerate(answers):
        for other in answers[:index]:
            difference = ciede2000_map(lab(one), lab(other))[0]
            assert (difference > 5).double().mean() > 0.01


def test_each_answer_shows_one_color_throughout_and_no_speckle(unsure, camera):
    bright = camera > 200
    for one in Colorizer(unsure).answers(camera)[1:]:
        chroma = rgb_to_chroma(planes(one))
        strength = np.hypot(*chroma)
        hue = np.exp(1j * np.arctan2(*chroma))[bright & (strength > 0.02)]
        assert hue.size > 100
        assert abs(hue.mean()) > 0.9, "1 where all have one hue, 0 where hues are mixed"


def test_what_is_sure_is_the_same_in_all_answers(unsure, camera):
    first, *others = (rgb_to_chroma(planes(one)) for one in Colorizer(unsure).answers(camera))
    for one in others:
        assert abs(one - first)[:, camera < 60].mean() < 0.02


def test_where_the_model_is_sure_there_is_one_answer(unsure):
    dark = np.full((64, 64), 0.2, np.float32)
    assert added_hints(load(unsure), dark, MOST, Hints()) == [Hints()]


def test_what_hints_settle_is_no_longer_open(unsure, luma):
    known = Hints.from_points([Point(0.5, 0.1, "royalblue", 0.1)])
    assert len(added_hints(load(unsure), luma, MOST, known)) < MOST


@pytest.mark.parametrize(("takes", "message"), [("logits", "takes no hints"), ("nothing", "knows one color a place")])
def test_a_model_that_cannot_is_refused_in_one_line(make_model, metadata, takes, message):
    model = load(make_model())
    if takes == "logits":
        model = replace(model, metadata=replace(metadata, outputs='{"logits": {"centers": [[0, 0]]}}'))
    with pytest.raises(ModelError, match=message) as caught:
        added_hints(model, np.zeros((32, 32), np.float32), 2, Hints())
    assert "\n" not in str(caught.value)


def test_every_try_is_painted_with_what_is_known(unsure, luma):
    class Recorder:
        def __init__(self, session):
            self.session, self.told = session, []

        def run(self, outputs, given):
            self.told.append(given["hints"][0])
            return self.session.run(outputs, given)

    model = load(unsure)
    recorder = Recorder(model.session)
    known = Hints.from_points([Point(0.1, 0.9, "gray")])
    assert len(added_hints(replace(model, session=recorder), luma, MOST, known)) > 1
    there = known.planes(luma)[2] == 1
    assert len(recorder.told) > 2
    assert all((told[2, there] == 1).all() for told in recorder.told)
