import numpy as np
import pytest

from photochrom.model import load
from photochrom.video.knowledge import KeyFrame, Known, both_ways, nearest, recalled
from photochrom.video.motion import Motion
from photochrom.video.shots import Frame

SHAPE = (8, 10)
SEEN = np.full(SHAPE, 0.4, np.float32)


def known(level, share=1.0, shape=SHAPE):
    return Known(np.full((2, *shape), level, np.float32), np.full(shape, share, np.float32), SEEN)


def still(trust=1.0):
    return Motion(np.zeros((*SHAPE, 2), np.float32), np.full(SHAPE, trust, np.float32))


def frames(count, trust=0.9):
    luma = np.zeros(SHAPE, np.float32)
    return [
        Frame(0, luma, SEEN),
        *(Frame(index, luma, SEEN, still(trust), still(trust)) for index in range(1, count)),
    ]


def test_what_is_known_fades_where_there_is_no_match():
    carried = known(0.2).carried(still(0.5), SEEN).carried(still(0.5), SEEN)
    assert carried.share == pytest.approx(0.25)
    assert carried.chroma == pytest.approx(0.2)


def test_what_is_known_of_one_thing_is_not_known_of_another_that_it_became():
    once = known(0.2)
    for luma in np.linspace(0.4, 0.9, 9, dtype=np.float32):  # as in a cross dissolve
        once = once.carried(still(), np.full(SHAPE, luma))
    assert once.share.max() == 0


def test_what_lies_over_is_seen_as_far_as_it_is_known():
    both = known(0.2, 0.5).over(known(0.4, 1))
    assert both.share == pytest.approx(1)
    assert both.chroma == pytest.approx(0.3)
    assert known(0.2, 0).over(known(0.4, 0.1)).chroma == pytest.approx(0.4)


def test_a_key_frame_is_known_before_and_after_it():
    own = [None, None, known(0.3), None]
    forwards = [None, None, known(0.3), known(0.3).carried(still(0.9), SEEN)]
    joined = both_ways(frames(4), own, forwards)
    assert [float(one.share.mean()) for one in joined] == pytest.approx([0.81, 0.9, 1, 0.9])
    assert both_ways(frames(3), [None] * 3, [None] * 3) == [None] * 3


def test_between_two_key_frames_the_nearer_one_counts_more():
    own = [known(0.1), None, None, known(0.3)]
    once = own[0].carried(still(0.7), SEEN)
    joined = both_ways(frames(4, 0.7), own, [own[0], once, once.carried(still(0.7), SEEN), own[3]])
    assert [float(one.chroma.mean()) for one in joined] == pytest.approx([0.1, 0.16, 0.24, 0.3], abs=0.01)


@pytest.fixture(scope="module")
def model():
    return load("default")


def test_things_that_were_away_are_recalled_by_their_looks(model, moving):
    luma = np.float32(moving(1, 160, 288)[0]) / 255
    chroma = np.stack((luma - 0.5, 0.5 - luma))[:, ::2, ::2] * np.float32(0.5)
    frame = Frame.of(9, luma, (80, 144))
    key = KeyFrame.of(0, model, luma, Known(chroma, np.ones((80, 144), np.float32), frame.seen))
    again = recalled(model, frame, [key])
    assert again.share.mean() > 0.85
    assert abs(again.chroma - chroma).mean() < 0.25 * abs(chroma).mean()
    noise = np.random.default_rng(0).random((160, 288), np.float32)
    assert recalled(model, Frame.of(9, noise, (80, 144)), [key]).share.mean() < 0.1


def test_nothing_is_recalled_from_places_of_which_nothing_is_known(model, moving):
    luma = np.float32(moving(1, 160, 288)[0]) / 255
    key = KeyFrame.of(0, model, luma, Known.nothing((80, 144)))
    assert recalled(model, Frame.of(9, luma, (80, 144)), [key]).share.max() < 1e-6


def test_the_key_frames_on_both_sides_are_asked():
    keys = [KeyFrame(index, *(np.zeros((1, 1)),) * 3) for index in (0, 5, 9, 12)]
    assert [one.index for one in nearest(keys, 7)] == [5, 9]
    assert [one.index for one in nearest(keys, 9)] == [9, 12]
    assert [one.index for one in nearest(keys[2:], 3)] == [9]
