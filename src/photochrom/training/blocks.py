"""What at least two networks share."""

import torch
from torch import Tensor, nn

_HINT_SCALE = 8.0


def convolution(
    in_channels: int, out_channels: int, kernel: int = 3, stride: int = 1, activation: bool = True
) -> nn.Sequential:
    """A padded convolution with batch norm and, by default, ReLU: the brick that all these networks are built of."""
    layers: list[nn.Module] = [
        nn.Conv2d(in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
    ]
    if activation:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def double_convolution(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two padded 3×3 convolutions, each with batch norm and ReLU: one level of the U-Nets."""
    return nn.Sequential(*convolution(in_channels, out_channels), *convolution(out_channels, out_channels))


def doubling_widths(width: int, depth: int) -> list[int]:
    """Channels of each of ``depth`` levels, twice as many at every step. Raises `ValueError` for fewer than two."""
    if depth < 2:
        raise ValueError(f"depth must be at least 2, not {depth}")
    return [width * 2**level for level in range(depth)]


class HintConvolution(nn.Conv2d):
    """What hints (N, 3, H, W) add to a layer's result: three more input planes of it, whose weights start at zero.

    So a network that takes hints starts as the same one without them, and hints of zeros change nothing, ever.
    """

    def __init__(self, out_channels: int, stride: int = 1) -> None:
        super().__init__(3, out_channels, 3, stride, padding=1, bias=False)

    def forward(self, hints: Tensor) -> Tensor:
        """See the class."""
        # Photographs' chroma deviates by about 0.07 from gray: the network's other inputs are ten times as large.
        return super().forward(join(hints[:, :2] * _HINT_SCALE, hints[:, 2:]))


def with_hints(level: nn.Module, x: Tensor, hints: Tensor) -> Tensor:
    """Run ``level`` on ``x`` where ``hints``, from a `HintConvolution`, belong to its first layer's result."""
    first, *others = level.children()
    x = first(x) + hints
    for layer in others:
        x = layer(x)
    return x


def join(*maps: Tensor) -> Tensor:
    """Concatenate maps (N, C, H, W) of one size along their channels."""
    return torch.cat(maps, dim=1)


def start_small(module: nn.Module) -> None:
    """Start the weights of one layer as Isola 2017 does, from N(0, 0.02); for ``network.apply(start_small)``.

    A generator that ends in tanh then starts close to gray, the answer that is least wrong.
    """
    if isinstance(module, HintConvolution):
        nn.init.zeros_(module.weight)
    elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
