import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.hints.spreading import REACH, spread

RED = np.float32([-0.1, 0.3])


def picture(height=60, width=80, edge=40):
    """Dark left of a vertical edge, light right of it, and gray."""
    luma = np.full((height, width), 0.25, np.float32)
    luma[:, edge:] = 0.7
    return luma, np.zeros((2, height, width), np.float32)


def square(height, width, top, left, side=4, color=RED, confidence=1.0):
    known = np.zeros((3, height, width), np.float32)
    known[:, top : top + side, left : left + side] = np.float32([*color * confidence, confidence])[:, None, None]
    return known


def test_without_hints_nothing_changes():
    luma, chroma = picture()
    assert not spread(np.zeros((3, 60, 80), np.float32), chroma, luma).any()


def test_at_a_hint_the_sum_is_the_hint():
    luma, chroma = picture()
    known = square(60, 80, 20, 10) + square(60, 80, 30, 60, color=-RED)
    change = spread(known, chroma + np.float32(0.05), luma)
    there = known[2] == 1
    assert (chroma + np.float32(0.05) + change[:2])[:, there] == pytest.approx(known[:2, there], abs=1e-6)
    assert (change[2, there] == 1).all()


def test_a_hint_spreads_to_what_is_alike_and_stops_at_edges():
    luma, chroma = picture()
    change = spread(square(60, 80, 28, 30), chroma, luma)
    assert change[1, 30, 25] > 0.8 * RED[1]
    assert change[1, 20, 20] > 0.4 * RED[1]
    assert change[1, :, 40:].max() < 0.04 * RED[1]
    assert change[2, :, 40:].max() < 0.04


def test_a_hint_stops_where_the_network_painted_another_color():
    luma, chroma = picture(edge=80)
    chroma[0, :, 40:] = 0.4
    change = spread(square(60, 80, 28, 30), chroma, luma)
    assert change[1, 30, 43] < 0.2 * change[1, 30, 21]


def test_beyond_its_reach_a_hint_changes_nothing_at_all():
    luma, chroma = picture(edge=80)
    change = spread(square(60, 80, 0, 0), chroma, luma)
    away = np.hypot(*(np.indices((60, 80)) - 3))
    assert not change[:, away > REACH * 80].any()
    assert change[1][away < 0.5 * REACH * 80].min() > 0


def test_a_hint_of_what_is_there_already_changes_nothing():
    luma, chroma = picture()
    change = spread(square(60, 80, 20, 10, color=np.zeros(2, np.float32)), chroma, luma)
    assert not change[:2].any()
    assert change[2].max() == 1


def test_hints_that_disagree_part_the_picture_between_them():
    luma, chroma = picture(edge=80)
    change = spread(square(60, 80, 28, 10) + square(60, 80, 28, 66, color=-RED), chroma, luma)
    assert change[1, 30, :30].min() > 0 > change[1, 30, 50:].max()


def test_many_hints_that_agree_say_no_more_than_one():
    luma, chroma = picture(edge=80)
    known = sum(square(60, 80, top, left) for top in (10, 20, 30, 40) for left in (10, 20, 30, 40))
    change = spread(known, chroma, luma)
    assert change[1].max() < 1.1 * RED[1]
    assert change[2].max() <= 1


@pytest.mark.parametrize("confidence", [0.2, 0.5, 0.8])
def test_a_hint_is_obeyed_by_its_confidence(confidence):
    luma, chroma = picture()
    change = spread(square(60, 80, 20, 10, confidence=confidence), chroma, luma)
    assert change[2, 22, 12] == pytest.approx(confidence, abs=0.05)
    assert change[:2, 22, 12] == pytest.approx(change[2, 22, 12] * RED, abs=0.01)
    assert 0 < change[1, 22, 20] < confidence * RED[1]


def test_many_uncertain_hints_of_one_color_are_no_certain_one():
    luma, chroma = picture(edge=80)
    change = spread(square(60, 80, 0, 0, side=80, confidence=0.4), chroma, luma)
    assert 0.4 <= change[2].min() <= change[2].max() < 0.5


def test_beside_a_certain_hint_an_uncertain_one_hardly_counts():
    luma, chroma = picture(edge=80)
    alone = square(60, 80, 28, 30)
    change = spread(alone + square(60, 80, 28, 36, color=-RED, confidence=0.05), chroma, luma)
    assert change[1, 30, 38] > 0.8 * spread(alone, chroma, luma)[1, 30, 38]


@settings(max_examples=20)
@given(st.integers(1, 50), st.integers(1, 50), st.floats(0, 1), st.integers(0, 99))
def test_hints_of_every_shape_and_confidence_are_taken(height, width, share, seed):
    chance = np.random.default_rng(seed)
    luma = chance.random((height, width), dtype=np.float32)
    chroma = chance.uniform(-0.5, 0.5, (2, height, width)).astype(np.float32)
    m = (chance.random((1, height, width)) * (chance.random((1, height, width)) < share)).astype(np.float32)
    known = np.concatenate((chance.uniform(-0.5, 0.5, (2, height, width)).astype(np.float32) * m, m))
    change = spread(known, chroma, luma)
    assert np.isfinite(change).all()
    assert change[2].min() >= 0
    assert change[2].max() <= 1
    assert (change == spread(known, chroma, luma)).all()


def test_of_a_whole_layer_all_is_taken(coffee):
    rgb = coffee.transpose(2, 0, 1).astype(np.float32) / 255
    true, luma = rgb_to_chroma(rgb), rgb_to_luma(rgb)[0]
    change = spread(np.concatenate((true, np.ones_like(true[:1]))), np.zeros_like(true), luma)
    assert change[:2] == pytest.approx(true, abs=1e-6)


def test_ten_true_hints_bring_real_photographs_nearer_to_the_truth(photographs):
    before, after = [], []
    for array in photographs.values():
        rgb = array.transpose(2, 0, 1).astype(np.float32) / 255
        true, luma = rgb_to_chroma(rgb), rgb_to_luma(rgb)[0]
        chance, known = np.random.default_rng(0), np.zeros((3, *luma.shape), np.float32)
        for _ in range(10):
            top, left = chance.integers(0, np.array(luma.shape) - 3)
            place = np.s_[:, top : top + 3, left : left + 3]
            known[place] = np.append(true[place].mean(axis=(1, 2)), 1)[:, None, None]
        painted = np.zeros_like(true)
        before.append((true**2).mean())
        after.append(((painted + spread(known, painted, luma)[:2] - true) ** 2).mean())
    assert sum(after) < 0.6 * sum(before)
