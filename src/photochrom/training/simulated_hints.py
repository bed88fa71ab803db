"""Hints as they will be given later, simulated from a training photograph's own colors.

A set of hints is float32 (3, H, W): Cb·m, Cr·m and the confidence m in [0, 1]; zero where nothing is known. What
people give are points and strokes of one color; a layer painted elsewhere knows everything; the frame before carries
colors over to the next one of a film, moved and never quite in place.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import Tensor

from photochrom.color import rgb_to_chroma

_PLANES = 3
_EVERYTHING, _CARRIED = 0.015, 0.077  # shares of the photographs that have hints; the others have points and strokes
_MOST = 64  # points and strokes on one photograph
_STROKES = 0.25  # share of strokes among them
_SIDE = 160  # pixels of the photograph that the sizes below are given for
_POINT = (1, 9)  # pixels that a point's square is wide
_LENGTH, _WIDTH = (8, 60), (1, 6)  # of a stroke
_SAME = 0.06  # how far the chroma under a stroke may be from where it begins: nobody paints over an object's edge
_MOTION = 4.0  # pixels by which a frame's colors have moved at most
MEASURED_POINTS, _MEASURED_SIDE = 10, 6 / 256  # in validation: how many, and their width as a share of the picture's


def simulate(rgb: Tensor, share: float, rng: np.random.Generator) -> Tensor:
    """Hints (3, H, W) for one photograph, rgb (3, H, W) in [0, 1]; none at all but for a ``share`` of them.

    ``rng`` decides everything: the same state gives the same hints.
    """
    if rng.random() >= share:
        return nothing(rgb)
    chroma, kind = rgb_to_chroma(rgb), rng.random()
    if kind < _EVERYTHING:
        return torch.cat((chroma, torch.ones_like(chroma[:1])))
    if kind < _EVERYTHING + _CARRIED:
        return _carried(chroma, rng)
    hints = nothing(rgb)
    for _ in range(int(np.exp(rng.uniform(0, np.log(_MOST + 1))))):
        if rng.random() < _STROKES:
            _stroke(hints, chroma, rng)
        else:
            _point(hints, chroma, int(_pixels(_POINT, rgb, rng)), rng)
    return hints


def measured(rgb: Tensor, rng: np.random.Generator) -> Tensor:
    """The hints that validation gives: `MEASURED_POINTS` points, 6 pixels wide where the picture is 256."""
    hints, chroma = nothing(rgb), rgb_to_chroma(rgb)
    for _ in range(MEASURED_POINTS):
        _point(hints, chroma, max(1, round(_MEASURED_SIDE * rgb.shape[-1])), rng)
    return hints


def nothing(rgb: Tensor) -> Tensor:
    """The hints of somebody who knows nothing: zeros (3, H, W)."""
    return rgb.new_zeros(_PLANES, *rgb.shape[-2:])


def _point(hints: Tensor, chroma: Tensor, side: int, rng: np.random.Generator) -> None:
    """Lay a square of the mean chroma beneath it, ``side`` pixels wide, on ``hints``."""
    height, width = hints.shape[-2:]
    side = min(side, height, width)
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    place = np.s_[:, top : top + side, left : left + side]
    hints[place] = _known(chroma[place].mean(dim=(1, 2)))


def _stroke(hints: Tensor, chroma: Tensor, rng: np.random.Generator) -> None:
    """Lay a bent line of one color on ``hints``, as far as what is beneath it is of about that color."""
    height, width = hints.shape[-2:]
    mask = Image.new("1", (width, height))
    start = rng.uniform((0, 0), (width, height))
    angle, length = rng.uniform(0, 2 * np.pi), _pixels(_LENGTH, chroma, rng)
    steps = [length / 2 * np.array([np.cos(turn), np.sin(turn)]) for turn in angle + np.array([0, rng.normal(0, 0.5)])]
    ImageDraw.Draw(mask).line(
        [tuple(place) for place in start + np.cumsum([(0, 0), *steps], axis=0)], 1, int(_pixels(_WIDTH, chroma, rng))
    )
    x, y = start.astype(int)
    cb, cr = chroma - chroma[:, y, x, None, None]
    covered = torch.from_numpy(np.array(mask)) & (torch.hypot(cb, cr) < _SAME)
    if covered.any():
        hints[:, covered] = _known(chroma[:, covered].mean(dim=1))[:, :, 0]


def _known(chroma: Tensor) -> Tensor:
    """One chroma (2,), known for certain: (3, 1, 1)."""
    return torch.cat((chroma, chroma.new_ones(1)))[:, None, None]


def _carried(chroma: Tensor, rng: np.random.Generator) -> Tensor:
    """What the next frame of a film has of this one's chroma (2, H, W): moved smoothly, blurred, more or less certain,
    and with holes where something has come into view.
    """
    height, width = chroma.shape[-2:]
    reach = rng.uniform(0, _MOTION) * max(height, width) / _SIDE
    motion = _smooth(2, 3, height, width, rng).clamp(-1, 1) * reach  # pixels across and down
    down, across = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    places = torch.stack((across, down)) + motion
    scale = torch.tensor([width, height])[:, None, None]
    grid = ((2 * places + 1) / scale - 1).movedim(0, -1)[None]
    moved = F.grid_sample(chroma[None], grid, padding_mode="border", align_corners=False)
    moved = F.interpolate(F.avg_pool2d(moved, 2, ceil_mode=True), (height, width), mode="bilinear")[0]
    confidence = (0.65 + 0.35 * _smooth(1, 6, height, width, rng)).clamp(0.3, 1)
    hole = _smooth(1, 8, height, width, rng) > rng.uniform(0.5, 1.5)
    confidence = confidence * ~hole
    return torch.cat((moved * confidence, confidence))


def _smooth(planes: int, knots: int, height: int, width: int, rng: np.random.Generator) -> Tensor:
    """Fields (``planes``, ``height``, ``width``) of mean 0, smooth between ``knots`` random values a side."""
    coarse = torch.from_numpy(rng.standard_normal((1, planes, knots, knots)).astype(np.float32))
    return F.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)[0]


def _pixels(bounds: tuple[int, int], planes: Tensor, rng: np.random.Generator) -> float:
    """A length between ``bounds``, in pixels of a photograph of `_SIDE`, as pixels of this one; at least 1."""
    low, high = bounds
    return max(1.0, float(rng.uniform(low, high + 1)) * planes.shape[-1] / _SIDE)
