from pathlib import Path

import pytest
import torch
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from photochrom.errors import UsageError
from photochrom.training.metrics import Lpips, psnr


@pytest.fixture
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """A real photograph and the same one with noise: (3, 128, 128)."""
    torch.manual_seed(0)
    cat = torch.from_numpy(data.chelsea()[:128, :128]).permute(2, 0, 1).float() / 255
    return cat, (cat + 0.1 * torch.randn_like(cat)).clip(0, 1)


@pytest.fixture
def weights() -> dict[str, torch.Tensor]:
    """Random weights in the shapes of the published ones, which may not be at hand."""
    torch.manual_seed(0)
    shapes = [(64, 3, 11), (192, 64, 5), (384, 192, 3), (256, 384, 3), (256, 256, 3)]
    made = {"shift": torch.zeros(1, 3, 1, 1), "scale": torch.ones(1, 3, 1, 1)}
    for index, (after, before, side) in enumerate(shapes):
        made[f"convs.{index}.weight"] = torch.randn(after, before, side, side) / (before * side * side) ** 0.5
        made[f"convs.{index}.bias"] = torch.randn(after) / 10
        made[f"lin{index}"] = torch.rand(1, after, 1, 1)
    return made


def test_psnr_agrees_with_scikit_image(pictures: tuple[torch.Tensor, torch.Tensor]):
    original, noisy = pictures
    expected = peak_signal_noise_ratio(original.numpy(), noisy.numpy(), data_range=1)
    assert psnr(noisy, original) == pytest.approx(expected, abs=1e-4)


def test_lpips_is_a_distance(pictures: tuple[torch.Tensor, torch.Tensor], weights: dict[str, torch.Tensor]):
    lpips = Lpips(weights)
    original, noisy = (picture[None] for picture in pictures)
    assert float(lpips(original, original)) == 0
    assert float(lpips(original, noisy)) > 0
    assert torch.allclose(lpips(original, noisy), lpips(noisy, original))
    assert lpips(torch.cat((original, original)), torch.cat((noisy, original))).tolist()[1] == 0


def test_missing_weights_are_one_line(tmp_path: Path):
    with pytest.raises(UsageError, match="LPIPS needs its weights"):
        Lpips.from_file(tmp_path / "missing.pt")
