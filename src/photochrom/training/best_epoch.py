"""Which epoch of a run is kept as the best: the one whose colors are nearest to the photographs', and not the grayest.

L1 is lowest where the network dares nothing, so that the epoch with the lowest L1 is often the grayest one. What
decides instead is the distance

    mean CIEDE2000 + 1/20 · mean |colorfulness − the photograph's own colorfulness|

over the validation photographs, among the epochs that are not almost gray: those that paint more than a quarter of the
colorfulness that they miss, about a fifth of what there is. The distance needs no file of weights, and agrees better
with LPIPS than L1 does: docs/results/best-epoch.md has the measurement.
"""

import math

import torch
from torch import Tensor

from photochrom.training.checkpoint import Row
from photochrom.training.metrics import batch_ciede2000, batch_colorfulness

# What an epoch is judged by, per photograph; in the history and in metrics.csv with `validation_` before it.
FIGURES = ("ciede2000", "colorfulness", "colorfulness_distance", "distance")
_DISTANCE = "validation_distance"
_SHARE = 1 / 20  # of the difference in colorfulness, beside CIEDE2000
_GRAY = 1 / 4  # of the colorfulness that is missed: who paints less is almost gray


def figures(pictures: Tensor, originals: Tensor) -> Tensor:
    """`FIGURES` of rgb (N, 3, H, W) in [0, 1], one row a photograph: (N, 4)."""
    difference = batch_ciede2000(pictures, originals)
    colorful = batch_colorfulness(pictures)
    missed = (colorful - batch_colorfulness(originals)).abs()
    return torch.stack((difference, colorful, missed, difference + _SHARE * missed), dim=1)


def best(history: list[Row]) -> Row | None:
    """The best epoch's row, the later one of two that are as good; None where no epoch was judged.

    One that is almost gray is the best only where all are. Epochs of versions before there was a distance do not count.
    """
    judged = [row for row in history if math.isfinite(row.get(_DISTANCE, math.nan))]
    return min(reversed(judged), key=lambda row: (_almost_gray(row), row[_DISTANCE]), default=None)


def why(history: list[Row]) -> str:
    """A line on which epoch is the best, and by what; empty where no epoch was judged."""
    row = best(history)
    if row is None:
        return ""
    grayer = any(_almost_gray(other) > _almost_gray(row) for other in history)
    among = "of those that are not almost gray " if grayer else ""
    return (
        f"epoch {row['epoch']:.0f} of {len(history)}, {among}the nearest to the validation photographs: "
        f"{row[_DISTANCE]:.2f}, which is CIEDE2000 {row['validation_ciede2000']:.2f} and a twentieth of "
        f"{row['validation_colorfulness_distance']:.1f}, the difference in colorfulness"
    )


def _almost_gray(row: Row) -> bool:
    painted, missed = (row.get(f"validation_{name}", math.nan) for name in FIGURES[1:3])
    return painted < _GRAY * missed
