import pytest
import torch
from torch import nn

from photochrom.training.bins import ColorBins
from photochrom.training.generators.generator import Generator


class Recorder(nn.Module):
    """Answers with its input, and remembers how large it was."""

    multiple_of = 16

    def forward(self, condition: torch.Tensor, hints: torch.Tensor | None = None) -> torch.Tensor:
        self.seen, self.hints = condition, hints
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


def test_hints_are_padded_with_nothing():
    network = Recorder()
    Generator(network)(torch.rand(1, 1, 20, 30), torch.ones(1, 3, 20, 30))
    assert network.hints is not None
    assert network.hints.shape[-2:] == network.seen.shape[-2:] == (32, 32)
    assert network.hints.sum() == 3 * 20 * 30
    Generator(network)(torch.rand(1, 1, 20, 30))
    assert network.hints is None


@pytest.mark.parametrize(("height", "width", "expected"), [(32, 32, (16, 16)), (33, 47, (17, 24)), (1, 100, (1, 50))])
def test_half_the_size_is_rounded_up(height: int, width: int, expected: tuple[int, int]):
    class Half(Recorder):
        def forward(self, condition: torch.Tensor, hints: torch.Tensor | None = None) -> torch.Tensor:
            return condition[..., ::2, ::2]

    condition = torch.rand(1, 1, height, width)
    prediction = Generator(Half())(condition)
    assert prediction.shape[-2:] == expected
    assert torch.equal(prediction, condition[..., ::2, ::2])


def test_bins_turn_logits_into_colors():
    bins = ColorBins(3, 2)
    bins.centers.copy_(torch.tensor([[0.0, 0.0], [0.5, 0.0], [0.0, -0.5]]))
    logits = torch.full((1, 3, 16, 16), -50.0)
    logits[:, 1, :8], logits[:, 2, 8:] = 50, 50
    made = Generator(Recorder(), bins).supervised(logits)
    assert made.logits is not None
    assert torch.equal(made.logits, logits)
    assert made.prediction.shape == (1, 2, 16, 16)
    torch.testing.assert_close(made.prediction[0, :, 0, 0], torch.tensor([0.5, 0.0]))
    torch.testing.assert_close(made.prediction[0, :, 15, 0], torch.tensor([0.0, -0.5]))
