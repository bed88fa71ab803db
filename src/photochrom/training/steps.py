"""One step of training: what a batch teaches the discriminator, and then the generator (pix2pix, Isola 2017)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from photochrom.color import merge, rgb_to_luma
from photochrom.training import losses
from photochrom.training.config import Config
from photochrom.training.state import TrainState, frozen

LOSSES = ("generator", "l1", "total", "discriminator")


def learn(state: TrainState, config: Config, luma: Tensor, rgb: Tensor) -> Tensor:
    """Teach both networks one batch, luma (N, 1, S, S) and rgb (N, 3, S, S); returns its `LOSSES`, (4,)."""
    fabric, space = state.fabric, state.space
    generator, discriminator = state.generator.train(), state.discriminator
    condition, target = space.condition(luma), space.encode(rgb)  # (N, C, S, S), (N, C', S, S)
    with fabric.autocast():  # which, on one device, a marked method is called without
        fake, others = generator.supervised(condition)  # (N, C', S, S), and a list of the same

    d_loss = adversarial = fake.new_zeros((), dtype=torch.float32)
    if discriminator:
        d_loss = _discriminator_step(state, config.objective, condition, target, fake.detach())
        with frozen(discriminator) as judge, fabric.autocast():
            logits = judge(condition, fake)  # one (N, 1, S', S') a scale
        adversarial = losses.for_generator(config.objective, logits)
    l1, weight = losses.l1(fake, target), losses.chroma_weight(rgb, config.chroma_weight)
    counted = l1 if weight is None else losses.l1(fake, target, weight)
    total = adversarial + config.lambda_l1 * (counted + losses.mean_l1(others, target, weight))
    total = total + _on_picture(state, config, fake, rgb)
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


def _on_picture(state: TrainState, config: Config, fake: Tensor, rgb: Tensor) -> Tensor:
    """The terms that look at the colored photograph, not at the prediction, in float32: a scalar, 0 without any."""
    terms = fake.new_zeros((), dtype=torch.float32)
    if not state.lpips and not config.lambda_colorfulness:
        return terms
    luma = rgb_to_luma(rgb)  # the clean one, whatever film the condition was taken with
    painted = merge(luma, state.space.decode(fake.float(), luma))  # (N, 3, S, S)
    if config.lambda_colorfulness:
        terms = terms + config.lambda_colorfulness * losses.missing_colorfulness(painted, rgb)
    if state.lpips:
        pair = [painted, rgb]
        if config.perceptual_size and config.perceptual_size < rgb.shape[-1]:
            pair = [F.interpolate(picture, size=config.perceptual_size, mode="area") for picture in pair]
        with state.fabric.autocast():  # the backbone alone; the distance itself is computed in float32
            terms = terms + config.lambda_perceptual * state.lpips(*pair).mean()
    return terms
