import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.upsampling import PLANES, Enlargement, resize

BICUBIC = Image.Resampling.BICUBIC
sides = st.integers(1, 40)
shapes = st.tuples(st.integers(1, 8), st.integers(1, 8))
small = shapes.flatmap(
    lambda shape: st.tuples(
        arrays(np.float32, (2, *shape), elements=st.floats(-0.5, 0.5, width=32)),
        arrays(np.float32, shape, elements=st.floats(0, 1, width=32)),
    )
)


def enlarge(chroma, luma, full):
    """Along the edges of ``full``, at once."""
    return Enlargement(chroma, luma, *full.shape).band(0, full)


def plainly(chroma, height, width):
    return np.stack([resize(plane, height, width, Image.Resampling.BILINEAR) for plane in chroma])


def noise(*shape):
    return np.random.default_rng(0).random(shape, dtype=np.float32)


@given(small, sides, sides)
def test_the_size_is_as_asked_and_nothing_overshoots(planes, height, width):
    chroma, luma = planes
    large = enlarge(chroma, luma, noise(height, width))
    assert large.shape == (2, height, width)
    assert large.dtype == np.float32
    for before, after in zip(chroma, large, strict=True):
        assert after.min() >= before.min() - 1e-6
        assert after.max() <= before.max() + 1e-6


@given(small)
def test_the_same_size_changes_nothing(planes):
    chroma, luma = planes
    assert enlarge(chroma, luma, luma) == pytest.approx(chroma, abs=1e-6)


@given(st.floats(-0.5, 0.5, width=32), sides, sides)
def test_one_color_stays_one_color_whatever_the_luma(value, height, width):
    chroma = np.stack([np.full((5, 7), value, np.float32), np.zeros((5, 7), np.float32)])
    large = enlarge(chroma, noise(5, 7), noise(height, width))
    assert large[0] == pytest.approx(value, abs=1e-6)
    assert not large[1].any()  # gray stays gray, exactly


def test_colors_stay_those_of_the_neighborhood():
    chroma = np.zeros((2, 10, 10), np.float32)
    chroma[:, :, 5:] = 0.5
    luma = noise(10, 10)
    large = enlarge(chroma, luma, noise(100, 100))
    assert not large[:, :, :35].any()
    assert large[:, :, 65:] == pytest.approx(0.5)


@pytest.mark.parametrize("size", [(40, 60), (37, 53), (10, 14), (3, 200)])
def test_where_luma_is_smooth_it_is_bilinear(size):
    chroma = noise(2, 10, 15) - 0.5
    luma = noise(10, 15)
    smooth = plainly(luma[None], *size)[0]
    if size[0] < 10:  # what shrinks is shrunk first
        luma = resize(luma, 3, 15, Image.Resampling.BILINEAR)
        smooth = plainly(luma[None], *size)[0]
    assert enlarge(chroma, noise(10, 15), smooth) == pytest.approx(plainly(chroma, *size), abs=1e-4)


def test_color_keeps_to_its_side_of_an_edge():
    luma = np.full((96, 96), 0.2, np.float32)
    luma[:, 50:] = 0.8
    chroma = np.stack([luma - 0.5, 0.5 - luma]) / 2
    small = resize(luma, 12, 12, BICUBIC), np.stack([resize(plane, 12, 12, BICUBIC) for plane in chroma])
    error = abs(enlarge(small[1], small[0], luma) - chroma)
    plain = abs(plainly(small[1], 96, 96) - chroma)
    assert error[:, :, 44:56].mean() < plain[:, :, 44:56].mean() / 3


def test_real_photographs_are_nearer_to_the_truth(photographs):
    errors = []
    for array in photographs.values():
        rgb = array.transpose(2, 0, 1).astype(np.float32) / 255
        luma, chroma = rgb_to_luma(rgb)[0], rgb_to_chroma(rgb)
        size = luma.shape[0] // 4, luma.shape[1] // 4
        small = np.stack([resize(plane, *size, BICUBIC) for plane in chroma])
        along = enlarge(small, resize(luma, *size, BICUBIC), luma)
        errors.append([abs(made - chroma).mean() for made in (along, plainly(small, *luma.shape))])
    along, plain = np.mean(errors, axis=0)
    assert along < 0.95 * plain


@pytest.mark.parametrize("rows", [1, 2, 7, 33])
def test_bands_make_no_difference(rows):
    full = noise(33, 50)
    enlargement = Enlargement(noise(2, 6, 9) - 0.5, noise(6, 9), 33, 50)
    whole = enlargement.band(0, full)
    bands = [enlargement.band(top, full[top : top + rows]) for top in range(0, 33, rows)]
    assert (np.concatenate(bands, axis=1) == whole).all()
    memory = np.full((PLANES, 33, 50), np.nan, np.float32)
    assert (enlargement.band(0, full, memory) == whole).all()
    assert (enlargement.band(3, full[3:8], memory[:, :5]) == whole[:, 3:8]).all()  # after another one


def test_resize_shrinks_without_aliasing():
    checkers = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)
    assert resize(checkers, 7, 9, BICUBIC) == pytest.approx(0.5, abs=0.05)


def test_resize_takes_height_before_width(camera):
    assert resize(camera.astype(np.float32), 5, 11, BICUBIC).shape == (5, 11)


def test_the_less_luma_explains_chroma_the_less_is_drawn_from_it():
    chance = np.random.default_rng(0)
    luma = chance.random((24, 24), dtype=np.float32)
    noise = chance.random((24, 24), dtype=np.float32)
    full = resize(luma, 96, 96, Image.Resampling.LANCZOS)
    moved = []
    for share in (0, 0.5, 1):
        chroma = 0.2 * np.stack([(1 - share) * luma + share * noise] * 2) - np.float32(0.1)
        plain = np.stack([resize(plane, 96, 96, Image.Resampling.BILINEAR) for plane in chroma])
        moved.append(np.abs(Enlargement(chroma, luma, 96, 96).band(0, full) - plain).mean())
    assert moved[1] < 0.4 * moved[0]  # least squares alone: 0.50
    assert moved[2] < 0.15 * moved[0]  # and 0.24


@given(small, sides, sides)
def test_luma_of_the_chromas_own_size_is_taken_as_it_is(planes, height, width):
    chroma, luma = planes
    twice = luma.repeat(2, axis=0).repeat(2, axis=1)
    full = noise(height, width)
    assert enlarge(chroma, twice, full) == pytest.approx(enlarge(chroma, luma, full), abs=1e-6)


def test_chroma_at_half_the_size_is_compared_with_the_luma_that_each_of_its_pixels_covers(coffee):
    luma = rgb_to_luma(coffee[:64, :96].transpose(2, 0, 1).astype(np.float32) / 255)[0]
    chroma = np.stack([0.4 * luma, -0.2 * luma])  # which follows luma exactly, and so do its means
    half = chroma.reshape(2, 32, 2, 48, 2).mean(axis=(2, 4))
    smoother = resize(luma, 32, 48, Image.Resampling.BILINEAR)
    errors = [abs(enlarge(half, guide, luma) - chroma).mean() for guide in (luma, smoother)]
    assert errors[0] < 0.9 * errors[1]
