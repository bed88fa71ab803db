"""What goes together in a recipe, and how its errors are told: in one line that names the key."""

import inspect
import typing
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from photochrom.errors import RecipeError
from photochrom.training.generators import ABILITIES, GENERATORS, able
from photochrom.training.keys import REFUSED, SEVERAL_TYPES, SMALLEST, Number, within
from photochrom.training.nearest import nearest

if TYPE_CHECKING:
    from photochrom.training.config import Config

_STRICT = ConfigDict(strict=True)

# What pydantic's errors are called here.
_WORDS = {
    "int_type": "a whole number", "int_from_float": "a whole number", "float_type": "a number",
    "bool_type": "true or false", "string_type": "text", "dict_type": "a list of `key: value` lines",
    "list_type": "a list", "tuple_type": "a list of 2 numbers",
}  # fmt: skip


@dataclass(frozen=True, config=_STRICT)
class _Stage:
    size: int
    batch: typing.Annotated[int, within(1)]
    share: Number


def check(config: "Config") -> None:
    """Refuse what cannot be trained. Raises `RecipeError`."""
    _check_options(config)
    _check_together(config)


def default_width(generator: Any) -> int:
    """The width that a network has where nobody says it; that of the U-Net for one that does not exist."""
    network = GENERATORS.get(generator if isinstance(generator, str) else "", GENERATORS["unet"])
    width: int = inspect.signature(network).parameters["width"].default
    return width


def explained(error: ValidationError, *outer: str) -> RecipeError:
    """One line in our words on the first of pydantic's errors; ``outer`` is where in the recipe the value stands."""
    first, *_ = errors = error.errors()
    same = [one for one in errors if one["loc"][:1] == first["loc"][:1]]
    # Where a key may have several types, there is an error for each: that which got furthest tells what was meant.
    worst = max(same, key=lambda one: (len(one["loc"]), one["type"] == REFUSED))
    place = [*outer, *worst["loc"]]
    if place[0] in SEVERAL_TYPES:
        del place[1]  # pydantic's name of the type
    if place[-1] == "[key]":
        return RecipeError(f"{place[0]}: {worst['input']!r} must be text; put it in quotes")
    key = ".".join(part for part in place if isinstance(part, str))
    if worst["type"] == REFUSED:
        return RecipeError(f"{key}: {worst['msg']}")
    value = list(worst["input"]) if isinstance(worst["input"], tuple) else worst["input"]
    return RecipeError(f"{key}: must be {_WORDS.get(worst['type'], _WORDS['tuple_type'])}, not {value!r}")


def _check_options(config: "Config") -> None:
    parameters = inspect.signature(GENERATORS[config.generator]).parameters
    hints = typing.get_type_hints(GENERATORS[config.generator].__init__)
    known = [name for name in parameters if name not in ("width", "in_channels", "out_channels", *ABILITIES)]
    for option, value in config.options.items():
        if option not in known:
            near = nearest(option, known)
            raise RecipeError(f"options.{option}: {config.generator} has no such option{near}")
        try:
            TypeAdapter(hints[option], config=_STRICT).validate_python(value)
        except ValidationError as error:
            raise explained(error, "options", option) from None


def _check_together(config: "Config") -> None:
    """Refuse what each key allows but all together do not: it would train something else than it says."""
    if config.discriminator == "none":
        defaults = {"patch": 70, "scales": 1, "norm": "batch", "spectral": False, "objective": "cross_entropy"}
        for key, default in defaults.items():
            if getattr(config, key) != default:
                raise RecipeError(f"{key}: has no meaning without a discriminator; remove it or discriminator: none")
        if config.lambda_l1 == config.lambda_perceptual == config.bins * config.lambda_bins == 0:
            raise RecipeError("lambda_l1: 0 leaves nothing to learn from without a discriminator")
    else:
        sees = config.patch * 2 ** (config.scales - 1)
        if sees > config.size:
            where = f" at the smallest of {config.scales} scales" if config.scales > 1 else ""
            raise RecipeError(f"patch: {config.patch}{where} sees {sees} pixels, more than size: {config.size} has")
    _check_abilities(config)
    if (config.lambda_perceptual > 0) != (config.perceptual_weights is not None):
        raise RecipeError("perceptual_weights: goes with a lambda_perceptual above 0, and that with it")
    if config.schedule != "linear" and not config.decay:
        raise RecipeError("schedule: has no meaning without decay")
    if config.chroma_weight and not config.lambda_l1:
        raise RecipeError("chroma_weight: has no meaning without lambda_l1")
    for key, default in (("perceptual_size", None), ("perceptual_every", 1), ("perceptual_from", 0)):
        if getattr(config, key) != default and not config.lambda_perceptual:
            raise RecipeError(f"{key}: goes with a lambda_perceptual above 0")
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


def _check_abilities(config: "Config") -> None:
    """Refuse what the generator cannot do."""
    asked = {"hints": ("hints", config.hints > 0), "chroma_size": ("half", config.chroma_size == "half"),
             "bins": ("logits", config.bins > 0)}  # fmt: skip
    for key, (ability, wanted) in asked.items():
        if wanted and config.generator not in able(ability):
            raise RecipeError(f"{key}: {config.generator} cannot do that; {' and '.join(able(ability))} can")
    if config.bins == 1:
        raise RecipeError("bins: one bin leaves nothing to choose; take 64 to 128, or 0 for none")
    if config.bins and config.space == "rgb":
        raise RecipeError("bins: are of chroma, which space: rgb has no planes of; take ycbcr or lab")
    if not config.bins and (config.temperature != 1 or config.lambda_bins != 1):
        raise RecipeError("temperature, lambda_bins: have no meaning without bins")


def _check_stages(config: "Config") -> None:
    for stage in config.stages:
        if not isinstance(stage, dict) or set(stage) != {"size", "batch", "share"}:
            raise RecipeError(f"stages: each has a size, a batch and a share, not {stage!r}")
        try:
            size = _Stage(**stage).size
        except ValidationError as error:
            raise explained(error, "stages") from None
        if not SMALLEST <= size <= config.size:
            raise RecipeError(f"stages.size: must be between {SMALLEST} and size: {config.size}, not {size}")
    if config.stages:
        _check_shares("stages.share", [float(stage["share"]) for stage in config.stages])
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
