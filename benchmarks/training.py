"""How many photographs a second training sees by each recipe, on one core and on two, against the first recipe.

    python benchmarks/training.py recipes/ablations/baseline.yaml recipes/ablations/no-discriminator.yaml ...

Each trains from its beginning for some steps, at each of its sizes, with and without its perceptual term, and is
stopped. Loading, both networks and their optimizers are counted; validation and what an epoch leaves behind are not.
Only as many photographs are looked at as these steps take, drawn evenly from the recipe's folders. A whole run is made
of its epochs: so many at each size, with and without the term. The fastest step counts, on one core by its processor
time, since what else the machine does makes steps slower. For two cores it should do nothing else.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from photochrom.training.config import Config, from_yaml
from photochrom.training.loop import start
from photochrom.training.sources import Folder
from photochrom.training.splitting import photographs

_WARM = 2  # steps that are slower, and not counted
_WAYS = {
    "one core": {"threads": 1, "workers": 0},
    "two, one loads": {"threads": 1, "workers": 1},
    "two, both compute": {"threads": 2, "workers": 0},
}


@dataclass(frozen=True)
class Part:
    """Epochs of a run that are alike: the ``size`` and ``batch`` of their steps, and whether they look at pictures."""

    size: int
    batch: int
    perceptual: bool

    def of(self, config: Config) -> Config:
        """The recipe as if it were like that from its beginning on."""
        alike = replace(config, stages=[], size=self.size, batch=self.batch, perceptual_from=0.0)
        return (
            alike
            if self.perceptual
            else replace(alike, lambda_perceptual=0.0, perceptual_weights=None, perceptual_every=1)
        )

    def __str__(self) -> str:
        return f"at {self.size}{', perceptual' if self.perceptual else ''}"


class _EnoughError(Exception):
    """Stops a training that has been timed."""


def main() -> None:
    """Print a row for each part of each recipe, and one for the whole run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipes", nargs="+", type=Path)
    parser.add_argument("--set", action="append", default=[], help="key=value, in place of what the recipes say")
    parser.add_argument("--ways", nargs="+", choices=_WAYS, default=list(_WAYS), help="how the cores are used")
    parser.add_argument("--steps", type=int, default=20, help="that are timed, of each part")
    parser.add_argument("--batch", type=int, help="photographs a step, in place of what the recipes say")
    given = parser.parse_args()
    first: dict[str, float] = {}
    for recipe in given.recipes:
        config = from_yaml(recipe, given.set)
        seconds: Counter[str] = Counter()
        for part, share in parts(config).items():
            timed = replace(part, batch=given.batch or part.batch)
            taken = {way: a_photograph(timed.of(config), given.steps, _WAYS[way]) for way in given.ways}
            print(_row(f"{recipe.stem} {part}", taken), flush=True)
            seconds.update({way: share * one for way, one in taken.items()})
        first = first or dict(seconds)
        print(_row(f"{recipe.stem}, the whole run", seconds, first), flush=True)


def parts(config: Config) -> dict[Part, float]:
    """What a run consists of, with the share of its epochs that each part has."""
    shares: Counter[Part] = Counter()
    for epoch in range(config.epochs):
        size, batch = config.stage(epoch)
        begins = config.perceptual_from * config.epochs if config.lambda_perceptual else config.epochs
        without = min(1.0, max(0.0, begins - epoch))
        shares[Part(size, batch, False)] += without / config.epochs
        shares[Part(size, batch, True)] += (1 - without) / config.epochs
    return {part: share for part, share in shares.items() if share}


def a_photograph(config: Config, steps: int, way: dict[str, int]) -> float:
    """Seconds that a photograph takes."""
    every = config.perceptual_every  # of so many steps, one is dearer
    wanted = every * -(-(_WARM + steps) // every)
    ends: list[float] = []
    clock = time.process_time if way == _WAYS["one core"] else time.perf_counter

    def note(done: float, total: int, line: str) -> None:
        ends.append(clock())
        if len(ends) == wanted:
            raise _EnoughError

    with tempfile.TemporaryDirectory() as folder, suppress(_EnoughError):
        some = drawn(config, wanted * config.batch, Path(folder, "photographs"))
        start(replace(some, epochs=1, **way), Path(folder, "run"), note)
    ends = ends[_WARM - 1 :: every]
    return min(after - before for before, after in pairwise(ends)) / every / config.batch


def drawn(config: Config, count: int, folder: Path) -> Config:
    """The recipe with ``count`` photographs an epoch, and no more at hand than these: ``folder`` gets links to them.

    Pairs and shards are taken as they are.
    """
    training, _ = photographs(config)
    if training.pairs or not all(isinstance(chosen.source, Folder) for chosen in training.groups):
        return replace(config, views=count)
    shares = {}
    for chosen in training.groups:
        group, there, share = chosen.source.contents(chosen.indices), len(chosen.indices), chosen.share
        place = folder / str(len(shares))
        place.mkdir(parents=True)
        wanted = min(there, round(share * count / (1 - config.validation)) + 2)
        for number in range(wanted):
            source = group[number * there // wanted].resolve()
            (place / f"{number:06}{source.suffix}").symlink_to(source)
        shares[str(place)] = share
    return replace(config, data=shares, names=None, views=count)


def _row(what: str, taken: Mapping[str, float], first: Mapping[str, float] | None = None) -> str:
    told = []
    for way, seconds in taken.items():
        against = f", {first[way] / seconds:.2f} times the first" if first else ""
        told.append(f"{way} {1 / seconds:.1f} a second{against}")
    return f"{what}: {'; '.join(told)}"


if __name__ == "__main__":
    main()
