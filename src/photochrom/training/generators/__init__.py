"""The generators, read at a glance. The key is the file's name and the recipe's ``generator``."""

import inspect
from typing import TYPE_CHECKING

from torch import nn

from photochrom.errors import RecipeError
from photochrom.training.bins import ColorBins
from photochrom.training.blocks import start_small
from photochrom.training.generators.efficient_unet import EfficientUNet
from photochrom.training.generators.generator import Generator
from photochrom.training.generators.linknet import LinkNet
from photochrom.training.generators.r2unet import R2UNet
from photochrom.training.generators.tristream import TriStream
from photochrom.training.generators.unet import UNet
from photochrom.training.generators.unet_3plus import UNet3Plus
from photochrom.training.generators.unet_plus_plus import UNetPlusPlus
from photochrom.training.nearest import nearest
from photochrom.training.spaces import SPACES

if TYPE_CHECKING:
    from photochrom.training.config import Config

GENERATORS: dict[str, type[nn.Module]] = {
    "unet": UNet,
    "unet_plus_plus": UNetPlusPlus,
    "unet_3plus": UNet3Plus,
    "linknet": LinkNet,
    "r2unet": R2UNet,
    "tristream": TriStream,
    "efficient_unet": EfficientUNet,
}


# What a network may be able to do beyond its paper, as its constructor's parameter; the recipe has keys of its own.
ABILITIES = ("hints", "half", "logits")


def build_generator(
    name: str,
    space: str,
    width: int,
    options: dict[str, object],
    *,
    hints: bool = False,
    half: bool = False,
    bins: ColorBins | None = None,
) -> Generator:
    """The generator ``name`` for a color space, ``width`` channels wide; ``options`` are its constructor's own.

    It takes ``hints``, paints at ``half`` the size, answers with a distribution over ``bins``, as far as `able` says.
    Raises `RecipeError` for a name that there is not.
    """
    if name not in GENERATORS:
        raise RecipeError(f"generator: must be one of {', '.join(GENERATORS)}, not {name!r}{nearest(name, GENERATORS)}")
    channels = SPACES[space]
    asked = {"hints": hints, "half": half, "logits": bins is not None}
    network = GENERATORS[name](
        width=width,
        in_channels=channels.in_channels,
        out_channels=channels.out_channels if bins is None else len(bins.centers),
        **options,
        **{ability: True for ability, wanted in asked.items() if wanted},
    )
    return Generator(network.apply(start_small), bins)


def of_recipe(config: "Config") -> Generator:
    """The generator that a recipe asks for; its bins, if any, are still to be learned or loaded."""
    bins = ColorBins(config.bins, SPACES[config.space].out_channels, config.temperature) if config.bins else None
    return build_generator(
        config.generator, config.space, config.width, config.options,
        hints=config.hints > 0, half=config.chroma_size == "half", bins=bins,
    )  # fmt: skip


def able(ability: str) -> list[str]:
    """The generators that have one of `ABILITIES`."""
    return [name for name, network in GENERATORS.items() if ability in inspect.signature(network).parameters]
