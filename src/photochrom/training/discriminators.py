"""PatchGAN: Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2017.

A convolutional discriminator that judges every patch of a picture by itself: real, or made by the
generator? Its output is a map with one logit a patch; the patch size is the receptive field. It can be
asked at several scales at once (Wang et al., "High-Resolution Image Synthesis …" (pix2pixHD), 2018).
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from photochrom.training.blocks import start_small
from photochrom.training.spaces import SPACES

DISCRIMINATORS = ("patch", "none")

# For each patch size: the side of the convolutions, and their channels and strides. One more convolution of
# the same side to a single channel follows.
PATCHES = {
    1: (1, ((64, 1), (128, 1))),
    16: (4, ((64, 2), (128, 1))),
    70: (4, ((64, 2), (128, 2), (256, 2), (512, 1))),
    286: (4, ((64, 2), (128, 2), (256, 2), (512, 2), (512, 2), (512, 1))),
}

NORMS: dict[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "instance": lambda channels: nn.InstanceNorm2d(channels, affine=True),
    "none": lambda channels: nn.Identity(),
}


class PatchDiscriminator(nn.Module):
    """The PatchGAN of a patch size; 2.8 M parameters for ``patch`` 70.

    ``forward``: condition (N, C, H, W) and picture (N, C', H, W), where C + C' = ``in_channels`` → logits
    (N, 1, H', W'). LeakyReLU 0.2 throughout; ``norm`` (batch, instance or none) in all but the first and the
    last layer; ``spectral`` divides every weight by its largest singular value (Miyato 2018).
    """

    def __init__(self, in_channels: int, patch: int = 70, norm: str = "batch", spectral: bool = False) -> None:
        super().__init__()
        side, description = PATCHES[patch]
        layers: list[nn.Module] = []
        channels = in_channels
        for level, (width, stride) in enumerate(description):
            normed = level > 0 and norm != "none"
            layers.append(nn.Conv2d(channels, width, side, stride, padding=side // 4, bias=not normed))
            if normed:
                layers.append(NORMS[norm](width))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            channels = width
        layers.append(nn.Conv2d(channels, 1, side, padding=side // 4))
        self.layers = nn.Sequential(*layers).apply(start_small)
        if spectral:
            for layer in self.layers:
                if isinstance(layer, nn.Conv2d):
                    spectral_norm(layer)

    def forward(self, condition: Tensor, picture: Tensor) -> Tensor:
        """Judge a batch of pictures, each given its condition; see the class."""
        logits: Tensor = self.layers(torch.cat((condition, picture), dim=1))
        return logits


class Discriminator(nn.Module):
    """One `PatchDiscriminator` a scale: the first sees the pictures as they are, each next one at half the size.

    ``forward``: condition (N, C, H, W) and picture (N, C', H, W) → logits of each scale, [(N, 1, H', W'), …].
    """

    def __init__(self, in_channels: int, patch: int, norm: str, spectral: bool, scales: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList(PatchDiscriminator(in_channels, patch, norm, spectral) for _ in range(scales))

    def forward(self, condition: Tensor, picture: Tensor) -> list[Tensor]:
        """Judge a batch of pictures, each given its condition; see the class."""
        logits = []
        for scale, discriminator in enumerate(self.scales):
            if scale:
                condition, picture = F.avg_pool2d(condition, 2), F.avg_pool2d(picture, 2)
            logits.append(discriminator(condition, picture))
        return logits


def build_discriminator(space: str, patch: int, norm: str, spectral: bool, scales: int) -> Discriminator:
    """The `Discriminator` of condition and picture in a color space, by its name; the rest as a recipe has it."""
    channels = SPACES[space].in_channels + SPACES[space].out_channels
    return Discriminator(channels, patch, norm, spectral, scales)
