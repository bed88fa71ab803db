"""Where photographs to train on lie: a folder of them, or shards. Both are asked the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from photochrom.batch.finding import find
from photochrom.errors import RecipeError
from photochrom.training import shards
from photochrom.training.config import Config


class Source(Protocol):
    """Photographs in an order that stays the same as long as they do."""

    @property
    def blocks(self) -> np.ndarray:
        """Where each part begins that is best read before another, and the number of photographs: int64 (b + 1,)."""
        ...

    @property
    def split(self) -> tuple[int, int] | None:
        """How many at the beginning are pairs to train on, and how many after them to validate with.

        None for photographs.
        """
        ...

    def names(self) -> Iterator[str]:
        """What tells each photograph from the others, wherever the source is moved to; a path with slashes."""
        ...

    def place(self, index: int) -> str:
        """What messages call a photograph."""
        ...

    def contents(self, indices: Sequence[int]) -> list[Path | bytes]:
        """The files of some photographs, or what is in them. Raises `PhotoError`."""
        ...

    def sizes(self, indices: np.ndarray) -> np.ndarray:
        """Their files' bytes, int64 (n,). Raises `OSError`."""
        ...


@dataclass(frozen=True, eq=False)
class Folder:
    """The photographs below the folder ``path``; or pairs that ``photochrom prepare`` made and split."""

    path: Path
    paths: tuple[Path, ...]
    split: tuple[int, int] | None

    @property
    def blocks(self) -> np.ndarray:
        """One: a folder's files are anywhere on its disk."""
        return np.array([0, len(self.paths)])

    def names(self) -> Iterator[str]:
        """Their paths inside the folder."""
        return (path.relative_to(self.path).as_posix() for path in self.paths)

    def place(self, index: int) -> str:
        """Its path."""
        return str(self.paths[index])

    def contents(self, indices: Sequence[int]) -> list[Path | bytes]:
        """Their paths."""
        return [self.paths[index] for index in indices]

    def sizes(self, indices: np.ndarray) -> np.ndarray:
        """As the file system says."""
        return np.array([self.paths[index].stat().st_size for index in indices], np.int64)


def opened(config: Config, progress: Callable[[int, int], None]) -> list[tuple[Source, float]]:
    """The sources of a recipe, each with its share of an epoch. Raises `RecipeError`.

    ``progress`` is told how many shards are known, and how many there are.
    """
    data = config.data
    shares: list[tuple[str | list[str], float]] = list(data.items()) if isinstance(data, dict) else [(data, 1.0)]
    return [(_opened(where, progress), share) for where, share in shares]


def called(where: str | list[str]) -> str:
    """What messages call a source."""
    return where if isinstance(where, str) else ", ".join(where)


def _opened(where: str | list[str], progress: Callable[[int, int], None]) -> Source:
    if isinstance(where, list):
        return shards.opened(where, progress)
    if Path(where).is_dir():
        return _folder(Path(where))
    if shards.are_named(where):
        return shards.opened([where], progress)
    raise RecipeError(f"data: no such folder: {where}")


def _folder(path: Path) -> Folder:
    if not (path / "manifest.json").is_file():
        return Folder(path, tuple(find(path)), None)
    train, validation = find(path / "train"), find(path / "val")
    # What is neither is never drawn, but there: names may list it.
    others = sorted(set(find(path)).difference(train, validation))
    return Folder(path, (*train, *validation, *others), (len(train), len(validation)))
