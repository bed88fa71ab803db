import pytest
import torch
from torch import nn

from photochrom.training.generators.generator import Generator


class Recorder(nn.Module):
    """Answers with its input, and remembers how large it was."""

    multiple_of = 16

    def forward(self, condition: torch.Tensor) -> torch.Tensor:
        self.seen = condition
        return condition


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (1, 100)])
def test_pads_by_repeating_the_edge_and_crops_back(height: int, width: int):
    network = Recorder()
    condition = torch.rand(1, 1, height, width)
    assert torch.equal(Generator(network)(condition), condition)
    assert network.seen.shape[-2] % 16 == network.seen.shape[-1] % 16 == 0
    assert torch.equal(network.seen[..., :height, :width], condition)
    rows, columns = (torch.arange(size) for size in network.seen.shape[-2:])
    rows, columns = rows.clamp(max=height - 1), columns.clamp(max=width - 1)
    assert torch.equal(network.seen, condition[..., rows, :][..., columns])
