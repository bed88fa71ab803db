"""The training loop: pix2pix (Isola 2017) on Lightning Fabric, a discriminator step and then a generator step.

Devices, nodes, strategy and precision are Fabric's; `train` reads top to bottom.
"""

import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from photochrom.color import merge
from photochrom.errors import RecipeError
from photochrom.files import replacing
from photochrom.sheet import draw, from_planes
from photochrom.training import checkpoint as checkpoints
from photochrom.training import data, losses
from photochrom.training.checkpoint import Checkpoint, Row
from photochrom.training.config import Config, from_yaml, to_yaml
from photochrom.training.discriminators import Discriminator
from photochrom.training.generators import build_generator
from photochrom.training.lpips import Lpips
from photochrom.training.spaces import SPACES, Space, to_rgb

LOSSES = ("generator", "l1", "total", "discriminator")
_ON_SHEET = 8  # photographs on a sample sheet

# What may be changed in a run that has begun: how long and where it runs, not what is learned from what.
_CHANGEABLE = {
    "data", "epochs", "workers", "checkpoint_every", "sheet_every",
    "accelerator", "devices", "nodes", "strategy", "precision", "title", "training_set", "license",
}  # fmt: skip

# Told how many epochs are done (a fraction inside an epoch), of how many, and a line on how it goes.
Progress = Callable[[float, int, str], None]


def start(config: Config, run: Path, progress: Progress) -> Path:
    """Train from the beginning in the new folder ``run``; returns its best checkpoint. Raises `RecipeError`."""
    if run.exists() and any(run.iterdir()):
        raise RecipeError(f"{run}: is not empty; go on with it by --resume {run}, or name another folder with -o")
    return train(config, run, None, progress)


def resume(run: Path, overrides: list[str], progress: Progress) -> Path:
    """Go on where the last whole epoch of ``run`` ended; returns its best checkpoint. Raises `RecipeError`."""
    for override in overrides:
        key = override.partition("=")[0].strip()
        if key not in _CHANGEABLE:
            raise RecipeError(f"{key}: cannot be changed in a run that has begun; start a new one")
    config = from_yaml(run / "recipe.yaml", overrides)
    last = run / "last.pt"  # missing if the run was stopped in its first epoch
    return train(config, run, checkpoints.load(last) if last.exists() else None, progress)


@dataclass(frozen=True)
class Trainee:
    """The networks and their optimizers, as Fabric has set them up; no discriminator where the recipe has none."""

    fabric: Fabric
    space: Space
    lpips: Lpips | None
    generator: Any
    g_optimizer: Any
    discriminator: Any = None
    d_optimizer: Any = None


def train(config: Config, run: Path, begun: Checkpoint | None, progress: Progress) -> Path:
    """Train ``config`` in the folder ``run``, from ``begun`` on if given; returns the best checkpoint's path."""
    config = replace(config, precision=_precision(config.precision))
    training, validation = data.photographs(config)
    fabric = Fabric(
        accelerator=config.accelerator, devices=config.devices, num_nodes=config.nodes,
        strategy=config.strategy, precision=config.precision,  # type: ignore[arg-type]
    )  # fmt: skip
    fabric.launch()
    trainee = _set_up(config, fabric, begun)
    if fabric.is_global_zero:
        run.mkdir(parents=True, exist_ok=True)
        _write(run / "recipe.yaml", to_yaml(config))
    history: list[Row] = list(begun.history) if begun else []

    for epoch in range(len(history), config.epochs):
        began = time.monotonic()
        torch.manual_seed(config.seed * 1_000_003 + epoch)  # for dropout, in networks that have any
        batches = data.training_batches(training, config, epoch, fabric.global_rank, fabric.world_size)
        trained = _train_epoch(trainee, config, epoch, batches, progress)
        seconds = time.monotonic() - began
        validated = _validate(trainee, config, data.validation_batches(validation, config))
        history.append(
            {"epoch": epoch + 1}
            | {f"train_{name}": value for name, value in trained.items()}
            | {f"validation_{name}": value for name, value in validated.items()}
            | {"photos_per_second": len(training) / seconds, "seconds": time.monotonic() - began}
        )
        if fabric.is_global_zero:
            _keep(trainee, config, run, history)
            if (epoch + 1) % config.sheet_every == 0 or epoch + 1 == config.epochs:
                _draw(trainee, config, run / f"sheet-{epoch + 1:04}.png", validation)
        fabric.barrier()
    return run / "best.pt"


def _train_epoch(
    trainee: Trainee, config: Config, epoch: int, batches: data.Batches, progress: Progress
) -> dict[str, float]:
    """One pass over ``batches``; returns the mean of each loss over all photographs of all ranks."""
    fabric, space = trainee.fabric, trainee.space
    generator, discriminator = trainee.generator.train(), trainee.discriminator
    sums, photos = torch.zeros(len(LOSSES), device=fabric.device), 0
    for step, (luma, rgb) in enumerate(_on_device(fabric, batches)):
        done = epoch + step / len(batches)
        _set_learning_rate(config, done, trainee)
        condition, target = space.condition(luma), space.encode(rgb)  # (N, C, S, S), (N, C', S, S)
        fake, others = generator.supervised(condition)  # (N, C', S, S), and a list of the same

        d_loss = adversarial = sums.new_zeros(())
        if discriminator:
            d_loss = _discriminator_step(trainee, config.objective, condition, target, fake.detach())
            with _frozen(discriminator) as judge, fabric.autocast():
                logits = judge(condition, fake)  # one (N, 1, S', S') a scale
            adversarial = losses.for_generator(config.objective, logits)
        l1 = losses.l1(fake, target)
        total = adversarial + config.lambda_l1 * (l1 + losses.mean_l1(others, target))
        if trainee.lpips:
            total = total + config.lambda_perceptual * _perceptual(trainee, fake, luma, rgb)
        trainee.g_optimizer.zero_grad()
        fabric.backward(total)
        trainee.g_optimizer.step()

        values = torch.stack((adversarial, l1, total, d_loss)).detach()
        sums, photos = sums + values * len(luma), photos + len(luma)
        if fabric.is_global_zero:
            progress(done + 1 / len(batches), config.epochs, f"L1 {float(sums[1]) / photos:.4f}")
    _share_statistics(trainee)
    return _means(fabric, sums, photos)


def _discriminator_step(trainee: Trainee, objective: str, condition: Tensor, target: Tensor, fake: Tensor) -> Tensor:
    """Teach the discriminator one batch; returns its loss, halved as in Isola 2017 to slow it against the generator."""
    discriminator = trainee.discriminator.train()
    trainee.d_optimizer.zero_grad()
    # Each forward pass is followed at once by its own backward pass: DDP allows no other order.
    on_real = losses.for_discriminator(objective, discriminator(condition, target), real=True) / 2
    trainee.fabric.backward(on_real)
    on_fake = losses.for_discriminator(objective, discriminator(condition, fake), real=False) / 2
    trainee.fabric.backward(on_fake)
    trainee.d_optimizer.step()
    return on_real + on_fake


def _perceptual(trainee: Trainee, fake: Tensor, luma: Tensor, rgb: Tensor) -> Tensor:
    """LPIPS between what the prediction looks like on its photograph and the original, in float32: a scalar."""
    painted = merge(luma, trainee.space.decode(fake.float(), luma))
    assert trainee.lpips is not None
    distance: Tensor = trainee.lpips(painted, rgb).mean()
    return distance


@torch.no_grad()
def _validate(trainee: Trainee, config: Config, batches: data.Batches) -> dict[str, float]:
    """The same losses on the validation photographs, in eval mode; every rank measures all of them."""
    fabric, space = trainee.fabric, trainee.space
    # The bare networks: their wrappers would wait for the other ranks.
    generator = trainee.generator.module.eval()
    discriminator = trainee.discriminator.module.eval() if trainee.discriminator else None
    sums, photos = torch.zeros(len(LOSSES), device=fabric.device), 0
    for luma, rgb in _on_device(fabric, batches):
        condition, target = space.condition(luma), space.encode(rgb)
        d_loss = adversarial = sums.new_zeros(())
        with fabric.autocast():
            fake = generator(condition)
            if discriminator:
                on_real, on_fake = discriminator(condition, target), discriminator(condition, fake)
                adversarial = losses.for_generator(config.objective, on_fake)
                pay = partial(losses.for_discriminator, config.objective)
                d_loss = (pay(on_real, real=True) + pay(on_fake, real=False)) / 2
        l1 = losses.l1(fake, target)
        values = torch.stack((adversarial, l1, adversarial + config.lambda_l1 * l1, d_loss))
        sums, photos = sums + values * len(luma), photos + len(luma)
    return _means(fabric, sums, photos)


def _set_up(config: Config, fabric: Fabric, begun: Checkpoint | None) -> Trainee:
    torch.manual_seed(config.seed)
    space = SPACES[config.space]
    networks: list[nn.Module] = [build_generator(config.generator, config.space, config.width, config.options)]
    if config.discriminator != "none":
        channels = space.in_channels + space.out_channels
        networks.append(Discriminator(channels, config.patch, config.norm, config.spectral, config.scales))
    parts: list[Any] = []
    for index, network in enumerate(networks):
        if begun:
            network.load_state_dict((begun.generator, begun.discriminator)[index], strict=True)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimizer: Optimizer = Adam(network.parameters(), config.learning_rate, config.betas)
        network, optimizer = fabric.setup(network, optimizer)
        if begun:
            optimizer.load_state_dict(begun.optimizers[index])
        parts += [network, optimizer]
    parts[0].mark_forward_method("supervised")  # so that it, too, runs in DDP and in the run's precision
    return Trainee(fabric, space, _load_lpips(config, fabric), *parts)


def _load_lpips(config: Config, fabric: Fabric) -> Lpips | None:
    if config.perceptual_weights is None:
        return None
    lpips = Lpips.from_file(config.perceptual_weights)
    if lpips.backbone != "vgg16":
        raise RecipeError(
            f"perceptual_weights: {config.perceptual_weights} is LPIPS on {lpips.backbone}, which results are "
            "measured with; train on VGG16"
        )
    return lpips.to(fabric.device)


def _keep(trainee: Trainee, config: Config, run: Path, history: list[Row]) -> None:
    """Write what an epoch leaves behind; ``last.pt`` comes last, so a kill in between repeats the epoch."""
    discriminator = trainee.discriminator.module.state_dict() if trainee.discriminator else {}
    optimizers = [optimizer.state_dict() for optimizer in _optimizers(trainee)]
    state = Checkpoint(config, trainee.generator.module.state_dict(), discriminator, optimizers, history)
    _write(run / "metrics.csv", _csv(history))
    if history[-1]["validation_l1"] <= min(row["validation_l1"] for row in history):
        checkpoints.save(run / "best.pt", state)
    if len(history) % config.checkpoint_every == 0:
        checkpoints.save(run / f"epoch-{len(history):04}.pt", state)
    checkpoints.save(run / "last.pt", state)


@torch.no_grad()
def _draw(trainee: Trainee, config: Config, path: Path, photographs: data.Photographs) -> None:
    """A sheet of the first validation photographs: black-and-white | original | predicted."""
    few = replace(photographs, paths=photographs.paths[:_ON_SHEET])
    luma, rgb = (torch.cat(parts) for parts in zip(*data.validation_batches(few, config), strict=True))
    device = trainee.fabric.device
    with trainee.fabric.autocast():
        prediction = trainee.generator.module.eval()(trainee.space.condition(luma.to(device)))
    columns = (luma, rgb, to_rgb(trainee.space, prediction.float().cpu(), luma))
    rows = [[from_planes(picture.numpy()) for picture in row] for row in zip(*columns, strict=True)]
    draw(path, rows, ("black-and-white", "original", "predicted"), height=config.size)


def _on_device(fabric: Fabric, batches: Iterable[data.Item]) -> Iterator[data.Item]:
    for luma, rgb in batches:
        yield fabric.to_device((luma, rgb))


@contextmanager
def _frozen(discriminator: Any) -> Iterator[Any]:
    """The bare discriminator with its weights held fixed: a generator step computes no gradients for them."""
    network = discriminator.module.requires_grad_(False)
    try:
        yield network
    finally:
        network.requires_grad_(True)


def _share_statistics(trainee: Trainee) -> None:
    """Give every rank the mean of all ranks' batch-norm statistics: each saw its own photographs only."""
    for network in filter(None, (trainee.generator, trainee.discriminator)):
        for buffer in network.buffers():
            if buffer.is_floating_point():
                buffer.copy_(trainee.fabric.all_reduce(buffer.clone(), reduce_op="mean"))


def _optimizers(trainee: Trainee) -> list[Any]:
    return [optimizer for optimizer in (trainee.g_optimizer, trainee.d_optimizer) if optimizer]


def _means(fabric: Fabric, sums: Tensor, photos: int) -> dict[str, float]:
    everything = torch.cat((sums, sums.new_tensor([photos])))
    everything = fabric.all_reduce(everything, reduce_op="sum")  # type: ignore[assignment]
    return dict(zip(LOSSES, (everything[:-1] / everything[-1]).tolist(), strict=True))


def _set_learning_rate(config: Config, epochs_done: float, trainee: Trainee) -> None:
    left = 1 - epochs_done / config.epochs
    rate = config.learning_rate * (min(1.0, left / config.decay) if config.decay else 1.0)
    for optimizer in _optimizers(trainee):
        for group in optimizer.param_groups:
            group["lr"] = rate


def _precision(asked: str) -> str:
    """``auto`` as what pays here: a CPU without AMX computes bf16 no faster than float32."""
    if asked != "auto":
        return asked
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
    return "bf16-mixed" if torch.cpu.get_capabilities().get("amx_bf16") else "32-true"


def _csv(history: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, history[0], lineterminator="\n")
    writer.writeheader()
    for row in history:
        writer.writerow({key: value if key == "epoch" else f"{value:.6g}" for key, value in row.items()})
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
