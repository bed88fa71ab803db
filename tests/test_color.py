import io

import numpy as np
import pytest
import skimage.color
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from photochrom import color


def to_planes(rgb):
    """uint8 (H, W, 3) → float32 (3, H, W)."""
    return rgb.transpose(2, 0, 1).astype(np.float32) / 255


def random_planes(channels, low, high):
    return arrays(np.float32, (channels, 4, 5), elements=st.floats(low, high, width=32))


def corners():
    """Every combination of 9 levels, strong colors and all between: uint8 (27, 27, 3)."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)


@pytest.fixture(params=["corners", "astronaut", "coffee"])
def rgb(request, photographs):
    return corners() if request.param == "corners" else photographs[request.param]


def test_luma_is_pillows_gray(rgb):
    gray = np.asarray(Image.fromarray(rgb).convert("L"), dtype=float)
    assert abs(color.rgb_to_luma(to_planes(rgb))[0] * 255 - gray).max() < 0.51


def test_chroma_is_pillows_ycbcr(rgb):
    ycbcr = np.asarray(Image.fromarray(rgb).convert("YCbCr"), dtype=float).transpose(2, 0, 1)
    assert abs(color.rgb_to_chroma(to_planes(rgb)) * 255 + 128 - ycbcr[1:]).max() <= 1.01


def test_luma_and_chroma_are_skimages_ycbcr(rgb):
    # scikit-image gives studio range: 219 levels of luma from 16, 224 of chroma around 128.
    ycbcr = skimage.color.rgb2ycbcr(rgb).transpose(2, 0, 1)
    assert color.rgb_to_luma(to_planes(rgb))[0] * 219 + 16 == pytest.approx(ycbcr[0], abs=0.01)
    assert color.rgb_to_chroma(to_planes(rgb)) * 224 + 128 == pytest.approx(ycbcr[1:], abs=0.01)


def test_lab_is_skimages_lab(rgb):
    expected = skimage.color.rgb2lab(rgb).transpose(2, 0, 1)
    assert color.rgb_to_lab(to_planes(rgb)) == pytest.approx(expected, abs=0.02)


def test_lab_to_rgb_is_skimages(rgb):
    lab = skimage.color.rgb2lab(rgb)
    expected = skimage.color.lab2rgb(lab).transpose(2, 0, 1)
    assert color.lab_to_rgb(lab.transpose(2, 0, 1)) == pytest.approx(expected, abs=0.001)


def test_chroma_fills_its_range_and_no_more():
    chroma = color.rgb_to_chroma(to_planes(corners()))
    assert chroma.min() == pytest.approx(-0.5)
    assert chroma.max() == pytest.approx(0.5)


def test_cb_comes_before_cr():
    blue, red = np.array([0, 0, 1.0]).reshape(3, 1, 1), np.array([1.0, 0, 0]).reshape(3, 1, 1)
    assert color.rgb_to_chroma(blue)[0, 0, 0] == pytest.approx(0.5)
    assert color.rgb_to_chroma(red)[1, 0, 0] == pytest.approx(0.5)


@given(random_planes(3, 0, 1))
def test_rgb_to_luma_and_chroma_and_back(rgb):
    assert color.merge(color.rgb_to_luma(rgb), color.rgb_to_chroma(rgb)) == pytest.approx(rgb, abs=1e-6)


@given(random_planes(3, 0, 1))
def test_rgb_to_lab_and_back(rgb):
    assert color.lab_to_rgb(color.rgb_to_lab(rgb)) == pytest.approx(rgb, abs=1e-4)


@given(random_planes(1, 0, 1), random_planes(2, -4, 4))
def test_merge_keeps_luma_and_chroma(luma, chroma):
    merged = color.merge(luma, chroma)
    assert color.rgb_to_luma(merged) == pytest.approx(luma, abs=1e-5)
    assert color.rgb_to_chroma(merged) == pytest.approx(chroma, abs=1e-5)


def test_lab_outside_srgb_is_clipped():
    lab = np.array([50.0, 120.0, -120.0]).reshape(3, 1, 1)
    rgb = color.lab_to_rgb(lab)
    assert rgb.min() == 0
    assert rgb.max() == 1


@given(random_planes(1, 0, 1), random_planes(2, -4, 4))
def test_fit_gamut_brings_colors_into_range_and_keeps_luma(luma, chroma):
    rgb = color.merge(luma, color.fit_gamut(luma, chroma))
    assert rgb.min() >= -1e-6
    assert rgb.max() <= 1 + 1e-6
    assert color.rgb_to_luma(rgb) == pytest.approx(luma, abs=1e-6)


@given(random_planes(1, 0, 1), random_planes(2, -4, 4))
def test_fit_gamut_keeps_hue_and_pulls_no_further_than_needed(luma, chroma):
    fitted = color.fit_gamut(luma, chroma)
    # One factor from 0 to 1 for both planes: same direction, never longer.
    assert fitted[0] * chroma[1] == pytest.approx(fitted[1] * chroma[0], abs=1e-5)
    assert (fitted * chroma >= 0).all()
    assert (abs(fitted) <= abs(chroma)).all()
    # Where it changed anything, a channel lies at an end of its range.
    rgb = color.merge(luma, fitted)
    at_an_end = (np.minimum(rgb, 1 - rgb) < 1e-5).any(axis=0)
    untouched = abs(fitted - chroma).max(axis=0) < 1e-5
    assert (at_an_end | untouched).all()


@given(random_planes(3, 0, 1))
def test_fit_gamut_leaves_real_colors_alone(rgb):
    luma, chroma = color.rgb_to_luma(rgb), color.rgb_to_chroma(rgb)
    assert color.fit_gamut(luma, chroma) == pytest.approx(chroma, abs=1e-5)


@given(random_planes(1, 0, 1), random_planes(2, -4, 4))
def test_merge_fitted_is_merge_and_fit_gamut(luma, chroma):
    expected = color.merge(luma, color.fit_gamut(luma, chroma))
    memory = np.full((5, 4, 5), np.nan, np.float32)  # whatever lay there before makes no difference
    made = color.merge_fitted(luma, chroma, memory)
    assert np.shares_memory(made, memory)
    assert made == pytest.approx(expected, abs=1e-6)
    assert (color.merge_fitted(luma, chroma) == made).all()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_white_hold_no_color(level):
    luma, chroma = np.full((1, 2, 2), level, np.float32), np.full((2, 2, 2), 0.3, np.float32)
    assert not color.fit_gamut(luma, chroma).any()


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_torch_gives_what_numpy_gives(batch):
    random = np.random.default_rng(0)
    rgb = random.random((*batch, 3, 6, 5), dtype=np.float32)
    luma = random.random((*batch, 1, 6, 5), dtype=np.float32)
    chroma = random.normal(0, 0.5, (*batch, 2, 6, 5)).astype(np.float32)
    for function, inputs in (
        (color.rgb_to_luma, (rgb,)),
        (color.rgb_to_chroma, (rgb,)),
        (color.merge, (luma, chroma)),
        (color.fit_gamut, (luma, chroma)),
        (color.rgb_to_lab, (rgb,)),
        (color.lab_to_rgb, (color.rgb_to_lab(rgb),)),
    ):
        ours, theirs = function(*inputs), function(*map(torch.from_numpy, inputs))
        assert isinstance(theirs, torch.Tensor)
        assert ours.dtype == np.float32
        assert theirs.dtype == torch.float32
        assert theirs.numpy() == pytest.approx(ours, abs=1e-4), function.__name__
        assert ours.shape[:-3] == batch


def test_a_batch_is_its_pictures(photographs):
    batch = np.stack([to_planes(photographs[name])[:, :64, :64] for name in ("astronaut", "chelsea")])
    for function in (color.rgb_to_luma, color.rgb_to_chroma, color.rgb_to_lab):
        assert (function(batch)[1] == function(batch[1])).all()


def test_gradients_flow_and_stay_finite():
    rgb = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.2, 0.5, 0.9]).reshape(3, 3, 1).requires_grad_()
    lab = color.rgb_to_lab(rgb)
    fitted = color.fit_gamut(color.rgb_to_luma(rgb), color.rgb_to_chroma(rgb) * 3)
    (color.lab_to_rgb(lab).sum() + fitted.square().sum()).backward()
    assert torch.isfinite(rgb.grad).all()
    assert rgb.grad.abs().sum() > 0


def daylight_locus(kelvin):
    """XYZ of daylight between 4000 and 7000 K, by the formula of CIE 15."""
    x = -4.6070e9 / kelvin**3 + 2.9678e6 / kelvin**2 + 0.09911e3 / kelvin + 0.244063
    y = -3 * x**2 + 2.87 * x - 0.275
    return np.array([x / y, 1, (1 - x - y) / y])


def test_the_warmest_daylight_is_that_of_4000_kelvin():
    middle = (0.555 / 1.055) ** 2.4  # linear light of a level of 0.5
    light = np.linalg.solve(color._TO_XYZ, daylight_locus(4000) * middle)
    rgb = (1.055 * light ** (1 / 2.4) - 0.055)[:, None, None]
    luma = np.full((1, 1, 1), 0.5)
    assert color.daylight(luma, 1) == pytest.approx(color.rgb_to_chroma(rgb), abs=1e-3)
    assert color.daylight(luma, -1) == pytest.approx(-color.rgb_to_chroma(rgb), abs=1e-3)


def test_daylight_leaves_black_and_white_and_the_gamut_alone():
    luma = np.linspace(0, 1, 256, dtype=np.float32).reshape(1, 1, -1)
    for warmth in (-1, 0.3, 1):
        chroma = color.daylight(luma, warmth)
        assert (chroma[..., [0, -1]] == 0).all()
        assert (chroma[:, 0, 1:-1] != 0).all()
        assert color.fit_gamut(luma, chroma) == pytest.approx(chroma, abs=1e-6)
        assert color.rgb_to_luma(color.merge(luma, chroma)) == pytest.approx(luma, abs=1e-6)


def test_a_gray_photograph_is_gray(camera):
    rgb = np.stack([camera] * 3, axis=-1)
    assert color.is_gray(to_planes(rgb))
    assert color.is_gray(torch.from_numpy(to_planes(rgb)))


def test_a_gray_photograph_in_a_color_jpeg_is_gray(camera):
    file = io.BytesIO()
    Image.fromarray(camera).convert("RGB").save(file, "JPEG", quality=30)
    with Image.open(file) as image:
        assert color.is_gray(to_planes(np.asarray(image)))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_a_color_photograph_is_not_gray(photographs, name):
    assert not color.is_gray(to_planes(photographs[name]))
    assert not color.is_gray(torch.from_numpy(to_planes(photographs[name])))


def test_a_toned_photograph_is_not_gray(camera):
    sepia = np.stack([camera, camera * 0.8, camera * 0.6], axis=-1).astype(np.uint8)
    assert not color.is_gray(to_planes(sepia))


@pytest.mark.parametrize(("colored", "gray"), [(99, True), (101, False)])
def test_one_percent_of_colored_pixels_decides(colored, gray):
    rgb = np.full((3, 100, 100), 0.5, np.float32)
    rgb[0].flat[:colored] = 1
    assert color.is_gray(rgb) is gray


def test_the_tolerance_decides():
    rgb = np.full((3, 8, 8), 0.5, np.float32)
    rgb[2] += 0.02
    assert color.is_gray(rgb)
    assert not color.is_gray(rgb, tolerance=1 / 255)
