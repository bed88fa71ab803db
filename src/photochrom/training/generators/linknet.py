"""LinkNet: Chaurasia, Culurciello, "LinkNet: Exploiting Encoder Representations …", 2017.

A ResNet-18 as encoder, and a decoder that is kept light: each block squeezes the channels to a quarter,
enlarges, and widens again. The encoder's maps are added to the decoder's, not concatenated, which
costs no channels.

Options: none. 11.5 M parameters at width 64, as in the paper. Departures: tanh instead of softmax, one
input channel instead of three where the color space has one; the encoder starts from random weights.
"""

import torch
from torch import Tensor, nn

from photochrom.training.blocks import convolution, doubling_widths


class LinkNet(nn.Module):
    """The LinkNet.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``.
    """

    multiple_of = 32

    def __init__(self, width: int = 64, in_channels: int = 1, out_channels: int = 2) -> None:
        super().__init__()
        widths = doubling_widths(width, 4)
        half = max(1, width // 2)
        self.stem = nn.Sequential(convolution(in_channels, width, kernel=7, stride=2), nn.MaxPool2d(3, 2, padding=1))
        self.encoder = nn.ModuleList(
            nn.Sequential(Residual(before, after, stride), Residual(after, after))
            for before, after, stride in zip([width, *widths], widths, (1, 2, 2, 2), strict=False)
        )
        self.decoder = nn.ModuleList(
            decoder_block(before, after, stride)
            for before, after, stride in zip(widths[::-1], [*widths[-2::-1], width], (2, 2, 2, 1), strict=True)
        )
        self.tail = nn.Sequential(
            *transposed_convolution(width, half, stride=2),
            *convolution(half, half),
            nn.ConvTranspose2d(half, out_channels, 2, stride=2),
        )

    def forward(self, condition: Tensor) -> Tensor:
        """Paint a batch; see the class."""
        x = self.stem(condition)
        skips = []
        for level in self.encoder:
            x = level(x)
            skips.append(x)
        skips.pop()
        for level in self.decoder:
            x = level(x)
            if skips:
                x = x + skips.pop()
        return torch.tanh(self.tail(x))


class Residual(nn.Module):
    """The basic block of ResNet-18 (He et al. 2016): two 3×3 convolutions around which the input is added."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.main = nn.Sequential(
            convolution(in_channels, out_channels, stride=stride),
            convolution(out_channels, out_channels, activation=False),
        )
        same = stride == 1 and in_channels == out_channels
        self.around = nn.Identity() if same else convolution(in_channels, out_channels, 1, stride, activation=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, ``in_channels``, H, W) → (N, ``out_channels``, H / stride, W / stride)."""
        return torch.relu(self.main(x) + self.around(x))


def decoder_block(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    """Squeeze by a 1×1 convolution, enlarge by a transposed 3×3 one, widen by a 1×1 one."""
    squeezed = max(1, in_channels // 4)
    return nn.Sequential(
        convolution(in_channels, squeezed, kernel=1),
        transposed_convolution(squeezed, squeezed, stride),
        convolution(squeezed, out_channels, kernel=1),
    )


def transposed_convolution(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    """A transposed 3×3 convolution that enlarges exactly ``stride`` times, with batch norm and ReLU."""
    return nn.Sequential(
        nn.ConvTranspose2d(in_channels, out_channels, 3, stride, padding=1, output_padding=stride - 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )
