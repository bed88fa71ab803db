"""How many threads a run computes with on the CPU, where the recipe leaves it open, and an evaluation."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from photochrom.model import cores
from photochrom.training.config import Config
from photochrom.training.generators import of_recipe
from photochrom.training.spaces import SPACES

_ROUNDS = 3
_GAIN = 0.9  # more threads must take at most this share of the time, else the core is left to others


def choose(config: Config) -> int | None:
    """The recipe's threads, and for ``auto`` what pays here; None leaves it to PyTorch.

    Threads of PyTorch wait for each other. On a machine whose cores are busy with something else, two can take many
    times as long as one, so a step of the recipe's generator is timed with each number. Not measured where a GPU
    computes, where several processes do, or where ``$OMP_NUM_THREADS`` says it. A run keeps what it began with: its
    folder holds the resolved recipe.
    """
    if isinstance(config.threads, int):
        return min(config.threads, cores())
    elsewhere = config.accelerator not in ("auto", "cpu") or (config.accelerator == "auto" and _has_accelerator())
    if elsewhere or config.several_processes or os.environ.get("OMP_NUM_THREADS"):
        return None
    if len(_candidates()) == 1:
        return 1
    before = torch.get_num_threads()
    try:
        return fastest(_candidates(), _step(config))
    finally:
        torch.set_num_threads(before)


@contextmanager
def best_for(step: Callable[[], object]) -> Iterator[None]:
    """Compute with as many threads as pay for ``step``, unless ``$OMP_NUM_THREADS`` says how many; then as before."""
    before = torch.get_num_threads()
    try:
        if not os.environ.get("OMP_NUM_THREADS"):
            torch.set_num_threads(fastest(_candidates(), step))
        yield
    finally:
        torch.set_num_threads(before)


def _candidates() -> list[int]:
    """1, 2, 4 and so on up to the number of cores, and that."""
    return [2**power for power in range(cores().bit_length()) if 2**power < cores()] + [cores()]


def fastest(candidates: list[int], step: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> int:
    """Which number of threads is worth it: more of them must save at least a tenth of the time."""
    taken: dict[int, list[float]] = {count: [] for count in candidates}
    step()  # the first allocates memory and chooses algorithms
    for _ in range(_ROUNDS):  # by turns, so that what else runs on the machine meets all of them
        for count in candidates:
            torch.set_num_threads(count)
            began = clock()
            step()
            taken[count].append(clock() - began)
    chosen, *more = candidates
    for count in more:
        if statistics.median(taken[count]) < _GAIN * statistics.median(taken[chosen]):
            chosen = count
    return chosen


def _step(config: Config) -> Callable[[], None]:
    """A function that takes one step of the recipe's generator, without learning."""
    size, batch = config.stage(0)
    generator = of_recipe(config).train()
    generator = generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    condition = torch.rand(min(batch, 4), SPACES[config.space].in_channels, size, size)

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=config.precision == "bf16-mixed"):
            made = generator(condition)
        made.float().square().mean().backward()

    return step


def _has_accelerator() -> bool:
    return torch.cuda.is_available() or torch.backends.mps.is_available()
