"""The recipe: one frozen dataclass, read from YAML, checked once; errors name the key."""

import difflib
import hashlib
import inspect
import types
import typing
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from photochrom.errors import RecipeError
from photochrom.training.discriminators import DISCRIMINATORS, NORMS, PATCHES
from photochrom.training.generators import GENERATORS
from photochrom.training.losses import OBJECTIVES
from photochrom.training.spaces import SPACES


@dataclass(frozen=True)
class Config:
    """Everything that decides a training run, in the order of a recipe."""

    data: str
    """Folder of color photographs, or of pairs as ``photochrom prepare`` writes them."""
    names: str | None = None
    """File with one name a line: only these photographs of ``data`` are used."""
    validation: float = 0.1
    """Share of the photographs kept for validation, drawn by ``seed`` (pairs bring their own split)."""
    size: int = 256
    """Height and width in pixels at which the networks are trained; also the model's working size."""
    crop: float = 0.7
    """Smallest random square crop, as a share of the photograph's short side; 1 always crops the largest square."""
    flip: bool = True
    """Whether every other photograph is mirrored, at random."""

    space: str = "ycbcr"
    """Color space the generator works in: ``ycbcr``, ``lab`` or ``rgb``."""
    generator: str = "unet"
    """Which network paints; ``photochrom.training.generators`` has them."""
    width: int = 64
    """Channels of the generator's first level."""
    options: dict[str, Any] = field(default_factory=dict)
    """The generator's own options, such as ``depth``."""
    discriminator: str = "patch"
    """Who judges the generator: ``patch``, the PatchGAN, or ``none``, which leaves the L1 term alone."""
    patch: int = 70
    """Pixels (height and width) that one logit of the PatchGAN discriminator sees: 1, 16, 70 or 286."""
    scales: int = 1
    """At how many sizes the discriminator looks: the picture's own, half of it, a quarter (at most 3)."""
    norm: str = "batch"
    """Normalization in the discriminator: ``batch``, ``instance`` or ``none``."""
    spectral: bool = False
    """Whether the discriminator's weights are spectrally normalized."""
    objective: str = "cross_entropy"
    """What the adversarial term is: ``cross_entropy``, ``least_squares`` (LSGAN) or ``hinge``."""

    lambda_l1: float = 100.0
    """Weight of the L1 term beside the adversarial term."""
    lambda_perceptual: float = 0.0
    """Weight of the perceptual term, LPIPS on VGG16; 0 leaves it out."""
    perceptual_weights: str | None = None
    """File with the weights of LPIPS on VGG16, for the perceptual term."""
    learning_rate: float = 2e-4
    """Learning rate of both Adam optimizers."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Decay of Adam's two running means."""
    decay: float = 0.5
    """Last share of the run over which the learning rate falls to zero in a straight line."""
    batch: int = 16
    """Photographs a step, on each device."""
    epochs: int = 100
    """Passes over the training photographs."""
    seed: int = 0
    """Decides the split, the order, the augmentation and the first weights."""

    checkpoint_every: int = 10
    """Epochs between checkpoints that are kept; the best and the last are always there."""
    sheet_every: int = 5
    """Epochs between sample sheets."""
    workers: int = 2
    """Processes that load photographs; 0 loads them in the training process. Changes nothing but speed."""

    accelerator: str = "auto"
    """Lightning Fabric's ``accelerator``."""
    devices: str | int = "auto"
    """Lightning Fabric's ``devices``."""
    nodes: int = 1
    """Lightning Fabric's ``num_nodes``."""
    strategy: str = "auto"
    """Lightning Fabric's ``strategy``."""
    precision: str = "auto"
    """Lightning Fabric's ``precision``; ``auto`` is bf16-mixed where the hardware multiplies bf16, else 32-true."""

    title: str = ""
    """What the exported model is called, in a few words."""
    training_set: str = ""
    """What the photographs are, for the exported model's card."""
    license: str = ""
    """License of the exported model."""

    @property
    def digest(self) -> str:
        """sha256 of the resolved recipe: two runs with the same digest were asked for the same thing."""
        return hashlib.sha256(to_yaml(self).encode()).hexdigest()


def from_yaml(path: Path, overrides: list[str] | None = None) -> Config:
    """Read a recipe, with ``key=value`` overrides on top (``options.depth=4`` reaches inside). Raises `RecipeError`."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(values, dict):
        raise RecipeError(f"{path}: a recipe is a list of `key: value` lines")
    return from_dict(values, overrides)


def from_dict(values: dict[str, Any], overrides: list[str] | None = None) -> Config:
    """A checked `Config` of plain values, as a recipe or a checkpoint holds them. Raises `RecipeError`."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for override in overrides or []:
        _override(values, override)
    hints = typing.get_type_hints(Config)
    for key, value in values.items():
        if key not in hints:
            raise RecipeError(f"{key}: no such key{_nearest(str(key), hints)}")
        values[key] = _typed(key, value, hints[key])
    if "data" not in values:
        raise RecipeError("data: missing; it names the folder of photographs to train on")
    config = Config(**values)
    _check(config)
    return config


def to_dict(config: Config) -> dict[str, Any]:
    """Plain values that `from_dict` takes back."""
    return {**asdict(config), "betas": list(config.betas)}


def to_yaml(config: Config) -> str:
    """The resolved recipe: every key with its value."""
    return yaml.safe_dump(to_dict(config), sort_keys=False, allow_unicode=True)


def _override(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise RecipeError(f"{override}: an override is written key=value")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    outer, dot, inner = key.strip().partition(".")
    if dot:
        values[outer] = {**(values.get(outer) or {}), inner: value}
    else:
        values[outer] = value


def _typed(key: str, value: Any, hint: Any) -> Any:
    """``value`` as the type that ``hint`` asks for; raises `RecipeError` where that would be a guess."""
    choices = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is types.UnionType:
        for choice in choices:
            if choice is not str and isinstance(value, choice) and not isinstance(value, bool):
                return value
        return _typed(key, value, str)
    if origin is tuple:
        if isinstance(value, list | tuple) and len(value) == len(choices):
            return tuple(_typed(key, one, choice) for one, choice in zip(value, choices, strict=True))
        raise RecipeError(f"{key}: must be a list of {len(choices)} numbers, not {value!r}")
    if hint is float:
        return _number(key, value)
    kind = origin or hint
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    names = {int: "a whole number", bool: "true or false", str: "text", dict: "a list of `key: value` lines"}
    raise RecipeError(f"{key}: must be {names[kind]}, not {value!r}")


def _number(key: str, value: Any) -> float:
    # YAML 1.1 reads 2e-4 as text, since it has no dot; everybody who writes it means the number.
    with_exponent = isinstance(value, str) and "e" in value.lower()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        if with_exponent:
            return float(value)
    except ValueError:
        pass
    raise RecipeError(f"{key}: must be a number, not {value!r}")


def _check(config: Config) -> None:
    tables: dict[str, Collection[Any]] = {
        "generator": GENERATORS, "space": SPACES, "discriminator": DISCRIMINATORS, "patch": PATCHES,
        "norm": NORMS, "objective": OBJECTIVES,
    }  # fmt: skip
    for key, table in tables.items():
        value = getattr(config, key)
        if value not in table:
            choices = [str(choice) for choice in table]
            near = _nearest(str(value), choices)
            raise RecipeError(f"{key}: must be one of {', '.join(choices)}, not {value!r}{near}")
    limits = {
        "validation": (0, 0.9), "crop": (0.05, 1), "decay": (0, 1), "size": (32, 4096), "width": (1, 1024),
        "batch": (1, None), "epochs": (1, None), "checkpoint_every": (1, None), "sheet_every": (1, None),
        "workers": (0, None), "nodes": (1, None), "seed": (0, None), "lambda_l1": (0, None),
        "lambda_perceptual": (0, None), "learning_rate": (0, None), "scales": (1, 3),
    }  # fmt: skip
    for key, (low, high) in limits.items():
        value = getattr(config, key)
        if not (low <= value and (high is None or value <= high)):
            bound = f"at least {low}" if high is None else f"between {low} and {high}"
            raise RecipeError(f"{key}: must be {bound}, not {value}")
    _check_options(config)
    _check_together(config)


def _check_options(config: Config) -> None:
    parameters = inspect.signature(GENERATORS[config.generator]).parameters
    hints = typing.get_type_hints(GENERATORS[config.generator].__init__)
    known = [name for name in parameters if name not in ("width", "in_channels", "out_channels")]
    for option, value in config.options.items():
        if option not in known:
            near = _nearest(option, known)
            raise RecipeError(f"options.{option}: {config.generator} has no such option{near}")
        _typed(f"options.{option}", value, hints[option])


def _check_together(config: Config) -> None:
    """Refuse what each key allows but all together do not: it would train something else than it says."""
    if config.discriminator == "none":
        defaults = {"patch": 70, "scales": 1, "norm": "batch", "spectral": False, "objective": "cross_entropy"}
        for key, default in defaults.items():
            if getattr(config, key) != default:
                raise RecipeError(f"{key}: has no meaning without a discriminator; remove it or discriminator: none")
        if config.lambda_l1 == config.lambda_perceptual == 0:
            raise RecipeError("lambda_l1: 0 leaves nothing to learn from without a discriminator")
    else:
        sees = config.patch * 2 ** (config.scales - 1)
        if sees > config.size:
            where = f" at the smallest of {config.scales} scales" if config.scales > 1 else ""
            raise RecipeError(f"patch: {config.patch}{where} sees {sees} pixels, more than size: {config.size} has")
    if (config.lambda_perceptual > 0) != (config.perceptual_weights is not None):
        raise RecipeError("perceptual_weights: goes with a lambda_perceptual above 0, and that with it")


def _nearest(word: str, choices: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
