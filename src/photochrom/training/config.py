"""The recipe: one frozen value of all keys, read from YAML, checked once; errors name the key."""

import hashlib
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from photochrom.errors import RecipeError
from photochrom.training import keys
from photochrom.training.config_check import check, default_width, explained
from photochrom.training.groups import GROUPS, key_of, to_groups, ungrouped
from photochrom.training.nearest import nearest


@dataclass(frozen=True)
class Config(keys.Run, keys.Optimizer, keys.Objective, keys.Discriminator, keys.Network, keys.Data):
    """Everything that decides a training run: the keys of all groups, each an attribute."""

    def stage(self, epoch: int) -> tuple[int, int]:
        """Size in pixels and batch of the epoch with this index, counted from 0."""
        done = 0.0
        for stage in self.stages:
            done += float(stage["share"])  # YAML reads 5e-1 as text
            if epoch < round(done * self.epochs):
                return stage["size"], stage["batch"]
        return self.size, self.stages[-1]["batch"] if self.stages else self.batch

    @property
    def several_processes(self) -> bool:
        """Whether more than one process trains on CPUs; how many ``auto`` GPUs are is known only where they are."""
        return self.nodes > 1 or self.devices not in ("auto", 1, "1")

    @property
    def digest(self) -> str:
        """sha256 of what the recipe says: two runs with the same digest were asked for the same thing.

        Keys at their defaults are left out, so that a key which is new in a later version changes nothing.
        """
        said = {key: value for key, value in to_dict(self).items() if value != _DEFAULTS.get(key)}
        return hashlib.sha256(yaml.safe_dump(said, sort_keys=True, allow_unicode=True).encode()).hexdigest()


_DEFAULTS = {
    one.name: list(one.default) if isinstance(one.default, tuple) else one.default
    for one in fields(Config)
    if one.default is not MISSING
} | {"options": {}, "stages": []}


def from_yaml(path: Path, overrides: list[str] | None = None) -> Config:
    """Read a recipe, with ``key=value`` overrides on top (``options.depth=4`` reaches inside). Raises `RecipeError`.

    A recipe that `extends` another, named from its own folder, says only what differs from it.
    """
    return from_dict(_read(path, ()), overrides)


def _read(path: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    """The keys and values of a recipe and of those it extends; ``extending`` are those that led to it."""
    if path.resolve() in extending:
        raise RecipeError(f"{path}: extends itself")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(values, dict):
        raise RecipeError(f"{path}: a recipe is a list of `key: value` lines")
    extends = values.pop("extends", None)
    values = ungrouped(values)
    if extends is None:
        return values
    if not isinstance(extends, str):
        raise RecipeError(f"extends: must be the name of a recipe, not {extends!r}")
    return _read(path.parent / extends, (*extending, path.resolve())) | values


def from_dict(values: dict[str, Any], overrides: list[str] | None = None) -> Config:
    """A checked `Config` of plain values, as a recipe or a checkpoint holds them. Raises `RecipeError`."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in ungrouped(values).items()}
    for override in overrides or []:
        _override(values, override)
    known = [*(one.name for one in fields(Config)), *GROUPS]
    for key in values:
        if key not in known:
            raise RecipeError(f"{key}: no such key{nearest(str(key), known)}")
    if "data" not in values:
        raise RecipeError("data: missing; it names the folder of photographs to train on")
    if values.get("width") is None:
        values["width"] = default_width(values.get("generator", _DEFAULTS["generator"]))
    try:
        config = Config(**values)
    except ValidationError as error:
        raise explained(error) from None
    check(config)
    return config


def to_dict(config: Config) -> dict[str, Any]:
    """Plain values that `from_dict` takes back, without groups, as checkpoints hold them."""
    return {**asdict(config), "betas": list(config.betas)}


def to_yaml(config: Config) -> str:
    """The resolved recipe: every key with its value, in groups."""
    return yaml.safe_dump(to_groups(to_dict(config)), sort_keys=False, allow_unicode=True)


def _override(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise RecipeError(f"{override}: an override is written key=value")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    outer, dot, inner = key_of(key.strip()).partition(".")
    if dot:
        there = values.get(outer) or {}
        if not isinstance(there, dict):
            raise RecipeError(f"{override}: {outer} is {there!r}, in which nothing can be set")
        values[outer] = {**there, inner: value}
    else:
        values[outer] = value
