"""The training loop: pix2pix (Isola 2017) on Lightning Fabric, a discriminator step and then a generator step.

Devices, nodes, strategy and precision are Fabric's; `train` and `_train_epochs` read top to bottom.
"""

import math
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor

from photochrom import targets
from photochrom.errors import PhotochromError, PhotoError, RecipeError
from photochrom.training import data, losses, machines
from photochrom.training.beginning import Beginning, begin
from photochrom.training.best_epoch import FIGURES, figures
from photochrom.training.config import Config, from_yaml, to_dict
from photochrom.training.groups import key_of
from photochrom.training.listener import Listener, Progress, estimating
from photochrom.training.precision import choose as choose_precision
from photochrom.training.run_folder import RunFolder
from photochrom.training.spaces import enlarged, to_rgb
from photochrom.training.state import (
    TrainState,
    measure_statistics,
    set_learning_rate,
    share_statistics,
)
from photochrom.training.steps import LOSSES, learn
from photochrom.training.threads import choose as choose_threads

HINTED = "l1_10_hints"  # beside `LOSSES` in validation, where the generator takes hints

# What may be changed in a run that has begun: how long and where it runs, not what is learned from what.
_CHANGEABLE = {
    "data", "epochs", "workers", "checkpoint_every", "sheet_every",
    "accelerator", "devices", "nodes", "strategy", "timeout", "precision", "threads",
    "title", "training_set", "license",
}  # fmt: skip

_AHEAD = 16  # steps that a GPU may compute ahead before it is asked for a number


def start(config: Config, run: Path, told: Progress | Listener) -> Path | None:
    """Train from the beginning in the new folder ``run``; returns its best checkpoint. Raises `UsageError`.

    Of several processes, the first alone writes the folder; the others return None.
    """
    if run.is_dir() and any(run.iterdir()):
        raise RecipeError(f"{run}: is not empty; go on with it by `resume`, or name another folder")
    targets.refuse_filled(run)
    return train(config, RunFolder(run), _listener(told))


def resume(run: Path, overrides: list[str], told: Progress | Listener) -> Path | None:
    """Go on where the last whole epoch of ``run`` ended; returns as `start` does. Raises `RecipeError`."""
    for override in overrides:
        key = key_of(override.partition("=")[0].strip())
        if key not in _CHANGEABLE:
            raise RecipeError(f"{key}: cannot be changed in a run that has begun; start a new one")
    folder = RunFolder(run)
    return train(from_yaml(folder.recipe, overrides), folder, _listener(told))


def start_or_resume(config: Config, run: Path, told: Progress | Listener) -> Path | None:
    """`start`, or where ``run`` has begun, go on with it; returns as they do. Raises `RecipeError` for another recipe.

    So the same command starts a run, goes on with it, and does so on a machine that has no folder of the run.
    """
    folder = RunFolder(run)
    if not folder.recipe.exists():
        return start(config, run, told)
    begun = from_yaml(folder.recipe)
    for key, value in to_dict(begun).items():
        if key not in _CHANGEABLE and value != to_dict(config)[key]:
            raise RecipeError(
                f"{key}: is {value!r} in {folder.recipe} and cannot be changed in a run that has begun; start a new one"
            )
    chosen = {key: getattr(begun, key) for key in ("precision", "threads") if getattr(config, key) == "auto"}
    return train(replace(config, **chosen), folder, _listener(told))


def train(config: Config, run: RunFolder, listener: Listener) -> Path | None:
    """Train ``config`` in the folder ``run``, from its last checkpoint on if it has one; returns as `start` does."""
    config = replace(config, precision=choose_precision(config))
    if threads := choose_threads(config):
        torch.set_num_threads(threads)
        config = replace(config, threads=threads)
    fabric = machines.launch(config)
    with machines.connected(fabric):
        begun = begin(config, run, fabric, listener)
        if len(begun.history) < config.epochs:  # else no epoch is left whose photographs would be loaded
            _train_epochs(config, run, begun, estimating(listener))
    return run.best if fabric.is_global_zero else None


def _train_epochs(config: Config, run: RunFolder, begun: Beginning, progress: Progress) -> None:
    """Train the epochs after those that are done, and keep what each leaves behind."""
    state, training, validation = begun.state, begun.training, begun.validation
    history, fabric = list(begun.history), begun.state.fabric

    def load(epoch: int) -> data.Begun:
        return data.Begun(data.training_batches(training, config, epoch, fabric.global_rank, fabric.world_size))

    batches = load(len(history))
    for epoch in range(len(history), config.epochs):
        began = time.monotonic()
        torch.manual_seed(config.seed * 1_000_003 + epoch)  # for dropout, in networks that have any
        trained = _train_epoch(state, config, epoch, batches, progress)
        if config.statistics:
            some = islice(_on_device(fabric, batches.loader), math.ceil(config.statistics / config.stage(epoch)[1]))
            measure_statistics(state, ((state.space.condition(luma), _given(config, hints)) for luma, _, hints in some))
        seconds = time.monotonic() - began
        if epoch + 1 < config.epochs:
            batches = load(epoch + 1)  # which load while this epoch is validated
        validated = _validate(state, config, data.validation_batches(validation, config))
        if not math.isfinite(validated["l1"]):
            raise PhotochromError(f"epoch {epoch + 1}: L1 is no number any more; begin anew with a lower learning_rate")
        history.append(
            {"epoch": epoch + 1}
            | {f"train_{name}": value for name, value in trained.items()}
            | {f"validation_{name}": value for name, value in validated.items()}
            | {"photos_per_second": len(training) / seconds, "seconds": time.monotonic() - began}
        )
        if fabric.is_global_zero:
            run.keep(state.checkpoint(config, history, begun.digest))
            if (epoch + 1) % config.sheet_every == 0 or epoch + 1 == config.epochs:
                run.draw_sheet(state, config, epoch + 1, validation)
        fabric.barrier()


def _listener(told: Progress | Listener) -> Listener:
    return told if isinstance(told, Listener) else Listener(told)


def _train_epoch(
    state: TrainState, config: Config, epoch: int, batches: data.Begun, progress: Progress
) -> dict[str, float]:
    """One pass over ``batches``; returns the mean of each loss over all photographs of all ranks."""
    fabric = state.fabric
    sums, photos = torch.zeros(len(LOSSES), device=fabric.device), 0
    told_every = 1 if fabric.device.type == "cpu" else _AHEAD
    for step, (luma, rgb, hints) in enumerate(_on_device(fabric, batches)):
        done = epoch + step / len(batches)
        set_learning_rate(config, done, state)
        perceptual = step % config.perceptual_every == 0 and done >= config.perceptual_from * config.epochs
        values = learn(state, config, luma, rgb, _given(config, hints), perceptual)
        sums, photos = sums + values * len(luma), photos + len(luma)
        if fabric.is_global_zero and step % told_every == 0:
            progress(done + 1 / len(batches), config.epochs, f"L1 {float(sums[1]) / photos:.4f}")
    share_statistics(state)
    return _means(fabric, LOSSES, sums, photos)


@torch.no_grad()
def _validate(state: TrainState, config: Config, batches: data.Batches) -> dict[str, float]:
    """pix2pix's losses and `FIGURES` on the validation photographs, in eval mode; every rank measures all of them.

    Whatever the recipe adds to them, or weights, is left out, so that runs can be compared; so is the size at which
    the generator paints. A generator that takes hints is measured without, and its L1 with ten points as well.
    """
    fabric, space = state.fabric, state.space
    # The bare networks: their wrappers would wait for the other ranks.
    generator = state.result
    discriminator = state.discriminator.module.eval() if state.discriminator else None
    names = (*LOSSES, *FIGURES, *([HINTED] if config.hints else []))
    sums, photos = torch.zeros(len(names), device=fabric.device), 0
    for luma, rgb, hints in _on_device(fabric, batches):
        condition, target = space.condition(luma), space.encode(rgb)
        d_loss = adversarial = sums.new_zeros(())
        with fabric.autocast():
            painted = generator(condition)
            fake = enlarged(painted, target)
            if discriminator:
                adversarial, d_loss = losses.against_each_other(
                    config.objective, discriminator, condition, target, painted
                )
            hinted = [enlarged(generator(condition, hints), target)] if config.hints else []
        l1, *l1_hinted = (losses.l1(one, target) for one in (fake, *hinted))
        values = torch.stack((adversarial, l1, adversarial + config.lambda_l1 * l1, d_loss))
        judged = figures(to_rgb(space, fake.float(), luma), rgb).mean(0)
        values = torch.cat((values, judged, torch.stack(l1_hinted) if l1_hinted else judged[:0]))
        sums, photos = sums + values * len(luma), photos + len(luma)
    return _means(fabric, names, sums, photos)


def _given(config: Config, hints: Tensor) -> Tensor | None:
    """The hints that the generator is given: none where it takes none."""
    return hints if config.hints else None


def _on_device(fabric: Fabric, batches: Iterable[data.Item]) -> Iterator[data.Item]:
    try:
        for batch in batches:
            yield fabric.to_device(batch)
    except PhotoError as error:  # from a process that loads, torch brings it with its traceback, as one escaped line
        line = re.split(r"photochrom\.errors\.\w+: ", str(error))[-1]
        raise PhotoError(line.removesuffix("\\n")) from None


def _means(fabric: Fabric, names: Sequence[str], sums: Tensor, photos: int) -> dict[str, float]:
    everything = torch.cat((sums, sums.new_tensor([photos])))
    everything = fabric.all_reduce(everything, reduce_op="sum")  # type: ignore[assignment]
    return dict(zip(names, (everything[:-1] / everything[-1]).tolist(), strict=True))
