"""UNet 3+: Huang et al., "UNet 3+: A Full-Scale Connected UNet for Medical Image Segmentation", 2020.

A U-Net in which every decoder node sees all scales at once: the encoder's maps of its own size and of
all larger ones (max-pooled down), and the decoder's of all smaller ones (enlarged bilinearly), each
brought to ``width`` channels, joined and fused by one convolution.

Options: ``depth``, the number of scales; ``deep_supervision``, an auxiliary output at every decoder scale,
each with a loss term of its own. 26.97 M parameters at width 64 and depth 5, as in the paper.
Departures: the classification-guided module is left out, because it switches organs off in pictures
that have none, and a photograph's color has no such counterpart; tanh instead of sigmoid.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.training.blocks import convolution, double_convolution, doubling_widths, join


class UNet3Plus(nn.Module):
    """The UNet 3+.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``. Raises `ValueError` for a ``depth`` below 2.
    """

    def __init__(
        self,
        width: int = 64,
        in_channels: int = 1,
        out_channels: int = 2,
        depth: int = 5,
        deep_supervision: bool = False,
    ) -> None:
        super().__init__()
        widths = doubling_widths(width, depth)
        together = depth * width
        self.multiple_of = 2 ** (depth - 1)
        self.encoder = nn.ModuleList(map(double_convolution, [in_channels, *widths], widths))
        self.pool = nn.MaxPool2d(2)
        self.decoder = nn.ModuleList(FullScale(widths, level) for level in range(depth - 1))
        self.head = nn.Conv2d(together, out_channels, 3, padding=1)
        scales = [*[together] * (depth - 2), widths[-1]] if deep_supervision else []  # the head serves the largest
        self.auxiliary = nn.ModuleList(nn.Conv2d(channels, out_channels, 3, padding=1) for channels in scales)

    def forward(self, condition: Tensor) -> Tensor:
        """Paint a batch; see the class."""
        return torch.tanh(self.head(self._decode(condition)[0]))

    def supervised(self, condition: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and with deep supervision those of the smaller scales, enlarged: all of the same shape."""
        largest, *smaller = self._decode(condition)
        others = []
        for head, scale in zip(self.auxiliary, smaller, strict=False):  # no heads without deep supervision
            others.append(torch.tanh(enlarge(head(scale), condition.shape[-1] // scale.shape[-1])))
        return torch.tanh(self.head(largest)), others

    def _decode(self, condition: Tensor) -> list[Tensor]:
        """The decoder's maps, the largest first; the last is the bottleneck."""
        maps = [self.encoder[0](condition)]
        for encode in self.encoder[1:]:
            maps.append(encode(self.pool(maps[-1])))
        # From the bottom up: below ``level`` the list holds the decoder's maps already, above it the encoder's.
        for level in reversed(range(len(self.decoder))):
            maps[level] = self.decoder[level](maps)
        return maps


class FullScale(nn.Module):
    """One decoder node: the maps of all scales → (N, depth · width, H, W) at the scale of ``level``."""

    def __init__(self, widths: list[int], level: int) -> None:
        super().__init__()
        self.level = level
        width, depth = widths[0], len(widths)
        # From a decoder node come depth · width channels, from the bottleneck and the encoder their own.
        sources = [depth * width if level < i < depth - 1 else w for i, w in enumerate(widths)]
        self.branches = nn.ModuleList(convolution(channels, width) for channels in sources)
        self.fuse = convolution(depth * width, depth * width)

    def forward(self, maps: list[Tensor]) -> Tensor:
        """``maps`` of every scale, the largest first; see the class."""
        seen = []
        for scale, (x, branch) in enumerate(zip(maps, self.branches, strict=True)):
            if scale < self.level:
                x = F.max_pool2d(x, 2 ** (self.level - scale))
            elif scale > self.level:
                x = enlarge(x, 2 ** (scale - self.level))
            seen.append(branch(x))
        fused: Tensor = self.fuse(join(*seen))
        return fused


def enlarge(x: Tensor, factor: int) -> Tensor:
    """(N, C, H, W) → (N, C, ``factor`` · H, ``factor`` · W), bilinear."""
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False)
