"""R2U-Net: Alom et al., "Recurrent Residual Convolutional Neural Network based on U-Net (R2U-Net) …", 2018.

A U-Net whose double convolutions are recurrent residual units: a convolution is applied t more times to
its own answer plus the input, with the same weights, so that a unit sees further without more
parameters; and the unit's input is added to what comes out.

Options: ``depth``, the number of levels; ``t``, the number of recurrent steps. 39.1 M parameters at width 64,
depth 5 and t = 2, as in the authors' network. Every step has a batch norm of its own: the maps of each step
have their own mean and variance, and running statistics shared by all would fit none of them in eval mode.
Departures: tanh instead of sigmoid.
"""

import torch
from torch import Tensor, nn

from photochrom.training.blocks import convolution, doubling_widths, join


class R2UNet(nn.Module):
    """The R2U-Net.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``.
    Raises `ValueError` for a ``depth`` below 2 or a ``t`` below 0.
    """

    def __init__(
        self, width: int = 64, in_channels: int = 1, out_channels: int = 2, depth: int = 5, t: int = 2
    ) -> None:
        super().__init__()
        if t < 0:
            raise ValueError(f"t must be at least 0, not {t}")
        widths = doubling_widths(width, depth)
        self.multiple_of = 2 ** (depth - 1)
        self.encoder = nn.ModuleList(
            RecurrentResidual(before, after, t) for before, after in zip([in_channels, *widths], widths, strict=False)
        )
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(
            nn.Sequential(nn.Upsample(scale_factor=2), convolution(2 * w, w)) for w in reversed(widths[:-1])
        )
        self.decoder = nn.ModuleList(RecurrentResidual(2 * w, w, t) for w in reversed(widths[:-1]))
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


class RecurrentResidual(nn.Module):
    """Two recurrent convolutions with the unit's input, brought to as many channels, added around them."""

    def __init__(self, in_channels: int, out_channels: int, t: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(in_channels, out_channels, 1)
        self.recurrent = nn.Sequential(Recurrent(out_channels, t), Recurrent(out_channels, t))

    def forward(self, x: Tensor) -> Tensor:
        """(N, ``in_channels``, H, W) → (N, ``out_channels``, H, W)."""
        x = self.widen(x)
        result: Tensor = x + self.recurrent(x)
        return result


class Recurrent(nn.Module):
    """x₀ = f₀(x), then ``t`` times xₖ = fₖ(x + xₖ₋₁): one convolution, with a batch norm a step, and ReLU."""

    def __init__(self, channels: int, t: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(t + 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        first, *later = self.norms
        answer = torch.relu(first(self.convolution(x)))
        for norm in later:
            answer = torch.relu(norm(self.convolution(x + answer)))
        return answer
