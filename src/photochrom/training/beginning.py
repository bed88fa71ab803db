"""What is decided before the first step, alike in all processes of a run: checkpoint, photographs and networks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor

from photochrom.atomic import clear_leftovers
from photochrom.errors import RecipeError
from photochrom.training import bins, data, machines
from photochrom.training import checkpoint as checkpoints
from photochrom.training.checkpoint import Checkpoint, Row
from photochrom.training.config import Config
from photochrom.training.listener import Listener
from photochrom.training.run_folder import RunFolder
from photochrom.training.spaces import SPACES
from photochrom.training.state import TrainState, set_up
from photochrom.training.usable import unusable

_COLORED, _COLORED_SIZE = 1500, 64  # photographs, and their size, from which color bins are learned
_CHECKED = 512  # photographs that a process checks before it tells the others
_LISTED = 20  # photographs that are left out are told one by one up to this number


@dataclass(frozen=True)
class Beginning:
    """What a run begins with or goes on from: networks, photographs with their digest, and the epochs that are done."""

    state: TrainState
    training: data.Photographs
    validation: data.Photographs
    digest: str
    history: list[Row]


def begin(config: Config, run: RunFolder, fabric: Fabric, listener: Listener) -> Beginning:
    """Begin ``config`` in the folder ``run``, or go on from its last checkpoint. Raises `RecipeError`."""
    machines.check_alike(fabric, machines.asked_for(config))
    begun = _begun(run, fabric)
    left_out = _left_out(config, run, begun, fabric, listener)
    training, validation = data.photographs(config, left_out)
    digest = data.digest(training, validation)
    machines.check_alike(fabric, {"data": digest})
    if begun and begun.photographs not in ("", digest):
        raise RecipeError("data: not the photographs that the run began with; put them back, or start a new run")
    state = set_up(config, fabric, begun, lambda: _colors(config, training))
    if fabric.is_global_zero:
        run.begin(config, left_out)
        listener.line(
            f"{len(training)} photographs an epoch to train on and {len(validation.paths)} to validate with, "
            f"{len(left_out)} left out; precision {config.precision}, threads {torch.get_num_threads()}"
        )
    elif fabric.local_rank == 0:
        listener.line(f"rank {fabric.global_rank} of {fabric.world_size}; rank 0 writes the run's folder")
    return Beginning(state, training, validation, digest, begun.history if begun else [])


def _begun(run: RunFolder, fabric: Fabric) -> Checkpoint | None:
    """The checkpoint that the run goes on from, in all processes that which rank 0 has. Raises `RecipeError`.

    The others need no disk that they share with it.
    """
    first, *others = machines.gathered(fabric, run.last.exists())
    if not first and any(others):
        raise RecipeError(
            f"{run.path}: rank {others.index(True) + 1} has a checkpoint there, but rank 0 has none; let that machine "
            "be the first, or copy the folder to the first"
        )
    begun = None
    if fabric.is_global_zero and first:
        clear_leftovers(run.path)
        begun = checkpoints.load(run.last)
    return fabric.broadcast(begun)


def _left_out(
    config: Config, run: RunFolder, begun: Checkpoint | None, fabric: Fabric, listener: Listener
) -> dict[Path, str]:
    """The photographs that cannot be learned from, each with the reason: as the run's folder says, or checked now.

    A run of an earlier version, which has checked none, goes on with all of them.
    """
    known = fabric.broadcast(run.left_out(config))
    if known is not None or begun:
        return known or {}
    found: dict[Path, str] = {}
    training, validation = data.photographs(config)
    paths, ranks = [*training.paths, *validation.paths], fabric.world_size
    # Block by block, each rank its share, so that none waits long for the others.
    for first in range(0, len(paths), _CHECKED * ranks):
        mine = paths[first : first + _CHECKED * ranks][fabric.global_rank :: ranks]
        checked = unusable(mine, _counting(listener, first, len(paths), ranks))
        for theirs in machines.gathered(fabric, checked):
            found |= theirs
    if fabric.is_global_zero:
        for path, reason in list(found.items())[:_LISTED]:
            listener.line(f"{path}: left out, {reason}")
        if len(found) > _LISTED:
            listener.line(f"and {len(found) - _LISTED} more; the run's folder lists all")
    return found


def _counting(listener: Listener, before: int, total: int, ranks: int) -> Callable[[int, int], None]:
    """Tells ``listener`` how many photographs are checked: the other ranks are about as far with their shares."""
    return lambda done, _: listener.photographs(min(before + done * ranks, total), total)


def _colors(config: Config, training: data.Photographs) -> Tensor:
    return bins.colors_of(data.some(training, _COLORED, _COLORED_SIZE), SPACES[config.space])
