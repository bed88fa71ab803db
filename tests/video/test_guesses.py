import numpy as np
import pytest

from photochrom.video.guesses import MEMORY, Guess, in_accord
from photochrom.video.knowledge import Known

SHAPE = (24, 32)


def painted(level):
    return Guess.of_one(np.full((2, *SHAPE), level, np.float32), *np.zeros((2, *SHAPE), np.float32))


def test_guesses_are_joined_as_the_mean_over_their_frames():
    mean = painted(0.1).joined(painted(0.2)).joined(painted(0.3))
    assert mean.planes[:2] == pytest.approx(0.2)
    assert mean.weight == pytest.approx(3)
    assert Guess.nothing(SHAPE).joined(mean).planes[:2] == pytest.approx(0.2)


def test_no_more_frames_count_than_memory_keeps():
    many = painted(0.1)
    for _ in range(100):
        many = many.joined(painted(0.1)).forgetful()
    assert many.weight == pytest.approx(MEMORY)


def test_what_is_new_is_changed_as_its_like_nearby_lacks_and_nothing_else():
    luma = np.full(SHAPE, 0.7, np.float32)
    luma[:, 24:] = 0.1
    share = np.ones(SHAPE, np.float32)
    share[:, 16:] = 0
    there = Known(np.full((2, *SHAPE), 0.2, np.float32), share, luma)
    certain = np.zeros(SHAPE, np.float32)
    certain[:8] = 1
    changed = in_accord(np.zeros((2, *SHAPE), np.float32), there, certain, luma)
    assert changed[:, 12:, 17:23] == pytest.approx(0.2, abs=0.02)
    assert abs(changed[:, :, 24:]).max() < 0.05  # of another luma
    assert (changed[:, :, :16] == 0).all()  # known
    assert (changed[:, :8] == 0).all()  # certain
