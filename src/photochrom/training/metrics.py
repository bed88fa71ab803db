"""How far a colored photograph is from the original: the field's measures, as plain functions.

All take rgb (3, H, W) in [0, 1], float32, and return one number for the photograph. `lpips` has the other one.
"""

import torch
import torch.nn.functional as F
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from photochrom.color import rgb_to_lab


def psnr(picture: Tensor, original: Tensor) -> float:
    """Peak signal-to-noise ratio in decibels; infinite if the two are equal."""
    return float(-10 * torch.log10(F.mse_loss(picture.double(), original.double())))


def ssim(picture: Tensor, original: Tensor) -> float:
    """Structural similarity (Wang et al. 2004) with torchmetrics' defaults; 1 if the two are equal."""
    value = structural_similarity_index_measure(picture[None], original[None], data_range=1.0)
    assert isinstance(value, Tensor)
    return float(value)


def ciede2000(picture: Tensor, original: Tensor) -> float:
    """Mean color difference CIEDE2000 (Sharma, Wu, Dalal 2005), in units of which about one is just seen."""
    return float(batch_ciede2000(picture[None].double(), original[None].double()))


def batch_ciede2000(pictures: Tensor, originals: Tensor) -> Tensor:
    """`ciede2000` of pictures (N, 3, H, W) as (N,), in their own precision."""
    return ciede2000_map(rgb_to_lab(pictures), rgb_to_lab(originals)).mean(dim=(1, 2))


def colorfulness(picture: Tensor) -> float:
    """How colorful a picture is (Hasler and Süsstrunk 2003), of 255 levels: 0 is gray, 33 moderate, 82 high."""
    return float(batch_colorfulness(picture[None].double()))


def batch_colorfulness(pictures: Tensor) -> Tensor:
    """`colorfulness` of pictures (N, 3, H, W) as (N,), with gradients."""
    red, green, blue = (pictures * 255).flatten(2).unbind(1)  # each (N, H·W)
    rg, yb = red - green, (red + green) / 2 - blue
    opponents = torch.stack((rg, yb), dim=1)  # (N, 2, H·W)
    means = opponents.mean(2, keepdim=True)
    # Lengths of vectors, since a square root has no gradient at 0, where a gray picture is.
    spread = torch.linalg.vector_norm(opponents - means, dim=(1, 2)) / opponents.shape[2] ** 0.5
    colorfulness: Tensor = spread + 0.3 * torch.linalg.vector_norm(means, dim=(1, 2))
    return colorfulness


def ciede2000_map(first: Tensor, second: Tensor) -> Tensor:
    """CIEDE2000 of two CIELAB (N, 3, H, W), pixel by pixel: (N, H, W). The names are the paper's."""
    (l1, a1, b1), (l2, a2, b2) = first.unbind(1), second.unbind(1)
    c_mean = (torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2
    g = 0.5 * (1 - _chroma_weight(c_mean))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = torch.hypot(a1, b1), torch.hypot(a2, b2)
    h1, h2 = (torch.atan2(b, a) % (2 * torch.pi) for a, b in ((a1, b1), (a2, b2)))
    gray = (c1 * c2) == 0

    difference = h2 - h1
    wrapped = difference - 2 * torch.pi * torch.sign(difference) * (difference.abs() > torch.pi)
    delta_h = 2 * (c1 * c2).sqrt() * torch.sin(torch.where(gray, 0.0, wrapped) / 2)
    far = (difference.abs() > torch.pi) & ~gray
    h_sum = h1 + h2
    half_turn = torch.where(h_sum < 2 * torch.pi, torch.pi, -torch.pi)
    h_mean = torch.where(gray, h_sum, h_sum / 2 + torch.where(far, half_turn, 0.0))

    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * torch.cos(h_mean - torch.pi / 6)
        + 0.24 * torch.cos(2 * h_mean)
        + 0.32 * torch.cos(3 * h_mean + torch.pi / 30)
        - 0.20 * torch.cos(4 * h_mean - 63 * torch.pi / 180)
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / (20 + (l_mean - 50) ** 2).sqrt()
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    turn = torch.exp(-(((torch.rad2deg(h_mean) - 275) / 25) ** 2))
    r_t = -2 * _chroma_weight(c_mean) * torch.sin(torch.deg2rad(60 * turn))
    lightness, chroma, hue = (l2 - l1) / s_l, (c2 - c1) / s_c, delta_h / s_h
    distance: Tensor = (lightness**2 + chroma**2 + hue**2 + r_t * chroma * hue).clip(min=0).sqrt()
    return distance


def _chroma_weight(chroma: Tensor) -> Tensor:
    return (chroma**7 / (chroma**7 + 25.0**7)).sqrt()
