import numpy as np
import pytest

from photochrom.video.motion import Motion, motions


@pytest.fixture(scope="module")
def pair(moving):
    first, second = moving(2, 96, 128, step=3)
    return np.float32(first) / 255, np.float32(second) / 255


def test_a_picture_that_moved_is_found_again(pair):
    first, second = pair
    back, forth = motions(first, second)
    inner = np.s_[16:-16, 16:-16]
    assert np.allclose(back.flow[inner].mean(axis=(0, 1)), (3, 3), atol=0.3)
    assert np.allclose(forth.flow[inner].mean(axis=(0, 1)), (-3, -3), atol=0.3)
    assert back.trust[inner].mean() > 0.9
    assert abs(back.carry(first[None])[0] - second)[inner].mean() < 0.01


def test_nothing_is_trusted_that_is_not_found_again(pair):
    back, forth = motions(pair[0], 1 - pair[0][::-1])
    assert max(back.trust.mean(), forth.trust.mean()) < 0.3


def test_motion_of_another_size_is_as_long_as_its_pixels_ask():
    motion = Motion(np.full((8, 16, 2), 4, np.float32), np.ones((8, 16), np.float32)).resized(4, 4)
    assert np.allclose(motion.flow[..., 0], 1)
    assert np.allclose(motion.flow[..., 1], 2)


def test_pictures_too_small_to_search_in_stand_still():
    back, _ = motions(np.full((1, 1), 0.5, np.float32), np.full((1, 1), 0.5, np.float32))
    assert (back.flow == 0).all()
    assert back.trust == 1


def carried_often(planes, times):
    for step in range(times):
        flow = np.full((*planes.shape[1:], 2), 0.5 if step % 2 else -0.5, np.float32)
        planes = Motion(flow, np.ones(planes.shape[1:], np.float32)).carry(planes)
    return planes


def test_what_is_carried_a_thousand_times_does_not_grow():
    planes = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 40, 60)).astype(np.float32)
    assert abs(carried_often(planes, 1000)).max() < 0.1


def test_what_is_carried_a_hundred_times_is_still_sharp():
    stripes = np.zeros((1, 40, 60), np.float32)
    stripes[:, :, ::12] = stripes[:, :, 1::12] = stripes[:, :, 2::12] = stripes[:, :, 3::12] = 1
    after = carried_often(stripes, 100)[0, 20]
    assert after[:60].std() > 0.8 * stripes[0, 20].std()
