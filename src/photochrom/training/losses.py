"""The terms of the objective, as plain functions; all in float32, whatever the networks ran in."""

from collections.abc import Callable, Sequence

import torch.nn.functional as F
from torch import Tensor

# What a discriminator's logits cost when it is asked to call a picture real (True) or fake (False); and what
# they cost a generator that wants its picture to be called real. All are scalars.
Objective = tuple[Callable[[Tensor, bool], Tensor], Callable[[Tensor], Tensor]]


def _cross_entropy(logits: Tensor, real: bool) -> Tensor:
    return F.softplus(-logits if real else logits).mean()


def _least_squares(logits: Tensor, real: bool) -> Tensor:
    return (logits - float(real)).square().mean()


def _hinge(logits: Tensor, real: bool) -> Tensor:
    return F.relu(1 - logits if real else 1 + logits).mean()


OBJECTIVES: dict[str, Objective] = {
    # Goodfellow et al. 2014, with the generator's non-saturating form.
    "cross_entropy": (_cross_entropy, lambda logits: _cross_entropy(logits, True)),
    # LSGAN, Mao et al. 2017.
    "least_squares": (_least_squares, lambda logits: _least_squares(logits, True)),
    # Lim and Ye 2017; the generator simply wants high logits.
    "hinge": (_hinge, lambda logits: -logits.mean()),
}


def for_discriminator(objective: str, logits: Sequence[Tensor], real: bool) -> Tensor:
    """What the discriminator pays for ``logits`` (one (N, 1, H, W) a scale) of real or of fake pictures: a scalar."""
    pay = OBJECTIVES[objective][0]
    return sum((pay(scale.float(), real) for scale in logits), start=logits[0].new_zeros(())) / len(logits)


def for_generator(objective: str, logits: Sequence[Tensor]) -> Tensor:
    """What the generator pays for the ``logits`` (one (N, 1, H, W) a scale) of its own pictures: a scalar."""
    pay = OBJECTIVES[objective][1]
    return sum((pay(scale.float()) for scale in logits), start=logits[0].new_zeros(())) / len(logits)


def l1(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of two (N, C, H, W), on the scale [-1, 1] of the color space: a scalar."""
    return F.l1_loss(prediction.float(), target.float())


def mean_l1(predictions: Sequence[Tensor], target: Tensor) -> Tensor:
    """The mean of `l1` over several predictions of one target, as deep supervision asks; 0 where there is none."""
    return sum((l1(one, target) for one in predictions), start=target.new_zeros(())) / max(1, len(predictions))
