"""The color spaces a generator can work in: one row each, and the generator never knows which.

``condition`` and ``target`` are what a generator sees and is asked for, scaled to [-1, 1].
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, cat

from photochrom.color import lab_to_rgb, merge, rgb_to_chroma, rgb_to_lab

_AB_RANGE = 110.0  # sRGB reaches |a*|, |b*| = 107.9


@dataclass(frozen=True)
class Space:
    """A color space as three functions between the planes of `photochrom.color` and a generator.

    ``condition``: luma (N, 1, H, W) → (N, ``in_channels``, H, W).
    ``encode``: rgb (N, 3, H, W) → target (N, ``out_channels``, H, W).
    ``decode``: prediction (N, ``out_channels``, H, W) and luma → chroma (N, 2, H, W).
    """

    in_channels: int
    out_channels: int
    condition: Callable[[Tensor], Tensor]
    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor, Tensor], Tensor]


def _gray(luma: Tensor) -> Tensor:
    return cat((luma, luma, luma), dim=-3)


def _lightness(luma: Tensor) -> Tensor:
    lab: Tensor = rgb_to_lab(_gray(luma))
    return lab[..., 0:1, :, :]


def _lab_to_chroma(prediction: Tensor, luma: Tensor) -> Tensor:
    lab = cat((_lightness(luma), prediction * _AB_RANGE), dim=-3)
    chroma: Tensor = rgb_to_chroma(lab_to_rgb(lab))
    return chroma


SPACES = {
    "ycbcr": Space(
        in_channels=1,
        out_channels=2,
        condition=lambda luma: luma * 2 - 1,
        encode=lambda rgb: rgb_to_chroma(rgb) * 2,
        decode=lambda prediction, luma: prediction / 2,
    ),
    # L* is that of the gray picture, in training as at inference, never that of the colors.
    "lab": Space(
        in_channels=1,
        out_channels=2,
        condition=lambda luma: _lightness(luma) / 50 - 1,
        encode=lambda rgb: rgb_to_lab(rgb)[..., 1:, :, :] / _AB_RANGE,
        decode=_lab_to_chroma,
    ),
    # The original pix2pix recipe: the whole picture is painted anew. Only its chroma is used.
    "rgb": Space(
        in_channels=3,
        out_channels=3,
        condition=lambda luma: _gray(luma) * 2 - 1,
        encode=lambda rgb: rgb * 2 - 1,
        decode=lambda prediction, luma: rgb_to_chroma((prediction + 1) / 2),
    ),
}


def to_rgb(space: Space, prediction: Tensor, luma: Tensor) -> Tensor:
    """What a prediction looks like on its photograph: (N, ``out_channels``, H, W) → rgb (N, 3, H, W) in [0, 1]."""
    rgb: Tensor = merge(luma, space.decode(enlarged(prediction, luma), luma))
    return rgb.clip(0, 1)


def enlarged(prediction: Tensor, picture: Tensor) -> Tensor:
    """A ``prediction`` that was painted at half the size at that of the ``picture``; (N, C, H, W) each."""
    if prediction.shape[-2:] == picture.shape[-2:]:
        return prediction
    return F.interpolate(prediction, size=picture.shape[-2:], mode="bilinear", align_corners=False)


def shrunk(target: Tensor, prediction: Tensor) -> Tensor:
    """A ``target`` at the size of a ``prediction``, the mean of what each of its pixels covers; (N, C, H, W) each."""
    return (
        target
        if target.shape[-2:] == prediction.shape[-2:]
        else F.interpolate(target, size=prediction.shape[-2:], mode="area")
    )
