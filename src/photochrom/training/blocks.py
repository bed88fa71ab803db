"""What at least two networks share."""

from torch import nn


def start_small(module: nn.Module) -> None:
    """Start the weights of one layer as Isola 2017 does, from N(0, 0.02); for ``network.apply(start_small)``.

    A generator that ends in tanh then starts close to gray, the answer that is least wrong.
    """
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
