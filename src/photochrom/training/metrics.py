"""How far a colored photograph is from the original: the field's measures, as plain functions."""

import torch
import torch.nn.functional as F
from torch import Tensor


def psnr(picture: Tensor, original: Tensor) -> float:
    """Peak signal-to-noise ratio of two rgb (3, H, W) in [0, 1], in decibels; infinite if they are equal."""
    return float(-10 * torch.log10(F.mse_loss(picture.double(), original.double())))
