"""The generators, read at a glance. The key is the file's name and the recipe's ``generator``."""

from torch import nn

from photochrom.training.blocks import start_small
from photochrom.training.generators.generator import Generator
from photochrom.training.generators.unet import UNet
from photochrom.training.spaces import SPACES

GENERATORS: dict[str, type[nn.Module]] = {
    "unet": UNet,
}


def build_generator(name: str, space: str, width: int, options: dict[str, object]) -> Generator:
    """The generator ``name`` for a color space, ``width`` channels wide; ``options`` are its constructor's own."""
    channels = SPACES[space]
    network = GENERATORS[name](
        width=width, in_channels=channels.in_channels, out_channels=channels.out_channels, **options
    )
    return Generator(network.apply(start_small))
