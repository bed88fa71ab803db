"""The original project's table of losses: what a checkpoint's two networks make of photographs, at training size."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from photochrom.color import rgb_to_luma
from photochrom.training import losses
from photochrom.training.checkpoint import Checkpoint, load_discriminator, load_generator
from photochrom.training.spaces import SPACES, enlarged, to_rgb


@dataclass(frozen=True)
class Losses:
    """Means over photographs: the adversarial term, L1 on RGB in [-1, 1], adversarial + λ·L1, the discriminator's loss.

    ``adversarial`` and ``discriminator`` are None where the run had no discriminator.
    """

    adversarial: float | None
    l1: float
    total: float
    discriminator: float | None


# What the original project published after 25 epochs, on photographs of its own.
PUBLISHED = {
    "unet": Losses(1.2061, 0.0395, 6.7701, 0.0006),
    "unet_plus_plus": Losses(3.0047, 0.0746, 10.4722, 0.0002),
    "unet_3plus": Losses(1.0446, 0.0602, 7.7463, 0.0002),
    "linknet": Losses(0.8138, 0.0448, 5.5697, 0.0007),
    "r2unet": Losses(1.5841, 0.0504, 5.6704, 0.0005),
    "tristream": Losses(1.3111, 0.0477, 6.4000, 0.0001),
}


@torch.no_grad()
def measure(checkpoint: Checkpoint, photographs: Iterable[Tensor]) -> Losses:
    """The losses of ``checkpoint`` on rgb (3, S, S) in [0, 1], each at the training size, in eval mode.

    The L1 term is that of the whole picture, so that color spaces can be compared: of what the network painted in
    ``rgb``, of its chroma on the photograph's luma in the others. Raises `CheckpointError`.
    """
    config = checkpoint.config
    space = SPACES[config.space]
    generator, discriminator = load_generator(checkpoint), load_discriminator(checkpoint)
    sums, count = torch.zeros(3, dtype=torch.float64), 0
    for photograph in photographs:
        rgb = photograph[None]
        luma = rgb_to_luma(rgb)
        condition, target = space.condition(luma), space.encode(rgb)
        fake = enlarged(generator(condition), condition)
        painted = (fake + 1) / 2 if config.space == "rgb" else to_rgb(space, fake, luma)
        values = [float(losses.l1(painted * 2 - 1, rgb * 2 - 1)), 0.0, 0.0]
        if discriminator:
            values[1:] = map(float, losses.against_each_other(config.objective, discriminator, condition, target, fake))
        sums, count = sums + torch.tensor(values, dtype=torch.float64), count + 1
    l1, adversarial, against = (sums / count).tolist()
    total = adversarial + config.lambda_l1 * l1
    return Losses(adversarial, l1, total, against) if discriminator else Losses(None, l1, total, None)
