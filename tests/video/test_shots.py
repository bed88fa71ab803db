from itertools import pairwise

import numpy as np
import pytest

from photochrom.video.motion import motions
from photochrom.video.shots import is_cut, is_empty, stretches


def cuts(lumas):
    lumas = [np.float32(luma) / 255 for luma in lumas]
    matched = [float(motions(one, other)[0].trust.mean()) for one, other in pairwise(lumas)]
    return [i + 1 for i, share in enumerate(matched) if is_cut(lumas[i], lumas[i + 1], share)]


def test_a_cut_is_found_and_motion_is_none(moving):
    assert cuts([*moving(4, step=4), *moving(4, step=4, name="astronaut"), *moving(4, name="chelsea")]) == [4, 8]


def test_a_fade_through_black_parts_two_shots(moving):
    first, second = moving(5), moving(5, name="astronaut")
    out = [luma * share for luma, share in zip(first, (1, 0.7, 0.4, 0.1, 0), strict=True)]
    into = [luma * share for luma, share in zip(second, (0, 0.1, 0.4, 0.7, 1), strict=True)]
    assert cuts([*out, *into]) == [4, 6]


def test_a_frame_of_one_gray_shows_nothing(moving):
    assert is_empty(np.full((20, 30), 0.02, np.float32))
    assert not is_empty(np.float32(moving(1)[0]) / 255)


def begins(lumas):
    lumas = [np.float32(luma) / 255 for luma in lumas]
    made = list(stretches(lumas, 10, (16, 24), 5))
    assert [frame.index for one in made for frame in one.frames] == list(range(10, 10 + len(lumas)))
    assert max(len(one.frames) for one in made) <= 5
    return [one.frames[0].index for one in made if one.frames[0].back is None]


@pytest.mark.parametrize("level", [0, 255])
def test_a_shot_goes_on_after_a_flash_or_a_few_black_frames(moving, level):
    lumas = moving(9, 64, 96)
    for luma in lumas[3:6]:
        luma[:] = level
    assert begins(lumas) == [10]


def test_what_is_black_for_longer_or_before_another_picture_or_the_end_parts_shots(moving):
    black = np.zeros((64, 96), np.uint8)
    coffee, other = moving(3, 64, 96), moving(3, 64, 96, name="astronaut")
    assert begins([*coffee, *[black] * 4, *coffee]) == [10, 13, 17]
    assert begins([*coffee, black, *other]) == [10, 13, 14]
    assert begins([*coffee, black]) == [10, 13]
    assert begins([black, *coffee]) == [10, 11]


def test_grain_shows_nothing():
    grain = np.random.default_rng(0).normal(0.1, 0.04, (160, 288)).astype(np.float32)
    assert is_empty(grain)
