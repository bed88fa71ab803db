"""U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.

An encoder halves the picture level by level while it doubles the channels; a decoder climbs back by
transposed convolutions, and at every level joins (concatenates) the encoder's map of that size, so
that what is known coarsely lands on the pixels it belongs to.

Options: ``width``, channels of the first level; ``depth``, number of levels. 31.0 M parameters at
width 64, depth 5, as in the paper. Departures from the paper: convolutions are padded, so the output
has the input's size and nothing is cropped from the skips; batch norm follows every convolution, as in
nearly every implementation since, because the paper's network is hard to train without; the last
layer is tanh instead of softmax.
"""

import torch
from torch import Tensor, nn


class UNet(nn.Module):
    """The U-Net; ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].

    H and W must be multiples of ``multiple_of``.
    """

    def __init__(self, width: int = 64, in_channels: int = 1, out_channels: int = 2, depth: int = 5) -> None:
        super().__init__()
        if depth < 2:
            raise ValueError(f"depth must be at least 2, not {depth}")
        widths = [width * 2**level for level in range(depth)]
        self.multiple_of = 2 ** (depth - 1)
        self.encoder = nn.ModuleList(
            double_convolution(before, after) for before, after in zip([in_channels, *widths], widths, strict=False)
        )
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in reversed(widths[:-1]))
        self.decoder = nn.ModuleList(double_convolution(2 * w, w) for w in reversed(widths[:-1]))
        self.head = nn.Conv2d(width, out_channels, 1)

    def forward(self, condition: Tensor) -> Tensor:
        """Color a batch; see the class."""
        x = self.encoder[0](condition)
        skips = []
        for level in self.encoder[1:]:
            skips.append(x)
            x = level(self.pool(x))
        for up, level in zip(self.up, self.decoder, strict=True):
            x = level(torch.cat((skips.pop(), up(x)), dim=1))
        return torch.tanh(self.head(x))


def double_convolution(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two padded 3x3 convolutions, each with batch norm and ReLU."""
    layers: list[nn.Module] = []
    for channels in (in_channels, out_channels):
        layers += [
            nn.Conv2d(channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)
