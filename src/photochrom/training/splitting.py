"""Which photographs of a recipe's sources are for training and which for validation."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from photochrom.errors import RecipeError
from photochrom.training.config import Config
from photochrom.training.data import Group, Photographs
from photochrom.training.sources import Source, called, opened


def photographs(
    config: Config, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Photographs, Photographs]:
    """The training and the validation photographs of a recipe. Raises `RecipeError` where there are too few.

    ``progress`` is told how many shards are known, and how many there are.
    """
    sources = opened(config, progress)
    pairs = sources[0][0].split is not None
    if any((source.split is not None) != pairs for source, _ in sources):
        raise RecipeError("data: folders of photographs and folders of pairs cannot be mixed")
    parts = [_split(source, config) for source, _ in sources]
    for_training, for_validation = (
        Photographs(
            tuple(Group(source, part, share) for part, (source, share) in zip(side, sources, strict=True)),
            pairs, config.size, augment, config.crop, config.flip, config.film, config.hints, config.views, config.seed,
        )
        for side, augment in zip(zip(*parts, strict=True), (True, False), strict=True)
    )  # fmt: skip
    check_enough(config, for_training, for_validation)
    return for_training, for_validation


def check_enough(config: Config, training: Photographs, validation: Photographs) -> None:
    """Refuse a source that has no photograph for one of both. Raises `RecipeError`."""
    wheres = list(config.data) if isinstance(config.data, dict) else [config.data]
    for where, *groups in zip(wheres, training.groups, validation.groups, strict=True):
        train, validate = (len(group.indices) for group in groups)
        if not train or not validate:
            raise RecipeError(f"data: {train} photographs to train on and {validate} to validate in {called(where)}")


def digest(training: Photographs, validation: Photographs) -> str:
    """sha256 of the names of the photographs in both parts: a run that goes on must find what it began with.

    Of their files' names alone, as JSON of two lists; so a folder and shards of it are the same.
    """
    found = hashlib.sha256(b"[")
    for part, between in ((training, b""), (validation, b", ")):
        found.update(between + b"[")
        separator = ""
        for _, name in part.names():
            found.update(f"{separator}{json.dumps(_file(name))}".encode())
            separator = ", "
        found.update(b"]")
    found.update(b"]")
    return found.hexdigest()


def sizes(*parts: Photographs) -> str:
    """sha256 of the bytes that the photographs' files take. Raises `RecipeError`."""
    found = hashlib.sha256()
    try:
        for part in parts:
            for group in part.groups:
                found.update(group.source.sizes(group.indices).astype("<i8").tobytes())
    except OSError as error:
        raise RecipeError(f"data: {error.filename}: cannot be read ({error.strerror})") from None
    return found.hexdigest()


def _split(source: Source, config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The photographs of ``source`` to train on and to validate with, by their indices."""
    if source.split:
        first, more = source.split
        return _named(source, np.arange(first), config), _named(source, np.arange(first, first + more), config)
    indices = _named(source, np.arange(source.blocks[-1]), config)
    shuffled = np.random.default_rng(config.seed).permutation(len(indices))
    count = max(1, round(len(indices) * config.validation))
    validation, train = (indices[np.sort(part)] for part in (shuffled[:count], shuffled[count:]))
    return train, validation


def _named(source: Source, indices: np.ndarray, config: Config) -> np.ndarray:
    """Those of ``indices`` that the recipe's file of names lists, in the order of the names; all if it has none."""
    if config.names is None:
        return indices
    try:
        wanted = set(_lines(Path(config.names)))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise RecipeError(f"names: {config.names} cannot be read ({reason})") from None
    files = ((index, _file(name)) for index, name in enumerate(source.names()))
    by_name = {name: index for index, name in files if name in wanted}
    if missing := sorted(wanted - by_name.keys()):
        where = called(config.data) if not isinstance(config.data, dict) else ""
        raise RecipeError(f"names: {len(missing)} of them are not in {where}, the first is {missing[0]}")
    found = np.array([by_name[name] for name in sorted(wanted)], np.int64)
    return found[np.isin(found, indices)]


def _file(name: str) -> str:
    return name.rpartition("/")[2]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if name := line.strip():
            yield name
