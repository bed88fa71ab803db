"""Checkpoints: one self-describing file that holds all that a run needs to go on, and all that an export needs."""

from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor, nn

from photochrom.atomic import replacing
from photochrom.errors import CheckpointError, RecipeError
from photochrom.training import generators
from photochrom.training.config import Config, from_dict, to_dict
from photochrom.training.discriminators import Discriminator, build_discriminator
from photochrom.training.generators.generator import Generator

FORMAT = 1
Row = dict[str, float]  # one epoch of metrics.csv


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after a whole number of epochs.

    ``generator`` and ``discriminator`` are state dicts, ``optimizers`` those of both optimizers in this
    order, and ``history`` has one row an epoch, so that a resumed run writes the same metrics.csv.
    ``average`` is the running mean of the generator's weights as torch's ``AveragedModel`` keeps it, if there is one.
    ``photographs`` is `data.digest` of those it trains on; checkpoints of earlier versions have none.
    """

    config: Config
    generator: dict[str, Tensor]
    discriminator: dict[str, Tensor]
    optimizers: list[dict[str, Any]]
    history: list[Row]
    average: dict[str, Tensor] | None = None
    photographs: str = ""


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write ``checkpoint`` to ``path``, complete or not at all."""
    content = {
        "format": FORMAT,
        "config": to_dict(checkpoint.config),
        "generator": checkpoint.generator,
        "discriminator": checkpoint.discriminator,
        "optimizers": checkpoint.optimizers,
        "history": checkpoint.history,
        "average": checkpoint.average,
        "photographs": checkpoint.photographs,
    }
    with replacing(path) as temporary:
        torch.save(content, temporary)


def load(path: Path) -> Checkpoint:
    """Read a checkpoint to the CPU; nothing in the file is executed. Raises `CheckpointError`."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file; a run folder holds best.pt and last.pt") from None
    except (OSError, RuntimeError, UnpicklingError, EOFError, ValueError) as error:
        raise CheckpointError(f"{path}: not a checkpoint ({' '.join(str(error).split())[:100]})") from None
    if not isinstance(content, dict) or "format" not in content or "config" not in content:
        raise CheckpointError(f"{path}: not a checkpoint of Photochrom")
    if content.pop("format") != FORMAT:
        raise CheckpointError(f"{path}: made by another version of Photochrom, whose format this one cannot read")
    try:
        return Checkpoint(**{**content, "config": from_dict(content["config"])})
    except (RecipeError, TypeError) as error:
        raise CheckpointError(f"{path}: does not fit this version of Photochrom ({error})") from None


def load_generator(checkpoint: Checkpoint) -> Generator:
    """The generator of ``checkpoint``, in eval mode: its running mean if it has one. Every weight must fit.

    Raises `CheckpointError`.
    """
    generator = generators.of_recipe(checkpoint.config)
    _fill(generator, _weights(checkpoint), "weights do")
    return generator.eval()


def load_discriminator(checkpoint: Checkpoint) -> Discriminator | None:
    """The discriminator of ``checkpoint``, in eval mode; None where the run had none. Every weight must fit.

    Raises `CheckpointError`.
    """
    config = checkpoint.config
    if config.discriminator == "none":
        return None
    discriminator = build_discriminator(config.space, config.patch, config.norm, config.spectral, config.scales)
    _fill(discriminator, checkpoint.discriminator, "discriminator does")
    return discriminator.eval()


def _fill(network: nn.Module, weights: dict[str, Tensor], what: str) -> None:
    try:
        network.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(f"the checkpoint's {what} not fit its own recipe: {reason}") from None


def _weights(checkpoint: Checkpoint) -> dict[str, Tensor]:
    if checkpoint.average is None:
        return checkpoint.generator
    prefix = "module."  # beside the weights, `AveragedModel` counts its updates
    return {name.removeprefix(prefix): value for name, value in checkpoint.average.items() if name.startswith(prefix)}
