import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from photochrom.chroma import enlarge, resize

BICUBIC = Image.Resampling.BICUBIC
sides = st.integers(1, 40)
small = arrays(
    np.float32, st.tuples(st.just(2), st.integers(1, 8), st.integers(1, 8)), elements=st.floats(-0.5, 0.5, width=32)
)


@given(small, sides, sides)
def test_enlarge_gives_the_asked_size_and_does_not_overshoot(chroma, height, width):
    large = enlarge(chroma, height, width)
    assert large.shape == (2, height, width)
    assert large.dtype == np.float32
    for before, after in zip(chroma, large, strict=True):
        assert after.min() >= before.min() - 1e-6
        assert after.max() <= before.max() + 1e-6


@given(small)
def test_the_same_size_changes_nothing(chroma):
    assert (enlarge(chroma, *chroma.shape[1:]) == chroma).all()


def test_the_planes_do_not_mix():
    chroma = np.stack([np.full((4, 4), 0.25, np.float32), np.full((4, 4), -0.5, np.float32)])
    large = enlarge(chroma, 9, 13)
    assert large[0] == pytest.approx(0.25)
    assert large[1] == pytest.approx(-0.5)


def test_enlarge_keeps_left_and_top_in_place():
    chroma = np.zeros((2, 4, 6), np.float32)
    chroma[0, :, :3] = 0.5  # left in Cb
    chroma[1, :2] = 0.5  # top in Cr
    large = enlarge(chroma, 40, 60)
    assert (large[0, :, :25] == 0.5).all()
    assert (large[0, :, 35:] == 0).all()
    assert (large[1, :15] == 0.5).all()
    assert (large[1, 25:] == 0).all()


def test_enlarge_moves_smoothly_between_neighbors():
    ramp = np.tile(np.linspace(-0.5, 0.5, 5, dtype=np.float32), (2, 3, 1))
    steps = np.diff(enlarge(ramp, 30, 50), axis=-1)
    assert steps.min() >= -1e-6
    assert steps.max() < 0.03


def test_resize_shrinks_without_aliasing():
    checkers = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)
    assert resize(checkers, 7, 9, BICUBIC) == pytest.approx(0.5, abs=0.05)


def test_resize_takes_height_before_width(camera):
    assert resize(camera.astype(np.float32), 5, 11, BICUBIC).shape == (5, 11)
