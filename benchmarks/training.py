"""What a photograph costs in training by each recipe: processor time, against the first recipe's.

    python benchmarks/training.py recipes/ablations/baseline.yaml recipes/ablations/no-discriminator.yaml ...

Each trains from its beginning for some steps, at each of its sizes, on one thread, and is stopped. Loading, both
networks and their optimizers are counted; validation and what an epoch leaves behind are not.
"""

import argparse
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import torch

from photochrom.training.config import Config, from_yaml
from photochrom.training.loop import start

_STEPS, _WARM = 45, 4  # the first are slower, and not counted


class _EnoughError(Exception):
    """Stops a training that has been timed."""


def main() -> None:
    """Print a row for each recipe and size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipes", nargs="+", type=Path)
    parser.add_argument("--set", action="append", default=[], help="key=value, in place of what the recipes say")
    given = parser.parse_args()
    torch.set_num_threads(1)
    first = 0.0
    for recipe in given.recipes:
        config = from_yaml(recipe, given.set)
        for size, batch in dict.fromkeys(config.stage(epoch) for epoch in range(config.epochs)):
            taken = _a_photograph(replace(config, stages=[], size=size, batch=batch))
            first = first or taken
            print(f"{recipe.stem} at {size}: {1000 * taken:.1f} ms, {taken / first:.2f} times the first", flush=True)


def _a_photograph(config: Config) -> float:
    """Seconds of processor time for each photograph."""
    ends: list[float] = []

    def note(done: float, total: int, line: str) -> None:
        ends.append(time.process_time())
        if len(ends) == _STEPS:
            raise _EnoughError

    with tempfile.TemporaryDirectory() as folder, suppress(_EnoughError):
        start(replace(config, workers=0), Path(folder) / "run", note)
    return (ends[-1] - ends[_WARM]) / (len(ends) - 1 - _WARM) / config.batch


if __name__ == "__main__":
    main()
