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
        height, width = condition.shape[-2:]
        bottom, right = -height % self.multiple_of, -width % self.multiple_of
        if bottom or right:
            condition = F.pad(condition, (0, right, 0, bottom), mode="replicate")
        prediction: Tensor = self.network(condition)
        return prediction[..., :height, :width]
