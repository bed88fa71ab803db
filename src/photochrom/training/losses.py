"""The terms of the objective, as plain functions; all in float32, whatever the networks ran in."""

import torch
import torch.nn.functional as F
from torch import Tensor


def adversarial(logits: Tensor, real: bool) -> Tensor:
    """Binary cross-entropy of ``logits`` (N, 1, H, W) against all real or all fake (Goodfellow 2014): a scalar."""
    goal = torch.ones_like if real else torch.zeros_like
    logits = logits.float()
    return F.binary_cross_entropy_with_logits(logits, goal(logits))


def l1(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of two (N, C, H, W), on the scale [-1, 1] of the color space: a scalar."""
    return F.l1_loss(prediction.float(), target.float())
