"""Photographs to train on: a folder of color photographs, or of side-by-side pairs, as batches of tensors.

What an item is depends on the seed, the epoch and its index alone, never on the order in which
items are asked for or on the number of workers; so a resumed run sees what an unbroken one would.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from photochrom.batch.finding import find
from photochrom.color import rgb_to_luma
from photochrom.errors import RecipeError
from photochrom.photos.reading import read_rgb
from photochrom.training import simulated_hints
from photochrom.training.augment import age, center_square, random_square, resize
from photochrom.training.config import Config

# Epoch and index; and where a photograph comes again in an epoch, how often it has been there.
Key = tuple[int, ...]
# luma (1, S, S) and rgb (3, S, S), float32 in [0, 1], and hints (3, S, S); batched: (N, 1, S, S) and so on
Item = tuple[Tensor, Tensor, Tensor]
Batches = DataLoader[Item]


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


@dataclass(frozen=True)
class Photographs(Dataset[Item]):
    """Photographs as squares of ``size`` pixels: random ones to train on, the middle ones where not ``augment``.

    ``groups`` is what ``paths`` consists of, folder by folder: how many photographs, and their share of an epoch.
    Hints are zeros but for the share ``hints`` of training photographs; where that is above 0, photographs that are not
    augmented have those that validation gives.
    """

    paths: tuple[Path, ...]
    groups: tuple[tuple[int, float], ...]
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

    def order(self, epoch: int) -> list[Key]:
        """The keys of an epoch's photographs, shuffled; without ``views`` each at most once."""
        rng = np.random.default_rng((self.seed, epoch))
        if len(self.groups) == 1 and self.views is None:
            return [(epoch, int(index)) for index in rng.permutation(len(self.paths))]
        drawn, start = [], 0
        for (count, _), quota in zip(self.groups, self._quotas(), strict=True):
            rounds = [start + rng.permutation(count) for _ in range(-(-quota // count))]
            drawn.append(np.concatenate(rounds)[:quota])
            start += count
        seen: Counter[int] = Counter()
        keys: list[Key] = []
        for index in map(int, rng.permutation(np.concatenate(drawn))):
            keys.append((epoch, index, seen[index]) if seen[index] else (epoch, index))
            seen[index] += 1
        return keys

    def _quotas(self) -> list[int]:
        if self.views is not None:
            return [max(1, round(share * self.views)) for _, share in self.groups]
        length = min(count / share for count, share in self.groups)
        return [min(count, max(1, round(share * length))) for count, share in self.groups]

    def __getitem__(self, key: Key) -> Item:
        picture = np.ascontiguousarray(read_rgb(self.paths[key[1]]).transpose(1, 2, 0))
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


def folders_of(config: Config) -> dict[Path, float]:
    """The folders of a recipe, each with its share of an epoch."""
    shares = config.data if isinstance(config.data, dict) else {config.data: 1.0}
    return {Path(name): share for name, share in shares.items()}


def photographs(config: Config, left_out: Collection[Path] = ()) -> tuple[Photographs, Photographs]:
    """The training and the validation photographs of a recipe. Raises `RecipeError` where there are too few.

    Those in ``left_out`` are missing in both; where the others go does not depend on it.
    """
    shares = folders_of(config)
    folders = list(shares)
    for folder in folders:
        if not folder.is_dir():
            raise RecipeError(f"data: no such folder: {folder}")
    pairs = _has_pairs(folders[0])
    if any(_has_pairs(folder) != pairs for folder in folders):
        raise RecipeError("data: folders of photographs and folders of pairs cannot be mixed")
    parts = [
        [[path for path in side if path not in left_out] for side in _split(folder, config, pairs)]
        for folder in folders
    ]
    for folder, (train, validation) in zip(folders, parts, strict=True):
        if not train or not validation:
            raise RecipeError(
                f"data: {len(train)} photographs to train on and {len(validation)} to validate in {folder}"
            )
    for_training, for_validation = (
        Photographs(
            tuple(path for part in side for path in part),
            tuple((len(part), share) for part, share in zip(side, shares.values(), strict=True)),
            pairs, config.size, augment, config.crop, config.flip, config.film, config.hints, config.views, config.seed,
        )
        for side, augment in zip(zip(*parts, strict=True), (True, False), strict=True)
    )  # fmt: skip
    return for_training, for_validation


def digest(training: Photographs, validation: Photographs) -> str:
    """sha256 of the names of the photographs in both parts: a run that goes on must find what it began with."""
    names = [[path.name for path in part.paths] for part in (training, validation)]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def training_batches(dataset: Photographs, config: Config, epoch: int, rank: int = 0, ranks: int = 1) -> Batches:
    """One epoch of shuffled batches in its stage's size: this rank's share, of the same length on every rank."""
    order = dataset.order(epoch)
    share = order[: len(order) - len(order) % ranks][rank::ranks]
    size, batch = config.stage(epoch)
    return _loader(replace(dataset, size=size), share, batch, config.workers)


def validation_batches(dataset: Photographs, config: Config) -> Batches:
    """All of ``dataset`` in order and in the recipe's size, the same every time."""
    return _loader(dataset, [(0, index) for index in range(len(dataset.paths))], config.batch, config.workers)


def some(dataset: Photographs, count: int, size: int) -> Iterator[Tensor]:
    """At most ``count`` of the photographs of an epoch, rgb (3, ``size``, ``size``) in [0, 1]: the same every time."""
    small = replace(dataset, size=size, film=0.0, hints=0.0)
    return (small[key][1] for key in small.order(0)[:count])


def _loader(dataset: Photographs, keys: list[Key], batch: int, workers: int) -> Batches:
    # The keys take the sampler's place: a worker is told the epoch with every index, so nothing has to be set.
    # Pinned memory is what a GPU fetches from while it computes.
    return DataLoader(dataset, batch, sampler=keys, num_workers=workers, pin_memory=torch.cuda.is_available())


def _has_pairs(folder: Path) -> bool:
    return (folder / "manifest.json").is_file()  # `photochrom prepare` made it, and has split it


def _split(folder: Path, config: Config, pairs: bool) -> tuple[list[Path], list[Path]]:
    """The photographs of ``folder`` to train on and to validate with."""
    if pairs:
        return _named(find(folder / "train"), config), _named(find(folder / "val"), config)
    paths = _named(find(folder), config)
    order = np.random.default_rng(config.seed).permutation(len(paths))
    count = max(1, round(len(paths) * config.validation))
    validation, train = ([paths[i] for i in sorted(part)] for part in (order[:count], order[count:]))
    return train, validation


def _planes(picture: np.ndarray, mirrored: bool) -> Tensor:
    """uint8 (H, W, 3) → float32 (3, H, W) in [0, 1]."""
    picture = picture[:, ::-1] if mirrored else picture
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))).float() / 255


def _named(paths: list[Path], config: Config) -> list[Path]:
    """``paths``, limited to the recipe's file of names if it has one."""
    if config.names is None:
        return paths
    try:
        wanted = list(_lines(Path(config.names)))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise RecipeError(f"names: {config.names} cannot be read ({reason})") from None
    by_name = {path.name: path for path in paths}
    folder = Path(str(config.data))
    everywhere = {path.name for path in find(folder)} if _has_pairs(folder) else by_name.keys()
    if missing := [name for name in wanted if name not in everywhere]:
        raise RecipeError(f"names: {len(missing)} of them are not in {config.data}, the first is {missing[0]}")
    return [by_name[name] for name in sorted(set(wanted)) if name in by_name]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if name := line.strip():
            yield name
