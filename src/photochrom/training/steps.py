"""One step of training: what a batch teaches the discriminator, and then the generator (pix2pix, Isola 2017)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from photochrom.color import merge, rgb_to_luma
from photochrom.training import losses
from photochrom.training.config import Config
from photochrom.training.generators.generator import Supervised
from photochrom.training.spaces import enlarged, shrunk
from photochrom.training.state import TrainState, frozen

LOSSES = ("generator", "l1", "total", "discriminator")


def learn(
    state: TrainState, config: Config, luma: Tensor, rgb: Tensor, hints: Tensor | None = None, perceptual: bool = True
) -> Tensor:
    """Teach both networks one batch, luma (N, 1, S, S) and rgb (N, 3, S, S); returns its `LOSSES`, (4,).

    ``hints`` (N, 3, S, S) are for generators that take some; ``perceptual`` is whether this step looks at the recipe's
    perceptual term, if there is one.
    """
    fabric, space = state.fabric, state.space
    generator, discriminator = state.generator.train(), state.discriminator
    condition, target = space.condition(luma), space.encode(rgb)  # (N, C, S, S), (N, C', S, S)
    with fabric.autocast():  # which, on one device, a marked method is called without
        made = generator.supervised(condition, hints)
    fake = enlarged(made.prediction, target)  # (N, C', S, S)

    d_loss = adversarial = fake.new_zeros((), dtype=torch.float32)
    if discriminator:
        judged = losses.judged(condition, target, made.prediction)
        d_loss = _discriminator_step(state, config.objective, *judged, made.prediction.detach())
        with frozen(discriminator) as judge, fabric.autocast():
            logits = judge(judged[0], made.prediction)  # one (N, 1, S', S') a scale
        adversarial = losses.for_generator(config.objective, logits)
    l1, paid = _on_colors(state, config, made, target, rgb)
    total = adversarial + paid + _on_picture(state, config, fake, rgb, perceptual)
    state.g_optimizer.zero_grad()
    fabric.backward(total)
    state.g_optimizer.step()
    if state.average:
        state.average.update_parameters(state.generator.module)
    return torch.stack((adversarial, l1, total, d_loss)).detach()


def _discriminator_step(state: TrainState, objective: str, condition: Tensor, target: Tensor, fake: Tensor) -> Tensor:
    """Teach the discriminator one batch; returns its loss, halved as in Isola 2017 to slow it against the generator."""
    discriminator = state.discriminator.train()
    state.d_optimizer.zero_grad()
    # Each forward pass is followed at once by its own backward pass: DDP allows no other order.
    on_real = losses.for_discriminator(objective, discriminator(condition, target), real=True) / 2
    state.fabric.backward(on_real)
    on_fake = losses.for_discriminator(objective, discriminator(condition, fake), real=False) / 2
    state.fabric.backward(on_fake)
    state.d_optimizer.step()
    return on_real + on_fake


def _on_colors(
    state: TrainState, config: Config, made: Supervised, target: Tensor, rgb: Tensor
) -> tuple[Tensor, Tensor]:
    """L1 of what was ``made``, at its own size, and the terms that compare colors, as they are weighed: two scalars."""
    target, rgb = shrunk(target, made.prediction), shrunk(rgb, made.prediction)
    l1, weight = losses.l1(made.prediction, target), losses.chroma_weight(rgb, config.chroma_weight)
    counted = l1 if weight is None else losses.l1(made.prediction, target, weight)
    paid = l1.new_zeros(())
    if config.lambda_l1:  # else no gradient is computed in vain
        paid = paid + config.lambda_l1 * (counted + losses.mean_l1(made.others, target, weight))
    if made.logits is not None:
        paid = paid + config.lambda_bins * state.generator.module.bins.loss(made.logits, target)
    return l1, paid


def _on_picture(state: TrainState, config: Config, fake: Tensor, rgb: Tensor, perceptual: bool) -> Tensor:
    """The terms that look at the colored photograph, not at the prediction, in float32: a scalar, 0 without any."""
    terms = fake.new_zeros((), dtype=torch.float32)
    lpips = state.lpips if perceptual else None
    if not lpips and not config.lambda_colorfulness:
        return terms
    luma = rgb_to_luma(rgb)  # the clean one, whatever film the condition was taken with
    painted = merge(luma, state.space.decode(fake.float(), luma))  # (N, 3, S, S)
    if config.lambda_colorfulness:
        terms = terms + config.lambda_colorfulness * losses.missing_colorfulness(painted, rgb)
    if lpips:
        pair = [painted, rgb]
        if config.perceptual_size and config.perceptual_size < rgb.shape[-1]:
            pair = [F.interpolate(picture, size=config.perceptual_size, mode="area") for picture in pair]
        with state.fabric.autocast():  # the backbone alone; the distance itself is computed in float32
            terms = terms + config.lambda_perceptual * lpips(*pair).mean()
    return terms
