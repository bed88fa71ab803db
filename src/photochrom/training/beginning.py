"""What is decided before the first step, alike in all processes of a run: checkpoint, photographs and networks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
from photochrom.training.run_folder import LeftOut, RunFolder
from photochrom.training.spaces import SPACES
from photochrom.training.splitting import check_enough, digest, photographs, sizes
from photochrom.training.state import TrainState, set_up
from photochrom.training.usable import unusable

_COLORED, _COLORED_SIZE = 1500, 64  # photographs, and their size, from which color bins are learned
_CHECKED = 512  # photographs that a process checks before it tells the others
_KNOWN = 16  # shards whose indexes a process reads before it waits for the others
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
    training, validation = photographs(config, _in_step(fabric, listener))
    if fabric.world_size > 1:
        machines.check_alike(
            fabric,
            {
                "photographs": training.count + validation.count,
                "the digest of the photographs' names": digest(training, validation)[:16],
                "the digest of their sizes": sizes(training, validation)[:16],
            },
        )
    left_out = _left_out(config, (training, validation), run, begun, fabric, listener)
    training, validation = (part.without(left_out) for part in (training, validation))
    check_enough(config, training, validation)
    found = digest(training, validation)
    if begun and begun.photographs not in ("", found):
        raise RecipeError("data: not the photographs that the run began with; put them back, or start a new run")
    state = set_up(config, fabric, begun, lambda: _colors(config, training))
    if fabric.is_global_zero:
        run.begin(config, left_out)
        listener.line(
            f"{len(training)} photographs an epoch to train on and {validation.count} to validate with, "
            f"{len(left_out)} left out; precision {config.precision}, threads {torch.get_num_threads()}"
        )
    elif fabric.local_rank == 0:
        listener.line(f"rank {fabric.global_rank} of {fabric.world_size}; rank 0 writes the run's folder")
    return Beginning(state, training, validation, found, begun.history if begun else [])


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
    config: Config,
    parts: tuple[data.Photographs, ...],
    run: RunFolder,
    begun: Checkpoint | None,
    fabric: Fabric,
    listener: Listener,
) -> LeftOut:
    """The photographs that cannot be learned from: as the run's folder says, or checked now.

    A run of an earlier version, which has checked none, goes on with all of them.
    """
    known = fabric.broadcast(run.left_out(config))
    if known is not None or begun:
        return known or {}
    left_out: LeftOut = {}
    lines: list[str] = []
    total = sum(part.count for part in parts)
    done = 0
    for part in parts:
        reasons = _checked(part, fabric, _counting(listener, done, total))
        done += part.count
        names = dict(zip(reasons, part.only(list(reasons)).names(), strict=True))
        left_out |= {names[index]: reason for index, reason in reasons.items()}
        lines += [f"{part.place(index)}: left out, {reason}" for index, reason in reasons.items()]
    if fabric.is_global_zero:
        more = [f"and {len(lines) - _LISTED} more; the run's folder lists all"] if len(lines) > _LISTED else []
        for line in lines[:_LISTED] + more:
            listener.line(line)
    return left_out


def _checked(part: data.Photographs, fabric: Fabric, progress: Callable[[int], None]) -> dict[int, str]:
    """Those of ``part`` that cannot be learned from, in their order, with the reasons.

    Block by block, each rank its share, so that none waits long for the others.
    """
    reasons: dict[int, str] = {}
    ranks = fabric.world_size
    for first in range(0, part.count, _CHECKED * ranks):
        block = range(first, min(first + _CHECKED * ranks, part.count))
        # The other ranks are about as far with their shares.
        mine = unusable(part, block[fabric.global_rank :: ranks], partial(_further, progress, first, ranks))
        for theirs in machines.gathered(fabric, mine):
            reasons |= theirs
    return dict(sorted(reasons.items()))


def _further(progress: Callable[[int], None], before: int, ranks: int, done: int) -> None:
    progress(before + done * ranks)


def _counting(listener: Listener, before: int, total: int) -> Callable[[int], None]:
    """Tells ``listener`` how many photographs of all are checked, where ``before`` those of this part some were."""
    return lambda done: listener.photographs(min(before + done, total), total)


def _in_step(fabric: Fabric, listener: Listener) -> Callable[[int, int], None]:
    """Tells ``listener`` how many shards are known, and lets no process get far ahead of the others meanwhile."""

    def progress(done: int, total: int) -> None:
        listener.shards(done, total)
        if done % _KNOWN == 1:
            machines.check_alike(fabric, {"shards": total})

    return progress


def _colors(config: Config, training: data.Photographs) -> Tensor:
    return bins.colors_of(data.some(training, _COLORED, _COLORED_SIZE), SPACES[config.space])
