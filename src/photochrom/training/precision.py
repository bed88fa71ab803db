"""In which precision a run computes, where the recipe leaves it open."""

import time
from collections.abc import Callable

import torch
from torch import nn

from photochrom.training.config import Config

_WARM, _TIMED = 2, 5
_GAIN = 1.1  # bf16 must be this much faster to pay for its rounding


def choose(config: Config) -> str:
    """The recipe's precision, and for ``auto`` what pays here.

    A GPU says whether it multiplies bf16. Processors say it by many names, and not all that do are faster by it, so a
    step of a small network is timed in both, on one thread: several wait for each other where other work goes on, and
    that is what would be timed. A run keeps what it began with: its folder holds the resolved recipe. Several processes
    must all take the same, which a measurement in each would not make sure of: on processors, they take float32.
    """
    if config.precision != "auto":
        return config.precision
    if config.accelerator in ("auto", "cuda", "gpu") and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported(including_emulation=False) else "32-true"
    if config.several_processes:
        return "32-true"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return "bf16-mixed" if _seconds(torch.float32) > _GAIN * _seconds(torch.bfloat16) else "32-true"
    finally:
        torch.set_num_threads(threads)


def _seconds(dtype: torch.dtype, clock: Callable[[], float] = time.process_time) -> float:
    """Processor time of a training step of a few layers such as the generators have."""
    layers = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1))
    layers = layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    picture = torch.zeros(4, 32, 64, 64).to(memory_format=torch.channels_last)
    taken = []
    for _ in range(_WARM + _TIMED):
        began = clock()
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            made = layers(picture)
        made.float().square().mean().backward()
        taken.append(clock() - began)
    return min(taken[_WARM:])
