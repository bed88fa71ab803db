"""The generators, read at a glance. The key is the file's name and the recipe's ``generator``."""

from torch import nn

from photochrom.errors import RecipeError
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

GENERATORS: dict[str, type[nn.Module]] = {
    "unet": UNet,
    "unet_plus_plus": UNetPlusPlus,
    "unet_3plus": UNet3Plus,
    "linknet": LinkNet,
    "r2unet": R2UNet,
    "tristream": TriStream,
    "efficient_unet": EfficientUNet,
}


def build_generator(name: str, space: str, width: int, options: dict[str, object]) -> Generator:
    """The generator ``name`` for a color space, ``width`` channels wide; ``options`` are its constructor's own.

    Raises `RecipeError` for a name that there is not.
    """
    if name not in GENERATORS:
        raise RecipeError(f"generator: must be one of {', '.join(GENERATORS)}, not {name!r}{nearest(name, GENERATORS)}")
    channels = SPACES[space]
    network = GENERATORS[name](
        width=width, in_channels=channels.in_channels, out_channels=channels.out_channels, **options
    )
    return Generator(network.apply(start_small))
