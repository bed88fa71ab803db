import pytest
import torch
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from photochrom.training.metrics import psnr


@pytest.fixture
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """A real photograph and the same one with noise: (3, 128, 128)."""
    torch.manual_seed(0)
    cat = torch.from_numpy(data.chelsea()[:128, :128]).permute(2, 0, 1).float() / 255
    return cat, (cat + 0.1 * torch.randn_like(cat)).clip(0, 1)


def test_psnr_agrees_with_scikit_image(pictures: tuple[torch.Tensor, torch.Tensor]):
    original, noisy = pictures
    expected = peak_signal_noise_ratio(original.numpy(), noisy.numpy(), data_range=1)
    assert psnr(noisy, original) == pytest.approx(expected, abs=1e-4)
