"""How many photographs a second are loaded from shards, against their folder, and what ten million would take.

    python benchmarks/shards.py FOLDER [--size 128] [--photographs 400] [--millions 10]

Some photographs of FOLDER are packed. An epoch of squares is loaded from the folder and from the shards by turns, in
one process; the fastest counts, by processor time. Then as many photographs as asked for are made up, in shards of
10,000 and with names of 20 characters. What a run keeps of them in memory is measured, and how long it takes to put an
epoch in order.
"""

import argparse
import shutil
import tempfile
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np

from photochrom.batch.finding import find
from photochrom.training.config import Config, from_dict
from photochrom.training.data import Group, Photographs, training_batches
from photochrom.training.packing import pack
from photochrom.training.shards import Shards
from photochrom.training.splitting import _split, digest, photographs

_ROUNDS, _PER_SHARD = 3, 10_000


def main() -> None:
    """Print the rates and their ratio, and what so many millions take."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=128, help="of the squares, in pixels")
    parser.add_argument("--photographs", type=int, default=400, help="that are loaded from both")
    parser.add_argument("--millions", type=float, default=10, help="of photographs that are made up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        some = Path(folder, "photographs")
        some.mkdir()
        for number, path in enumerate(find(given.folder)[: given.photographs]):
            shutil.copy(path, some / f"{number:05}{path.suffix}")
        wheres = {"folder": str(some), "shards": pack(some, f"{folder}/shards", per_shard=100)}
        recipes = {name: _recipe(where, given.size) for name, where in wheres.items()}
        rounds = [{name: _epoch(recipe) for name, recipe in recipes.items()} for _ in range(_ROUNDS)]
        like, _ = photographs(recipes["shards"])
    seconds = {name: min(each[name] for each in rounds) for name in wheres}
    for name, taken in seconds.items():
        print(f"{name}: {1 / taken:.0f} photographs a second")
    print(f"shards against the folder: {seconds['folder'] / seconds['shards']:.2f}")
    _make_up(round(given.millions * 1e6), recipes["shards"], like)


def _recipe(where: str, size: int) -> Config:
    return from_dict({"data": where, "size": size, "workers": 0, "validation": 0.01})


def _epoch(config: Config) -> float:
    """Seconds of processor time that a photograph of an epoch takes."""
    training, _ = photographs(config)
    began = time.process_time()
    loaded = sum(len(luma) for luma, _, _ in training_batches(training, config, 0))
    return (time.process_time() - began) / loaded


def _make_up(count: int, config: Config, like: Photographs) -> None:
    """Print what ``count`` photographs in shards take before and in an epoch."""
    text = b"".join(b"photograph%010d\0" % number for number in range(count))
    blocks = np.append(np.arange(0, count, _PER_SHARD), count)
    made = Shards(
        tuple(f"s3://bucket/{number:05}.tar" for number in range(len(blocks) - 1)),
        blocks,
        np.arange(count),
        np.full(count, 100_000),
        text,
        np.flatnonzero(np.frombuffer(text, np.uint8) == 0),
    )
    held = len(text) + sum(part.nbytes for part in (made.offsets, made.lengths, made.ends))
    tracemalloc.start()
    began = time.perf_counter()
    training, validation = (replace(like, groups=(Group(made, part, 1.0),)) for part in _split(made, config))
    split = time.perf_counter() - began
    began = time.perf_counter()
    order = training.order(0)
    ordered = time.perf_counter() - began
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{count / 1e6:g} million: {held / 1e6:.0f} MB of indexes, {kept / 1e6:.0f} MB of split and order")
    print(
        f"  {peak / 1e6:.0f} MB of these for a moment; split in {split:.1f} s, an epoch put in order in {ordered:.1f} s"
    )
    print(f"  shards that 1,000 photographs one after another come from: {_shards_of(training, order.indices)}")
    began = time.perf_counter()
    digest(training, validation)
    print(f"  the names of all made a digest in {time.perf_counter() - began:.1f} s")


def _shards_of(training: Photographs, order: np.ndarray) -> int:
    (group,) = training.groups
    middle = group.indices[order[len(order) // 2 :][:1000]]
    return len(set((middle // _PER_SHARD).tolist()))


if __name__ == "__main__":
    main()
