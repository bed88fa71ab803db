"""TriStream: the network of the student project that Photochrom grew out of, named for its block.

In the block three streams flow side by side and are added: the input itself, one convolution of it, and a
chain of five convolutions with residual and recurrent-style links. The network is an encoder of four strided
convolutions, each followed by a block, and a decoder that enlarges, combines with the encoder's map of
that size, and lets a block work on it; at full size only the input itself is joined before the last layer.

Options: none. 25.3 M parameters at width 64. In the project's figure the skips start behind the strided
convolutions, where the sizes do not fit; here they start before them, at the blocks' answers. To combine is
to concatenate and to convolve 1×1. What the figure leaves open is decided here: strided convolutions are 3×3
with batch norm and ReLU, enlargement is bilinear, the output is a 3×3 convolution and tanh.
"""

import torch
from torch import Tensor, nn

from photochrom.training.blocks import convolution, doubling_widths, join


class TriStream(nn.Module):
    """The TriStream.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``.
    """

    multiple_of = 16

    def __init__(self, width: int = 64, in_channels: int = 1, out_channels: int = 2) -> None:
        super().__init__()
        widths = doubling_widths(width, 4)
        self.encoder = nn.ModuleList(
            nn.Sequential(convolution(before, after, stride=2), ThreeStreams(after))
            for before, after in zip([in_channels, *widths], widths, strict=False)
        )
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.combine = nn.ModuleList(nn.Conv2d(3 * w, w, 1) for w in reversed(widths[:-1]))
        self.decoder = nn.ModuleList(ThreeStreams(w) for w in reversed(widths[:-1]))
        self.combine_with_input = nn.Conv2d(width + in_channels, width, 1)
        self.head = nn.Conv2d(width, out_channels, 3, padding=1)

    def forward(self, condition: Tensor) -> Tensor:
        """Paint a batch; see the class."""
        x, skips = condition, []
        for level in self.encoder:
            x = level(x)
            skips.append(x)
        skips.pop()  # the bottleneck goes on by itself
        for combine, block in zip(self.combine, self.decoder, strict=True):
            x = block(combine(join(self.up(x), skips.pop())))
        return torch.tanh(self.head(self.combine_with_input(join(self.up(x), condition))))


class ThreeStreams(nn.Module):
    """The block: the input, one convolution of it, and a chain of five, added: (N, C, H, W) → (N, C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.f = nn.ModuleList(convolution(channels, channels) for _ in range(6))

    def forward(self, x: Tensor) -> Tensor:
        """Let the streams flow; see the class."""
        f1, f2, f3, f4, f5, f6 = self.f
        s1 = x + f1(x)
        s2 = x + f2(s1)
        s3 = s2 + f3(s2)
        s4 = s2 + f4(s3)
        result: Tensor = x + f6(x) + f5(s4)
        return result
