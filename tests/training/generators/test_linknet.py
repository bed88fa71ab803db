import pytest
import torch

from photochrom.training.generators.linknet import LinkNet, decoder_block


def test_parameters_are_the_papers():
    assert sum(p.numel() for p in LinkNet().parameters()) == pytest.approx(11.5e6, rel=0.03)


def test_skips_are_added_not_concatenated():
    network = LinkNet(width=8)
    squeezes = [block[0][0].in_channels for block in network.decoder]
    assert squeezes == [64, 32, 16, 8], "as wide as one map, where concatenation would need two"


def test_every_skip_reaches_the_output():
    torch.manual_seed(0)
    network = LinkNet(width=16).train()
    answers: list[torch.Tensor] = []
    for level in network.encoder:
        level.register_forward_hook(lambda module, given, answer: answers.append(answer) or answer.retain_grad())
    network(torch.rand(2, 1, 64, 64)).sum().backward()
    assert len(answers) == 4
    assert all(answer.grad.abs().sum() > 0 for answer in answers)


def test_a_decoder_block_squeezes_to_a_quarter_and_doubles_the_size():
    block = decoder_block(32, 16, stride=2).eval()
    assert [part[0].out_channels for part in block] == [8, 8, 16]
    assert [part[0].kernel_size for part in block] == [(1, 1), (3, 3), (1, 1)]
    with torch.no_grad():
        assert block(torch.rand(1, 32, 5, 7)).shape == (1, 16, 10, 14)
