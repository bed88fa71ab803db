import torch
from torch import nn

from photochrom.training.generators.tristream import ThreeStreams, TriStream


class Marked(nn.Module):
    """Stands for one f: multiplies by a prime, so that the sum tells which paths it took."""

    def __init__(self, prime: float) -> None:
        super().__init__()
        self.prime = prime

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.prime * x


def test_the_block_is_its_formula():
    block = ThreeStreams(1)
    p1, p2, p3, p4, p5, p6 = primes = (2.0, 3.0, 5.0, 7.0, 11.0, 13.0)
    block.f = nn.ModuleList(Marked(prime) for prime in primes)
    x = torch.ones(1, 1, 1, 1)
    s1 = 1 + p1
    s2 = 1 + p2 * s1
    s3 = s2 + p3 * s2
    s4 = s2 + p4 * s3
    assert block(x).item() == 1 + p6 + p5 * s4


def test_a_block_has_six_different_convolutions():
    block = ThreeStreams(4)
    weights = [layer.weight for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    assert len({id(weight) for weight in weights}) == 6
    assert {weight.shape for weight in weights} == {(4, 4, 3, 3)}
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in block.modules()) == 6


def test_sizes_and_channels_are_the_figures():
    network = TriStream(width=4).eval()
    seen: list[tuple[int, int]] = []
    for block in network.modules():
        if isinstance(block, ThreeStreams):
            block.register_forward_hook(lambda module, given, answer: seen.append((answer.shape[1], answer.shape[-1])))
    with torch.no_grad():
        network(torch.rand(1, 1, 256, 256))
    assert seen == [(4, 128), (8, 64), (16, 32), (32, 16), (16, 32), (8, 64), (4, 128)]


def test_the_input_itself_is_joined_at_full_size():
    network = TriStream(width=4, in_channels=3)
    assert network.combine_with_input.in_channels == 4 + 3
