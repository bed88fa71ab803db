"""Photographs to train on, color photographs or side-by-side pairs, from a folder or shards, as batches of tensors.

What an item is depends on the seed, the epoch and its index alone, never on the order in which
items are asked for or on the number of workers; so a resumed run sees what an unbroken one would.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from photochrom.color import rgb_to_luma
from photochrom.photos.reading import inspect
from photochrom.training import order, simulated_hints
from photochrom.training.augment import age, center_square, random_square, resize
from photochrom.training.config import Config
from photochrom.training.order import Key, Keys
from photochrom.training.sources import Source

# luma (1, S, S) and rgb (3, S, S), float32 in [0, 1], and hints (3, S, S); batched: (N, 1, S, S) and so on
Item = tuple[Tensor, Tensor, Tensor]
Batches = DataLoader[Item]

_SOME = 16  # photographs that are asked for at the same time where no batch says how many


class Begun:
    """Batches of a ``loader`` whose processes load already, before the first batch is asked for: to be gone through
    once.
    """

    def __init__(self, loader: Batches) -> None:
        self.loader = loader
        self._batches = iter(loader)

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._batches)


@dataclass(frozen=True, eq=False)
class Group:
    """Photographs of one source, those with ``indices``, int64 (n,), and their share of an epoch."""

    source: Source
    indices: np.ndarray
    share: float

    @property
    def is_sorted(self) -> bool:
        """Whether they are in their source's order, not in that of their names."""
        return bool(np.all(self.indices[1:] > self.indices[:-1]))

    @property
    def blocks(self) -> np.ndarray:
        """Where the source's blocks begin among these photographs, and how many there are: int64 (b + 1,)."""
        if not self.is_sorted:
            return np.array([0, len(self.indices)])
        return np.searchsorted(self.indices, self.source.blocks)


@dataclass(frozen=True, eq=False)
class Photographs(Dataset[Item]):
    """Photographs as squares of ``size`` pixels: random ones to train on, the middle ones where not ``augment``.

    They are numbered from 0 on, group by group. Hints are zeros but for the share ``hints`` of training photographs;
    where that is above 0, photographs that are not augmented have those that validation gives.
    """

    groups: tuple[Group, ...]
    pairs: bool
    size: int
    augment: bool
    crop: float
    flip: bool
    film: float
    hints: float
    views: int | None
    seed: int

    def __len__(self) -> int:
        """How many photographs an epoch has."""
        return sum(self._quotas())

    @property
    def count(self) -> int:
        """How many photographs there are."""
        return sum(len(group.indices) for group in self.groups)

    def order(self, epoch: int) -> Keys:
        """The keys of an epoch's photographs, shuffled; without ``views`` each at most once."""
        return order.drawn([group.blocks for group in self.groups], self._quotas(), self.seed, epoch)

    def _quotas(self) -> list[int]:
        counts, shares = zip(*((len(group.indices), group.share) for group in self.groups), strict=True)
        return order.quotas(counts, shares, self.views)

    def names(self) -> Iterator[tuple[int, str]]:
        """The number of each photograph's source, and its name in it."""
        for number, group in enumerate(self.groups):
            if group.is_sorted:  # as millions are, whose names are not all held at once
                there = np.zeros(group.source.blocks[-1], bool)
                there[group.indices] = True
                yield from ((number, name) for name in compress(group.source.names(), there))
            else:
                names = list(group.source.names())
                yield from ((number, names[index]) for index in group.indices)

    def place(self, index: int) -> str:
        """What messages call a photograph."""
        group, inner = self._located(index)
        return group.source.place(inner)

    def contents(self, indices: Sequence[int]) -> list[Path | bytes]:
        """The files of some photographs, or what is in them. Raises `PhotoError`."""
        located = [self._located(index) for index in indices]
        found: dict[int, Path | bytes] = {}
        for group in self.groups:
            places = [place for place, (its, _) in enumerate(located) if its is group]
            if places:
                found |= zip(places, group.source.contents([located[place][1] for place in places]), strict=True)
        return [found[place] for place in range(len(indices))]

    def only(self, indices: Sequence[int]) -> "Photographs":
        """Some of the photographs, numbered anew."""
        located = [self._located(index) for index in indices]
        return self._with([np.array([inner for its, inner in located if its is one], np.int64) for one in self.groups])

    def without(self, left_out: Collection[tuple[int, str]]) -> "Photographs":
        """All but those of these names, as `names` has them; in their order, numbered anew."""
        kept = []
        for number, group in enumerate(self.groups):
            gone = {name for source, name in left_out if source == number}
            numbers = [index for index, name in enumerate(group.source.names()) if name in gone] if gone else []
            kept.append(group.indices[~np.isin(group.indices, numbers)])
        return self._with(kept)

    def _with(self, indices: list[np.ndarray]) -> "Photographs":
        parts = zip(self.groups, indices, strict=True)
        return replace(self, groups=tuple(replace(group, indices=part) for group, part in parts))

    def _located(self, index: int) -> tuple[Group, int]:
        for group in self.groups:
            if index < len(group.indices):
                return group, int(group.indices[index])
            index -= len(group.indices)
        raise IndexError(index)

    def __getitem__(self, key: Key) -> Item:
        (item,) = self.__getitems__([key])
        return item

    def __getitems__(self, keys: Sequence[Key]) -> list[Item]:
        """The items of a batch, whose files are asked for together: where they are far away, they come together."""
        contents = self.contents([key[1] for key in keys])
        return [self._item(key, content) for key, content in zip(keys, contents, strict=True)]

    def _item(self, key: Key, content: Path | bytes) -> Item:
        rgb_planes = inspect(content, name=self.place(key[1])).read_rgb()
        picture = np.ascontiguousarray(rgb_planes.transpose(1, 2, 0))
        half = picture.shape[1] // 2
        parts = [picture[:, half : 2 * half], picture[:, :half]] if self.pairs else [picture]
        height, width = parts[0].shape[:2]
        mirrored = False
        rng = np.random.default_rng((self.seed, *key))
        if self.augment:
            box = random_square(height, width, self.crop, rng)
            mirrored = self.flip and bool(rng.random() < 0.5)
        else:
            box = center_square(height, width)
        rgb, *gray = (_planes(resize(part, box, self.size), mirrored) for part in parts)
        luma = gray[0][:1] if self.pairs else rgb_to_luma(rgb)
        if self.augment and self.film and rng.random() < self.film:
            luma = torch.from_numpy(age(rgb.numpy(), rng))
        return luma, rgb, self._hints(rgb, rng)

    def _hints(self, rgb: Tensor, rng: np.random.Generator) -> Tensor:
        if not self.hints:
            return simulated_hints.nothing(rgb)
        return simulated_hints.simulate(rgb, self.hints, rng) if self.augment else simulated_hints.measured(rgb, rng)


def training_batches(dataset: Photographs, config: Config, epoch: int, rank: int = 0, ranks: int = 1) -> Batches:
    """One epoch of shuffled batches in its stage's size: this rank's share, of the same length on every rank."""
    keys = dataset.order(epoch)
    share = keys[: len(keys) - len(keys) % ranks][rank::ranks]
    size, batch = config.stage(epoch)
    return _loader(replace(dataset, size=size), share, batch, config.workers)


def validation_batches(dataset: Photographs, config: Config) -> Batches:
    """All of ``dataset`` in order and in the recipe's size, the same every time."""
    return _loader(dataset, order.in_order(dataset.count), config.batch, config.workers)


def some(dataset: Photographs, count: int, size: int) -> Iterator[Tensor]:
    """At most ``count`` of the photographs of an epoch, rgb (3, ``size``, ``size``) in [0, 1]: the same every time."""
    small = replace(dataset, size=size, film=0.0, hints=0.0)
    return (rgb for _, batch, _ in _loader(small, small.order(0)[:count], _SOME, 0) for rgb in batch)


def _loader(dataset: Photographs, keys: Keys, batch: int, workers: int) -> Batches:
    # The keys take the sampler's place: a worker is told the epoch with every index, so nothing has to be set.
    # Pinned memory is what a GPU fetches from while it computes.
    return DataLoader(dataset, batch, sampler=keys, num_workers=workers, pin_memory=torch.cuda.is_available())


def _planes(picture: np.ndarray, mirrored: bool) -> Tensor:
    """uint8 (H, W, 3) → float32 (3, H, W) in [0, 1]."""
    picture = picture[:, ::-1] if mirrored else picture
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))).float() / 255
