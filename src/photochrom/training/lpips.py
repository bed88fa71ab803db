"""LPIPS v0.1: Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", 2018.

On AlexNet to measure with, on VGG16 to train with: who trains on a measure can no longer measure with it.
"""

from pathlib import Path
from pickle import UnpicklingError

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.errors import UsageError

# Each backbone by its number of convolutions: stride and padding of each, the max-pooling (side, stride) before
# some of them, and those after whose ReLU the features are compared.
_BACKBONES = {
    5: ("alexnet", {0: (4, 2), 1: (1, 2)}, {1: (3, 2), 2: (3, 2)}, (0, 1, 2, 3, 4)),
    13: ("vgg16", {}, {2: (2, 2), 4: (2, 2), 7: (2, 2), 10: (2, 2)}, (1, 3, 6, 9, 12)),
}


class Lpips(nn.Module):
    """The distance; ``forward``: two rgb (N, 3, H, W) in [0, 1] → (N,), 0 for equal pictures.

    ``weights``: ``convs.0…{weight,bias}``, ``lin0…4``, ``shift`` and ``scale``, as the authors published them for
    AlexNet (5 convolutions) or VGG16 (13). Raises `ValueError` for others.
    """

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.count = sum(name.startswith("convs.") and name.endswith(".weight") for name in weights)
        if self.count not in _BACKBONES or "lin4" not in weights:
            raise ValueError("not LPIPS weights on AlexNet or VGG16")
        for name, weight in weights.items():
            self.register_buffer(name.replace(".", "_"), weight.float())

    @property
    def backbone(self) -> str:
        """``alexnet`` or ``vgg16``."""
        return _BACKBONES[self.count][0]

    @classmethod
    def from_file(cls, path: str | Path) -> "Lpips":
        """Read the weights from ``path``. Raises `UsageError`."""
        try:
            return cls(torch.load(path, map_location="cpu", weights_only=True)).eval()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror}); LPIPS needs its weights") from None
        except (ValueError, RuntimeError, UnpicklingError, EOFError, AttributeError) as error:
            raise UsageError(f"{path}: not LPIPS weights ({' '.join(str(error).split())[:80]})") from None

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Compare two batches; see the class."""
        distance = first.new_zeros(len(first))
        # Each by itself, so that nothing is computed backwards through a picture that asks for no gradient.
        for index, (a, b) in enumerate(zip(self.features(first), self.features(second), strict=True)):
            squares = (_unit(a) - _unit(b)).square()
            distance = distance + (squares * self.get_buffer(f"lin{index}")).sum(dim=1).mean(dim=(1, 2))
        return distance

    def features(self, pictures: Tensor) -> list[Tensor]:
        """The backbone's five maps that are compared, each (N, C, h, w), of rgb (N, 3, H, W) in [0, 1]."""
        _, layers, pooling, compared = _BACKBONES[self.count]
        x = (pictures * 2 - 1 - self.get_buffer("shift")) / self.get_buffer("scale")
        maps = []
        for index in range(self.count):
            if index in pooling:
                x = F.max_pool2d(x, *pooling[index])
            stride, padding = layers.get(index, (1, 1))
            weight, bias = self.get_buffer(f"convs_{index}_weight"), self.get_buffer(f"convs_{index}_bias")
            x = F.conv2d(x, weight, bias, stride, padding).relu()
            if index in compared:
                maps.append(x)
        return maps


def _unit(maps: Tensor) -> Tensor:
    """Features (N, C, h, w) as unit vectors along C, in float32 even where autocast ran the backbone in less."""
    maps = maps.float()
    # The small number keeps the gradient of the root finite where all features are 0.
    return maps * (maps.square().sum(dim=1, keepdim=True) + 1e-12).rsqrt()
