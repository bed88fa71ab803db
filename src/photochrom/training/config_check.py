"""What a recipe may say: each key's type and range, and what goes together. Errors name the key."""

import difflib
import inspect
import types
import typing
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from photochrom.errors import RecipeError
from photochrom.training.discriminators import DISCRIMINATORS, NORMS, PATCHES
from photochrom.training.generators import GENERATORS
from photochrom.training.losses import OBJECTIVES
from photochrom.training.spaces import SPACES

if TYPE_CHECKING:
    from photochrom.training.config import Config

_SMALLEST, _LARGEST = 32, 4096  # pixels a side


def check(config: "Config") -> None:
    """Refuse what cannot be trained. Raises `RecipeError`."""
    tables: dict[str, Collection[Any]] = {
        "generator": GENERATORS, "space": SPACES, "discriminator": DISCRIMINATORS, "patch": PATCHES,
        "norm": NORMS, "objective": OBJECTIVES, "schedule": ("linear", "cosine"),
        "precision": ("auto", "32-true", "16-mixed", "bf16-mixed"),
    }  # fmt: skip
    for key, table in tables.items():
        value = getattr(config, key)
        if value not in table:
            choices = [str(choice) for choice in table]
            near = nearest(str(value), choices)
            raise RecipeError(f"{key}: must be one of {', '.join(choices)}, not {value!r}{near}")
    limits = {
        "validation": (0, 0.9), "crop": (0.05, 1), "decay": (0, 1), "size": (_SMALLEST, _LARGEST), "width": (1, 1024),
        "batch": (1, None), "epochs": (1, None), "checkpoint_every": (1, None), "sheet_every": (1, None),
        "workers": (0, None), "nodes": (1, None), "seed": (0, None), "lambda_l1": (0, None),
        "lambda_perceptual": (0, None), "learning_rate": (0, None), "scales": (1, 3),
        "film": (0, 1), "chroma_weight": (0, None), "lambda_colorfulness": (0, None), "weight_decay": (0, None),
        "ema": (0, 0.99999), "perceptual_size": (_SMALLEST, _LARGEST), "encoder_learning_rate": (0, None),
        "statistics": (0, None),
    }  # fmt: skip
    for key, (low, high) in limits.items():
        value = getattr(config, key)
        if value is not None and not (low <= value and (high is None or value <= high)):
            bound = f"at least {low}" if high is None else f"between {low} and {high}"
            raise RecipeError(f"{key}: must be {bound}, not {value}")
    if config.threads != "auto" and not (isinstance(config.threads, int) and config.threads >= 1):
        raise RecipeError(f"threads: must be auto or at least 1, not {config.threads!r}")
    if not all(0 <= beta < 1 for beta in config.betas):
        raise RecipeError(f"betas: must be at least 0 and below 1, not {list(config.betas)}")
    _check_options(config)
    _check_together(config)


def _check_options(config: "Config") -> None:
    parameters = inspect.signature(GENERATORS[config.generator]).parameters
    hints = typing.get_type_hints(GENERATORS[config.generator].__init__)
    known = [name for name in parameters if name not in ("width", "in_channels", "out_channels")]
    for option, value in config.options.items():
        if option not in known:
            near = nearest(option, known)
            raise RecipeError(f"options.{option}: {config.generator} has no such option{near}")
        typed(f"options.{option}", value, hints[option])


def _check_together(config: "Config") -> None:
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
    if config.schedule != "linear" and not config.decay:
        raise RecipeError("schedule: has no meaning without decay")
    if config.chroma_weight and not config.lambda_l1:
        raise RecipeError("chroma_weight: has no meaning without lambda_l1")
    if config.perceptual_size is not None and not config.lambda_perceptual:
        raise RecipeError("perceptual_size: goes with a lambda_perceptual above 0")
    for key in ("encoder_weights", "encoder_learning_rate"):
        if getattr(config, key) is not None and not hasattr(GENERATORS[config.generator], "load_encoder"):
            raise RecipeError(f"{key}: {config.generator} has no encoder to load; efficient_unet has")
    if config.encoder_weights and config.start_from:
        raise RecipeError("encoder_weights: would be replaced by start_from, which brings an encoder; remove one")
    if config.encoder_learning_rate is not None and not (config.encoder_weights or config.start_from):
        raise RecipeError("encoder_learning_rate: goes with encoder_weights or start_from")
    if isinstance(config.data, dict):
        _check_shares("data", list(config.data.values()))
        if config.names is not None:
            raise RecipeError("names: goes with one folder in data, not with several")
    _check_stages(config)


def _check_stages(config: "Config") -> None:
    for stage in config.stages:
        if not isinstance(stage, dict) or set(stage) != {"size", "batch", "share"}:
            raise RecipeError(f"stages: each has a size, a batch and a share, not {stage!r}")
        if not _SMALLEST <= typed("stages.size", stage["size"], int) <= config.size:
            raise RecipeError(f"stages.size: must be between {_SMALLEST} and size: {config.size}, not {stage['size']}")
        if typed("stages.batch", stage["batch"], int) < 1:
            raise RecipeError(f"stages.batch: must be at least 1, not {stage['batch']}")
    if config.stages:
        _check_shares("stages.share", [typed("stages.share", stage["share"], float) for stage in config.stages])
        if config.stages[-1]["size"] != config.size:
            raise RecipeError(f"stages: the last must have size: {config.size}, at which the model will work")
        there = {config.stage(epoch) for epoch in range(config.epochs)}
        for stage in config.stages:
            if (stage["size"], stage["batch"]) not in there:
                raise RecipeError(f"stages: {config.epochs} epochs leave none for the stage of size {stage['size']}")
        smallest = min(stage["size"] for stage in config.stages)
        if config.discriminator != "none" and config.patch * 2 ** (config.scales - 1) > smallest:
            raise RecipeError(f"patch: {config.patch} sees more pixels than the smallest stage of {smallest} has")


def _check_shares(key: str, shares: list[float]) -> None:
    if not shares or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
        raise RecipeError(f"{key}: shares must be above 0 and add up to 1, not {shares}")


def typed(key: str, value: Any, hint: Any) -> Any:
    """``value`` as the type that ``hint`` asks for; raises `RecipeError` where that would be a guess."""
    choices = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is types.UnionType:
        return _one_of(key, value, choices)
    if origin is tuple:
        if isinstance(value, list | tuple) and len(value) == len(choices):
            return tuple(typed(key, one, choice) for one, choice in zip(value, choices, strict=True))
        raise RecipeError(f"{key}: must be a list of {len(choices)} numbers, not {value!r}")
    if hint is float:
        return _number(key, value)
    kind = origin or hint
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        if kind is dict and (other := next((name for name in value if not isinstance(name, str)), None)) is not None:
            raise RecipeError(f"{key}: {other!r} must be text; put it in quotes")
        numbers = kind is dict and choices[1] is float
        return {name: _number(f"{key}.{name}", one) for name, one in value.items()} if numbers else value
    names = {
        int: "a whole number", bool: "true or false", str: "text", dict: "a list of `key: value` lines",
        list: "a list",
    }  # fmt: skip
    raise RecipeError(f"{key}: must be {names[kind]}, not {value!r}")


def _one_of(key: str, value: Any, choices: tuple[Any, ...]) -> Any:
    """``value`` as the one of several types that it has; the first is the one to ask for where it has none of them."""
    if value is None and types.NoneType in choices:
        return None
    kinds = [choice for choice in choices if choice is not types.NoneType]
    fitting = [kind for kind in kinds if isinstance(value, typing.get_origin(kind) or kind)]
    return typed(key, value, (fitting or kinds)[0])


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


def nearest(word: str, choices: Iterable[str]) -> str:
    """The end of a message that names the choice that was probably meant; empty where none is near."""
    close = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
