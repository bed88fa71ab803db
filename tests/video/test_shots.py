from itertools import pairwise

import numpy as np

from photochrom.video.motion import motions
from photochrom.video.shots import is_cut, is_empty


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
