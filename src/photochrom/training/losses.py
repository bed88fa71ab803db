"""The terms of the objective, as plain functions; all in float32, whatever the networks ran in."""

from collections.abc import Callable, Sequence

import torch.nn.functional as F
from torch import Tensor

from photochrom.color import rgb_to_chroma
from photochrom.training.metrics import batch_colorfulness
from photochrom.training.spaces import shrunk

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


def judged(condition: Tensor, target: Tensor, prediction: Tensor) -> tuple[Tensor, Tensor]:
    """Condition and target as a discriminator sees them: at the size at which the generator paints; (N, C, H, W) each.

    Chroma that was painted at half the size and enlarged would be told from a photograph's by its blur alone.
    """
    return shrunk(condition, prediction), shrunk(target, prediction)


def against_each_other(
    objective: str, discriminator: Callable[..., Sequence[Tensor]], condition: Tensor, target: Tensor, fake: Tensor
) -> tuple[Tensor, Tensor]:
    """What the generator and the discriminator pay for a batch that neither learns from: two scalars.

    ``fake`` is the prediction as the generator painted it, whatever its size.
    """
    condition, target = judged(condition, target, fake)
    on_real, on_fake = discriminator(condition, target), discriminator(condition, fake)
    paid = for_discriminator(objective, on_real, real=True) + for_discriminator(objective, on_fake, real=False)
    return for_generator(objective, on_fake), paid / 2


def l1(prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean absolute error of two (N, C, H, W), on the scale [-1, 1] of the color space: a scalar.

    ``weight`` (N, 1, H, W) says how much each pixel counts; without, all count alike.
    """
    if weight is None:
        return F.l1_loss(prediction.float(), target.float())
    return ((prediction.float() - target.float()).abs() * weight).mean()


def mean_l1(predictions: Sequence[Tensor], target: Tensor, weight: Tensor | None = None) -> Tensor:
    """The mean of `l1` over several predictions of one target, as deep supervision asks; 0 where there is none."""
    terms = (l1(one, target, weight) for one in predictions)
    return sum(terms, start=target.new_zeros(())) / max(1, len(predictions))


def chroma_weight(rgb: Tensor, strength: float) -> Tensor | None:
    """How much each pixel counts: rgb (N, 3, H, W) → 1 + ``strength`` × the length of its chroma (N, 1, H, W).

    Few pixels of a photograph are colorful, so that plain L1 does best by leaving most of it dull. A ``strength``
    of 0 gives None, all alike.
    """
    if not strength:
        return None
    weight: Tensor = 1 + strength * rgb_to_chroma(rgb).norm(dim=1, keepdim=True)
    return weight


def missing_colorfulness(picture: Tensor, original: Tensor) -> Tensor:
    """How much less colorful pictures (N, 3, H, W) are than their originals, in hundreds of Hasler and Süsstrunk's
    levels: a scalar, 0 where none lacks any. DDColor (Kang 2023) rewards color as such; a photograph of fog has none.
    """
    return F.relu(batch_colorfulness(original) - batch_colorfulness(picture)).mean() / 100
