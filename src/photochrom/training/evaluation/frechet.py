"""The Fréchet distance between two sets of photographs, on whichever features are at hand.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", 2017, take
Inception's features and call it FID. On other features it is another measure, and is never called that here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance

from photochrom.errors import UsageError
from photochrom.training.lpips import Lpips


@dataclass(frozen=True)
class Features:
    """What describes a photograph: ``name`` says which features, ``of`` takes rgb (3, H, W) in [0, 1] to numbers."""

    name: str
    of: Callable[[Tensor], list[float]]


def on_lpips(lpips: Lpips) -> Features:
    """The deepest features of LPIPS's backbone, averaged over the photograph: 256 numbers for AlexNet."""
    names = {"alexnet": "Fréchet distance (AlexNet conv5)", "vgg16": "Fréchet distance (VGG16 conv5_3)"}
    return Features(
        names[lpips.backbone], lambda rgb: [float(v) for v in lpips.features(rgb[None])[-1].mean(dim=(2, 3))[0]]
    )


def on_inception() -> Features:
    """Inception's own 2,048 features, which make it the FID; torch-fidelity brings them. Raises `UsageError`."""
    try:
        inception: Any = FrechetInceptionDistance(feature=2048).inception
    except (ModuleNotFoundError, ImportError, OSError, RuntimeError) as error:
        raise UsageError(
            f"the FID needs torch-fidelity, which is not usable here ({' '.join(str(error).split())[:100]})"
        ) from None

    def of(rgb: Tensor) -> list[float]:
        return [float(v) for v in inception((rgb[None] * 255).byte())[0]]

    return Features("FID", of)


def distance(made: Sequence[Sequence[float]], true: Sequence[Sequence[float]]) -> float | None:
    """The Fréchet distance of two sets of features, one row a photograph; None for fewer than two photographs.

    It depends on the number of photographs: compare only what was measured on the same ones.
    """
    if min(len(made), len(true)) < 2 or not made[0]:
        return None
    metric = FrechetInceptionDistance(feature=_AsTheyAre(len(made[0])), normalize=True)
    metric.update(torch.tensor(made, dtype=torch.float64), real=False)
    metric.update(torch.tensor(true, dtype=torch.float64), real=True)
    return float(metric.compute())


class _AsTheyAre(nn.Module):
    """Stands where torchmetrics has a network: the features are there already."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.num_features = number

    def forward(self, features: Tensor) -> Tensor:
        return features
