"""How far a colored photograph is from the original: the field's measures, as plain functions."""

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.errors import UsageError


def psnr(picture: Tensor, original: Tensor) -> float:
    """Peak signal-to-noise ratio of two rgb (3, H, W) in [0, 1], in decibels; infinite if they are equal."""
    return float(-10 * torch.log10(F.mse_loss(picture.double(), original.double())))


class Lpips(nn.Module):
    """LPIPS v0.1 on AlexNet: Zhang et al., "The Unreasonable Effectiveness of Deep Features", 2018.

    ``forward``: two rgb (N, 3, H, W) in [0, 1] → distance (N,), 0 for equal pictures.
    ``weights``: ``convs.0..4.{weight,bias}``, ``lin0..4``, ``shift`` and ``scale``, as the authors published them.
    """

    # Stride and padding of each convolution, and whether a 3x3 max-pooling of stride 2 comes before it.
    _LAYERS: Sequence[tuple[int, int, bool]] = ((4, 2, False), (1, 2, True), (1, 1, True), (1, 1, False), (1, 1, False))

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        for name, weight in weights.items():
            self.register_buffer(name.replace(".", "_"), weight.float())

    @classmethod
    def from_file(cls, path: Path) -> "Lpips":
        """Read the weights from ``path``. Raises `UsageError`."""
        try:
            return cls(torch.load(path, map_location="cpu", weights_only=True)).eval()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror}); LPIPS needs its weights") from None

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Compare two batches; see the class."""
        shift, scale = self.get_buffer("shift"), self.get_buffer("scale")
        both = (torch.cat((first, second)) * 2 - 1 - shift) / scale
        distance = torch.zeros(len(first), device=both.device)
        for index, (stride, padding, pooled) in enumerate(self._LAYERS):
            if pooled:
                both = F.max_pool2d(both, 3, 2)
            weight, bias = getattr(self, f"convs_{index}_weight"), getattr(self, f"convs_{index}_bias")
            both = F.conv2d(both, weight, bias, stride, padding).relu()
            unit = both / (both.square().sum(dim=1, keepdim=True).sqrt() + 1e-10)
            a, b = unit.chunk(2)
            distance = distance + F.conv2d((a - b).square(), getattr(self, f"lin{index}")).mean(dim=(1, 2, 3))
        return distance
