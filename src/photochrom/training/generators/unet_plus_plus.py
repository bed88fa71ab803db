"""UNet++: Zhou, Siddiquee, Tajbakhsh, Liang, "UNet++: A Nested U-Net Architecture …", 2018.

A U-Net whose skips are filled with a grid of nodes: X(i,j) stands at level i and has j nodes to its
left, all of which it joins, together with what comes up from X(i+1,j-1). So the encoder's maps are
brought closer to the decoder's before they meet, and the grid holds U-Nets of every depth.

Options: ``depth``, the number of levels; ``deep_supervision``, a head on each of X(0,1) to X(0,depth-1),
averaged at inference. With it, ``pruned`` keeps the U-Net of a smaller depth alone, smaller and faster.
The paper gives 9.04 M parameters at width 32; here they are 9.04 M, too, with its transposed convolutions
2×2 on the way up. Departures: batch norm after every convolution (the authors' first code has
dropout instead), and tanh heads of 1×1 instead of sigmoid ones. In training L1 is paid for each head and, with the
discriminator, for their mean, where the paper has the heads alone.
"""

import copy

import torch
from torch import Tensor, nn

from photochrom.training.blocks import double_convolution, doubling_widths, join


class UNetPlusPlus(nn.Module):
    """The UNet++.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``. Raises `ValueError` for a ``depth`` below 2.
    """

    def __init__(
        self,
        width: int = 32,
        in_channels: int = 1,
        out_channels: int = 2,
        depth: int = 5,
        deep_supervision: bool = False,
    ) -> None:
        super().__init__()
        widths = doubling_widths(width, depth)
        self.depth = depth
        self.deep_supervision = deep_supervision
        self.nodes, self.up = nn.ModuleDict(), nn.ModuleDict()
        for i, w in enumerate(widths):
            self.nodes[f"{i},0"] = double_convolution(widths[i - 1] if i else in_channels, w)
            for j in range(1, depth - i):
                self.up[f"{i},{j}"] = nn.ConvTranspose2d(2 * w, w, 2, stride=2)
                self.nodes[f"{i},{j}"] = double_convolution((j + 1) * w, w)
        self.pool = nn.MaxPool2d(2)
        columns = range(1, depth) if deep_supervision else [depth - 1]
        self.heads = nn.ModuleDict({str(j): nn.Conv2d(width, out_channels, 1) for j in columns})

    @property
    def multiple_of(self) -> int:
        """What H and W must be multiples of."""
        return int(2 ** (self.depth - 1))

    def forward(self, condition: Tensor) -> Tensor:
        """Paint a batch; see the class."""
        return self.supervised(condition)[0]

    def supervised(self, condition: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and with deep supervision what each head predicts alone: all (N, ``out_channels``, H, W)."""
        grid: dict[tuple[int, int], Tensor] = {}
        for column in range(self.depth):  # X(column,0) and then the diagonal that it makes possible, up to X(0,column)
            grid[column, 0] = self.nodes[f"{column},0"](self.pool(grid[column - 1, 0]) if column else condition)
            for j in range(1, column + 1):
                i = column - j
                left = [grid[i, k] for k in range(j)]
                grid[i, j] = self.nodes[f"{i},{j}"](join(*left, self.up[f"{i},{j}"](grid[i + 1, j - 1])))
        predictions = [torch.tanh(head(grid[0, int(j)])) for j, head in self.heads.items()]
        prediction = torch.stack(predictions).mean(dim=0) if len(predictions) > 1 else predictions[0]
        return prediction, predictions if self.deep_supervision else []

    def pruned(self, level: int) -> "UNetPlusPlus":
        """A copy with the nodes that X(0,``level``) needs and its head alone: the paper's pruning at L1, L2, ….

        Raises `ValueError` if the network was not trained with deep supervision, or has no such level.
        """
        if not self.deep_supervision:
            raise ValueError("only a network with deep_supervision can be pruned: it alone has heads at every level")
        if str(level) not in self.heads:
            raise ValueError(f"there is no level {level}; choose one of {', '.join(self.heads)}")
        smaller = copy.deepcopy(self)
        smaller.depth = level + 1
        for modules in (smaller.nodes, smaller.up):
            for key in list(modules):
                if sum(map(int, key.split(","))) > level:
                    del modules[key]
        smaller.heads = nn.ModuleDict({str(level): smaller.heads[str(level)]})
        return smaller
