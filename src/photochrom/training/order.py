"""In which order an epoch goes through photographs: a function of the seed and the epoch alone.

Ten million photographs in shards are gone through shard by shard, in another order each epoch, and shuffled inside a
window of several shards: so a disk or a store of objects is read where it was just read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

# Epoch and index; and where a photograph comes again in an epoch, how often it has been there.
Key = tuple[int, ...]

WINDOW = 50_000  # photographs that are shuffled together at least


@dataclass(frozen=True, eq=False)
class Keys(Sequence[Key]):
    """The keys of an epoch's photographs, as arrays: 12 bytes each, where tuples would take 150.

    ``indices`` is int64 (n,), ``times`` int32 (n,): how often the photograph has been there before.
    """

    epoch: int
    indices: np.ndarray
    times: np.ndarray

    def __len__(self) -> int:
        """How many photographs the epoch has, each as often as it comes."""
        return len(self.indices)

    @overload
    def __getitem__(self, place: int) -> Key: ...
    @overload
    def __getitem__(self, place: slice) -> "Keys": ...
    def __getitem__(self, place: int | slice) -> "Key | Keys":
        """One key, or those of a part."""
        if isinstance(place, slice):
            return Keys(self.epoch, self.indices[place], self.times[place])
        index, times = int(self.indices[place]), int(self.times[place])
        return (self.epoch, index, times) if times else (self.epoch, index)

    def __iter__(self) -> Iterator[Key]:
        """The keys one after another."""
        return (self[place] for place in range(len(self)))


def in_order(count: int) -> Keys:
    """The keys of ``count`` photographs as they are."""
    return Keys(0, np.arange(count), np.zeros(count, np.int32))


def quotas(counts: Sequence[int], shares: Sequence[float], views: int | None) -> list[int]:
    """How many photographs of each group an epoch has; without ``views``, none has more than are there."""
    if views is not None:
        return [max(1, round(share * views)) for share in shares]
    length = min(count / share for count, share in zip(counts, shares, strict=True))
    return [min(count, max(1, round(share * length))) for count, share in zip(counts, shares, strict=True)]


def drawn(groups: Sequence[np.ndarray], wanted: Sequence[int], seed: int, epoch: int) -> Keys:
    """The keys of an epoch: ``wanted`` photographs of each of ``groups``, shuffled.

    A group is told by its blocks, int64 (b + 1,): where each begins among the group's photographs, and their number.
    All of a group come before one comes again.
    """
    rng = np.random.default_rng((seed, epoch))
    if len(groups) == 1 and wanted[0] == groups[0][-1]:
        indices = shuffled(groups[0], rng)
        return Keys(epoch, indices, np.zeros(len(indices), np.int32))
    parts, start = [], 0
    for blocks, quota in zip(groups, wanted, strict=True):
        rounds = [start + shuffled(blocks, rng) for _ in range(-(-quota // blocks[-1]))]
        parts.append(np.concatenate(rounds)[:quota])
        start += blocks[-1]
    indices = _mixed(parts, rng) if any(map(_has_windows, groups)) else rng.permutation(np.concatenate(parts))
    return Keys(epoch, indices, _times(indices))


def shuffled(blocks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The numbers below ``blocks[-1]``, shuffled: int64 (n,).

    Where there are several blocks and many numbers, first the blocks and then what is in each window of them: what
    comes within a window's length comes from few blocks.
    """
    if not _has_windows(blocks):
        return rng.permutation(blocks[-1])
    parts: list[np.ndarray] = []
    window: list[np.ndarray] = []
    for block in rng.permutation(len(blocks) - 1):
        window.append(np.arange(blocks[block], blocks[block + 1]))
        if sum(map(len, window)) >= WINDOW:
            parts.append(rng.permutation(np.concatenate(window)))
            window = []
    return np.concatenate([*parts, rng.permutation(np.concatenate(window)) if window else np.arange(0)])


def _has_windows(blocks: np.ndarray) -> bool:
    return len(blocks) > 2 and int(blocks[-1]) > WINDOW


def _mixed(parts: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """All of ``parts``, at random places, but each in its own order: that keeps together what is in a window."""
    labels = rng.permutation(np.repeat(np.arange(len(parts)), [len(part) for part in parts]))
    mixed = np.empty(len(labels), np.int64)
    for label, part in enumerate(parts):
        mixed[labels == label] = part
    return mixed


def _times(indices: np.ndarray) -> np.ndarray:
    """How often each of ``indices`` has been there before: int32 (n,)."""
    places = np.argsort(indices, kind="stable")
    values = indices[places]
    first = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    times = np.empty(len(indices), np.int32)
    times[places] = np.arange(len(indices)) - np.repeat(first, np.diff(np.r_[first, len(indices)]))
    return times
