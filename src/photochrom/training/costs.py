"""What each generator costs: parameters, multiply-adds, milliseconds."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from photochrom.training.generators import GENERATORS

_SIDE = 256  # pixels of the picture that is counted and timed


@dataclass(frozen=True)
class Cost:
    """A generator at its default width: ``multiply_adds`` and ``milliseconds`` for one 256×256 picture."""

    name: str
    parameters: int
    multiply_adds: int
    milliseconds: float | None
    paper: str


def costs(timed: bool) -> list[Cost]:
    """The cost of every generator; ``timed`` runs each on this machine's CPU, a few times, and takes the median."""
    return [_cost(name, build, timed) for name, build in GENERATORS.items()]


@torch.no_grad()
def _cost(name: str, build: Callable[[], nn.Module], timed: bool) -> Cost:
    with torch.device("meta"):  # shapes alone are counted: nothing is computed, and no weight is held
        network, counter = build().eval(), FlopCounterMode(display=False)
        with counter:
            network(torch.zeros(1, 1, _SIDE, _SIDE))
    return Cost(
        name,
        parameters=sum(weight.numel() for weight in network.parameters()),
        multiply_adds=counter.get_total_flops() // 2,
        milliseconds=_milliseconds(build().eval()) if timed else None,
        paper=_paper(network),
    )


def _milliseconds(network: nn.Module) -> float:
    picture, seconds = torch.zeros(1, 1, _SIDE, _SIDE), []
    for _ in range(4):
        began = time.perf_counter()
        network(picture)
        seconds.append(time.perf_counter() - began)
    return 1000 * statistics.median(seconds[1:])  # the first one warms up


def _paper(network: nn.Module) -> str:
    """The first line of the network's file, which cites its paper."""
    return (sys.modules[network.__module__].__doc__ or "").partition("\n")[0]
