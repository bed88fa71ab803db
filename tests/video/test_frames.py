import numpy as np
import pytest

from photochrom import Hints, Point
from photochrom.video import color_frames


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_frames_come_back_in_color_in_their_own_type_with_their_luma(moving, red, dtype):
    most = 1 if dtype is np.float32 else np.iinfo(dtype).max
    frames = [(luma / 255 * most).astype(dtype) for luma in moving(4)]
    made = list(color_frames(frames, red))
    assert len(made) == 4
    for frame, rgb in zip(frames, made, strict=True):
        assert rgb.shape == (90, 160, 3)
        assert rgb.dtype == dtype
        luma = rgb.astype(np.float64) @ [0.299, 0.587, 0.114]
        assert abs(luma - frame).max() <= most / 255
    assert made[0][..., 0].mean() > made[0][..., 2].mean()


def test_hints_are_by_the_number_of_the_frame(moving, red):
    blue = Hints.from_points([Point(0.5, 0.5, "blue", 0.3)])
    made = list(color_frames(moving(4), red, hints={2: blue}))
    assert all(rgb[45, 80, 2] > rgb[45, 80, 0] for rgb in made)


def test_no_frames_give_none_and_frames_of_several_sizes_are_refused(moving, red):
    assert list(color_frames([], red)) == []
    with pytest.raises(ValueError, match="all frames must have one size"):
        list(color_frames([*moving(1), *moving(1, 64, 64)], red))
