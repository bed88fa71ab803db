"""Pad, run, crop: the one place where a network learns to take any height and width. Exports leave it out."""

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.training.bins import ColorBins


class Supervised(NamedTuple):
    """What a generator answers while it is trained.

    ``prediction`` (N, C', H, W); ``others``, predictions beside it that deep supervision gives an L1 term of their
    own, mostly none; ``logits`` (N, K, H, W) of the color bins, where the generator has any.
    """

    prediction: Tensor
    others: list[Tensor]
    logits: Tensor | None


class Generator(nn.Module):
    """A network that takes any size: (N, C, H, W) → (N, C', H, W), padded to its ``multiple_of`` and cropped back.

    The edge is repeated, since a border of zeros would be a mid-gray frame that no photograph has. A network that
    paints at half the size gives half the height and width, rounded up. With ``bins``, what the network answers is a
    distribution over them, and the prediction its annealed mean.
    """

    def __init__(self, network: nn.Module, bins: ColorBins | None = None) -> None:
        super().__init__()
        self.network = network
        self.bins = bins

    @property
    def multiple_of(self) -> int:
        """What the height and width of the network's own input must be multiples of."""
        return int(self.network.multiple_of)  # type: ignore[arg-type]

    def forward(self, condition: Tensor, hints: Tensor | None = None) -> Tensor:
        """Run the network on a batch of any size, with ``hints`` (N, 3, H, W) if it takes any; see the class."""
        return self.supervised(condition, hints).prediction

    def supervised(self, condition: Tensor, hints: Tensor | None = None) -> Supervised:
        """The prediction, and what else training looks at."""
        given = [self._pad(condition, "replicate")]
        if hints is not None:
            given.append(self._pad(hints, "constant"))
        others: list[Tensor] = []
        if hasattr(self.network, "supervised"):
            answer, others = self.network.supervised(*given)  # type: ignore[operator]
        else:
            answer = self.network(*given)
        answer, *others = (_crop(one, given[0], condition) for one in (answer, *others))
        if self.bins is None:
            return Supervised(answer, others, None)
        return Supervised(self.bins(answer), others, answer)

    def _pad(self, planes: Tensor, mode: str) -> Tensor:
        height, width = planes.shape[-2:]
        bottom, right = -height % self.multiple_of, -width % self.multiple_of
        if not bottom and not right:
            return planes
        return F.pad(planes, (0, right, 0, bottom), mode=mode)


def _crop(answer: Tensor, padded: Tensor, condition: Tensor) -> Tensor:
    shrunk = padded.shape[-1] // answer.shape[-1]
    height, width = (-(-side // shrunk) for side in condition.shape[-2:])
    return answer[..., :height, :width]
