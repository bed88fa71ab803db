"""Pad, run, crop: the one place where a network learns to take any height and width. Exports leave it out."""

import torch.nn.functional as F
from torch import Tensor, nn


class Generator(nn.Module):
    """A network that takes any size: (N, C, H, W) → (N, C', H, W), padded to its ``multiple_of`` and cropped back.

    The edge is repeated, since a border of zeros would be a mid-gray frame that no photograph has.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    @property
    def multiple_of(self) -> int:
        """What the height and width of the network's own input must be multiples of."""
        return int(self.network.multiple_of)  # type: ignore[arg-type]

    def forward(self, condition: Tensor) -> Tensor:
        """Run the network on a batch of any size; see the class."""
        prediction: Tensor = self.network(self._pad(condition))
        return _crop(prediction, condition)

    def supervised(self, condition: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and those beside it that deep supervision gives an L1 term of their own; mostly none."""
        if not hasattr(self.network, "supervised"):
            return self(condition), []
        prediction, others = self.network.supervised(self._pad(condition))  # type: ignore[operator]
        return _crop(prediction, condition), [_crop(other, condition) for other in others]

    def _pad(self, condition: Tensor) -> Tensor:
        height, width = condition.shape[-2:]
        bottom, right = -height % self.multiple_of, -width % self.multiple_of
        if not bottom and not right:
            return condition
        return F.pad(condition, (0, right, 0, bottom), mode="replicate")


def _crop(prediction: Tensor, condition: Tensor) -> Tensor:
    return prediction[..., : condition.shape[-2], : condition.shape[-1]]
