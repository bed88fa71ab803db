"""U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.

An encoder halves the picture level by level while it doubles the channels; a decoder climbs back by
transposed convolutions, and at every level joins (concatenates) the encoder's map of that size, so
that what is known coarsely lands on the pixels it belongs to.

Options: ``depth``, the number of levels. 31.0 M parameters at width 64 and depth 5, as in the paper.
Departures: convolutions are padded, so that the output has the input's size and nothing is cropped
from the skips; batch norm follows every convolution, without which such a network is hard to train
from scratch; the last layer is tanh instead of softmax.
"""

import torch
from torch import Tensor, nn

from photochrom.training.blocks import double_convolution, doubling_widths, join


class UNet(nn.Module):
    """The U-Net.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``. Raises `ValueError` for a ``depth`` below 2.
    """

    def __init__(self, width: int = 64, in_channels: int = 1, out_channels: int = 2, depth: int = 5) -> None:
        super().__init__()
        widths = doubling_widths(width, depth)
        self.multiple_of = 2 ** (depth - 1)
        self.encoder = nn.ModuleList(map(double_convolution, [in_channels, *widths], widths))
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in reversed(widths[:-1]))
        self.decoder = nn.ModuleList(double_convolution(2 * w, w) for w in reversed(widths[:-1]))
        self.head = nn.Conv2d(width, out_channels, 1)

    def forward(self, condition: Tensor) -> Tensor:
        """Paint a batch; see the class."""
        x = self.encoder[0](condition)
        skips = []
        for level in self.encoder[1:]:
            skips.append(x)
            x = level(self.pool(x))
        for up, level in zip(self.up, self.decoder, strict=True):
            x = level(join(skips.pop(), up(x)))
        return torch.tanh(self.head(x))
