import math

import numpy as np
import pytest
import torch
from skimage import data
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from photochrom.training.metrics import (
    batch_ciede2000,
    batch_colorfulness,
    ciede2000,
    ciede2000_map,
    colorfulness,
    psnr,
    ssim,
)

Pair = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture(params=["chelsea", "coffee", "astronaut", "rocket"])
def pictures(request: pytest.FixtureRequest) -> Pair:
    """A real photograph and the same one with other colors: (3, 128, 128)."""
    torch.manual_seed(0)
    original = torch.from_numpy(getattr(data, request.param)()[:128, :128].copy()).permute(2, 0, 1).float() / 255
    return original, (original.roll(1, dims=0) + 0.05 * torch.randn_like(original)).clip(0, 1)


def flat(picture: torch.Tensor) -> np.ndarray:
    return picture.permute(1, 2, 0).numpy()


def test_psnr_agrees_with_scikit_image(pictures: Pair):
    expected = peak_signal_noise_ratio(*map(flat, pictures), data_range=1)
    assert psnr(*pictures) == pytest.approx(expected, abs=1e-4)
    assert psnr(pictures[0], pictures[0]) == math.inf


def test_ssim_agrees_with_scikit_image(pictures: Pair):
    window = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = structural_similarity(*map(flat, pictures), data_range=1, channel_axis=2, **window)
    # The two treat the border differently, five pixels of 128 on each side.
    assert ssim(*pictures) == pytest.approx(expected, abs=0.01)
    assert ssim(pictures[0], pictures[0]) == pytest.approx(1)


def test_ciede2000_agrees_with_scikit_image(pictures: Pair):
    expected = deltaE_ciede2000(*(rgb2lab(flat(picture)) for picture in pictures)).mean()
    assert ciede2000(*pictures) == pytest.approx(expected, abs=1e-3)
    assert ciede2000(pictures[0], pictures[0]) == 0
    batch = batch_ciede2000(torch.stack(pictures), torch.stack(pictures[::-1]))
    assert batch.tolist() == pytest.approx([ciede2000(*pictures), ciede2000(*pictures[::-1])], abs=1e-3)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [  # from the table in Sharma, Wu and Dalal 2005, where implementations tend to go wrong
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_agrees_with_the_papers_table(first: tuple[float, ...], second: tuple[float, ...], expected: float):
    planes = (torch.tensor(lab, dtype=torch.float64).reshape(1, 3, 1, 1) for lab in (first, second))
    assert ciede2000_map(*planes).item() == pytest.approx(expected, abs=1e-4)


def test_colorfulness_is_its_formula(pictures: Pair):
    red, green, blue = flat(pictures[0]).transpose(2, 0, 1).astype(np.float64) * 255
    rg, yb = red - green, 0.5 * (red + green) - blue
    expected = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert colorfulness(pictures[0]) == pytest.approx(expected, abs=1e-3)


def test_gray_has_no_colorfulness(pictures: Pair):
    assert colorfulness(pictures[0][:1].expand(3, -1, -1)) == 0


def test_colorfulness_of_a_batch_is_each_ones(pictures: Pair):
    found = batch_colorfulness(torch.stack(pictures))
    assert found.tolist() == pytest.approx([colorfulness(picture) for picture in pictures], rel=1e-4)


def test_colorfulness_has_a_gradient_that_is_finite_for_gray(pictures: Pair):
    batch = torch.stack((pictures[0], pictures[0][:1].expand(3, -1, -1))).requires_grad_()
    batch_colorfulness(batch).sum().backward()
    assert batch.grad is not None
    assert torch.isfinite(batch.grad).all()
    assert batch.grad[0].abs().sum() > 0
