"""PatchGAN: Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2017.

A convolutional discriminator that judges every patch of a picture by itself: real, or made by the
generator? Its output is a map with one logit a patch; the patch size is the receptive field.
"""

import torch
from torch import Tensor, nn

from photochrom.training.blocks import start_small

# Channels of the 4x4 convolutions before the last, by patch size; all halve the picture but the last of them.
PATCHES = {70: (64, 128, 256, 512)}


DISCRIMINATORS = ("patch", "none")


def build_discriminator(name: str, in_channels: int, patch: int) -> "PatchDiscriminator | None":
    """The discriminator ``name`` for a condition and a picture with ``in_channels`` together; None for ``none``."""
    return None if name == "none" else PatchDiscriminator(in_channels, patch)


class PatchDiscriminator(nn.Module):
    """The PatchGAN C64-C128-C256-C512 for ``patch`` 70; 2.8 M parameters.

    ``forward``: condition (N, C, H, W) and picture (N, C', H, W) → logits (N, 1, H', W').
    LeakyReLU 0.2 throughout, batch norm in all but the first and last layer; weights start from
    N(0, 0.02) as in the paper.
    """

    def __init__(self, in_channels: int, patch: int = 70) -> None:
        super().__init__()
        widths = PATCHES[patch]
        layers: list[nn.Module] = []
        channels = in_channels
        for level, width in enumerate(widths):
            stride = 1 if level == len(widths) - 1 else 2
            layers.append(nn.Conv2d(channels, width, 4, stride, padding=1, bias=level == 0))
            if level:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            channels = width
        layers.append(nn.Conv2d(channels, 1, 4, padding=1))
        self.layers = nn.Sequential(*layers)
        self.apply(start_small)

    def forward(self, condition: Tensor, picture: Tensor) -> Tensor:
        """Judge a batch of pictures, each given its condition; see the class."""
        logits: Tensor = self.layers(torch.cat((condition, picture), dim=1))
        return logits
