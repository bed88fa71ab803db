"""U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.

An encoder halves the picture level by level while it doubles the channels; a decoder climbs back by
transposed convolutions, and at every level joins (concatenates) the encoder's map of that size, so
that what is known coarsely lands on the pixels it belongs to.

Options: ``depth``, the number of levels. 31.0 M parameters at width 64 and depth 5, as in the paper.
Departures: convolutions are padded, so that the output has the input's size and nothing is cropped
from the skips; batch norm follows every convolution, without which such a network is hard to train
from scratch; the last layer is tanh instead of softmax.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.training.blocks import HintConvolution, double_convolution, doubling_widths, join, with_hints


class UNet(nn.Module):
    """The U-Net.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``. With ``hints`` it takes hints (N, 3, H, W), too, in the first level,
    and where ``half`` leaves the last one out, in the one before it; the prediction is then half as high and wide.
    With ``logits`` nothing bounds the prediction. Raises `ValueError` for a ``depth`` below 2, or 3 with ``half``.
    """

    def __init__(
        self,
        width: int = 64,
        in_channels: int = 1,
        out_channels: int = 2,
        depth: int = 5,
        hints: bool = False,
        half: bool = False,
        logits: bool = False,
    ) -> None:
        super().__init__()
        widths = doubling_widths(width, depth)
        if half and depth < 3:
            raise ValueError(f"depth must be at least 3 where chroma has half the size, not {depth}")
        self.at_half_size = half
        self.bound: nn.Module = nn.Identity() if logits else nn.Tanh()
        self.multiple_of = 2 ** (depth - 1)
        self.encoder = nn.ModuleList(map(double_convolution, [in_channels, *widths], widths))
        self.pool = nn.MaxPool2d(2)
        climbed = widths[-2:0:-1] if half else widths[-2::-1]
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in climbed)
        self.decoder = nn.ModuleList(double_convolution(2 * w, w) for w in climbed)
        self.head = nn.Conv2d(climbed[-1], out_channels, 1)
        if hints:
            self.hint_first = HintConvolution(width)
            self.hint_last = HintConvolution(climbed[-1]) if half else None

    def forward(self, condition: Tensor, hints: Tensor | None = None) -> Tensor:
        """Paint a batch; see the class."""
        first, *deeper = self.encoder
        x = first(condition) if hints is None else with_hints(first, condition, self.hint_first(hints))
        skips = []
        for level in deeper:
            skips.append(x)
            x = level(self.pool(x))
        *levels, last = zip(self.up, self.decoder, strict=True)
        for up, level in levels:
            x = level(join(skips.pop(), up(x)))
        up, level = last
        x = join(skips.pop(), up(x))
        if hints is None or self.hint_last is None:
            x = level(x)
        else:
            x = with_hints(level, x, self.hint_last(F.avg_pool2d(hints, 2)))
        prediction: Tensor = self.bound(self.head(x))
        return prediction
