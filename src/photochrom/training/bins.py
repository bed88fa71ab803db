"""A distribution over bins of color in place of one color: Zhang, Isola, Efros, "Colorful Image Colorization", 2016.

One color for a dress that may be red or green is the brownish mean of both. A network that answers with a probability
for each bin can say what it does not know, and how vivid its answer becomes is chosen where it is used: by the
temperature of the annealed mean. Departures: the bins are the centers of k-means over the training photographs'
own colors, finer near gray, in place of a grid; a color is encoded over its four nearest bins, not five.
"""

from collections.abc import Iterable

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from torch import Tensor, nn

from photochrom.training.spaces import Space

_NEAREST = 4  # bins over which a color is encoded
_SIGMA = 0.05  # of the Gaussian by which they share it, on the color space's scale of [-1, 1]
_UNIFORM = 0.5  # share of the uniform distribution in the mix whose inverse the classes are weighted by
_GRAY = 0.04  # chroma that is added to a color's own where k-means draws: gray is not left out, though it has none
_STEP = 8  # every which pixel, down and across, is looked at
_DRAWN = 40_000  # colors that k-means sees
_ROUNDS = 25


class ColorBins(nn.Module):
    """``count`` bins of color (each of ``channels``), which a generator's logits are about.

    ``forward``: logits (N, ``count``, H, W) → color (N, ``channels``, H, W) in [-1, 1], the annealed mean at
    ``temperature``: 1 is the plain mean, below it the likely bins count more and colors are more vivid. Centers and
    weights of the bins are buffers, so that a checkpoint holds them.
    """

    centers: Tensor
    weights: Tensor

    def __init__(self, count: int, channels: int, temperature: float = 1.0) -> None:
        super().__init__()
        self.temperature = temperature
        self.register_buffer("centers", torch.zeros(count, channels))
        self.register_buffer("weights", torch.ones(count))

    def forward(self, logits: Tensor) -> Tensor:
        """The annealed mean, in float32; see the class."""
        likely = (logits.movedim(1, -1).float() / self.temperature).softmax(dim=-1)
        if torch.is_autocast_enabled(logits.device.type):
            with torch.autocast(logits.device.type, enabled=False):
                return (likely @ self.centers).movedim(-1, 1)
        return (likely @ self.centers).movedim(-1, 1)

    def loss(self, logits: Tensor, target: Tensor) -> Tensor:
        """Cross entropy of ``logits`` (N, count, H, W) and soft-encoded ``target`` (N, channels, H, W): a scalar.

        Rare colors count more, by the inverse of their frequency mixed with a uniform one.
        """
        colors = target.float().movedim(1, -1).flatten(0, -2)  # (N·H·W, channels)
        distances, nearest = torch.cdist(colors, self.centers).topk(_NEAREST, largest=False)
        shares = (-distances.square() / (2 * _SIGMA**2)).softmax(dim=1)
        likely = logits.movedim(1, -1).flatten(0, -2).float().log_softmax(dim=1)  # along what lies together in memory
        entropy = -(shares * likely.gather(1, nearest)).sum(dim=1)
        return (entropy * self.weights[nearest[:, 0]]).mean()

    @torch.no_grad()
    def learn(self, colors: Tensor, seed: int) -> None:
        """Take centers and weights from ``colors`` (M, channels), those of pixels of the training photographs."""
        rng = np.random.default_rng(seed)
        radius = colors.norm(dim=1).double()
        chance = (radius + _GRAY) / (radius + _GRAY).sum()
        drawn = colors[torch.from_numpy(rng.choice(len(colors), min(_DRAWN, len(colors)), p=chance.numpy()))]
        # Where a color's distance from gray is its square root, bins of one width are finer near gray.
        bent = drawn / drawn.norm(dim=1, keepdim=True).clamp(min=1e-6).sqrt()
        found, _ = kmeans2(bent.numpy(), len(self.centers), iter=_ROUNDS, minit="++", rng=rng)
        centers = torch.from_numpy(found).to(self.centers)
        self.centers.copy_(centers * centers.norm(dim=1, keepdim=True))
        nearest = torch.cdist(colors, self.centers).argmin(dim=1)
        frequency = torch.bincount(nearest, minlength=len(centers)) / len(colors)
        weights = 1 / ((1 - _UNIFORM) * frequency + _UNIFORM / len(centers))
        self.weights.copy_(weights / (frequency * weights).sum())  # 1 in the mean over all pixels


def colors_of(photographs: Iterable[Tensor], space: Space) -> Tensor:
    """Some colors of each of the ``photographs``, rgb (3, H, W) in [0, 1], encoded in ``space``: (M, channels)."""
    drawn = [space.encode(rgb[:, ::_STEP, ::_STEP]).flatten(1) for rgb in photographs]
    return torch.cat(drawn, dim=1).t()
