import pytest
import torch
from torch import nn

from photochrom.training.discriminators import PATCHES, PatchDiscriminator


def test_the_70_patch_is_the_papers():
    network = PatchDiscriminator(in_channels=6, patch=70)
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [64, 128, 256, 512, 1]
    assert [layer.stride[0] for layer in convolutions] == [2, 2, 2, 1, 1]
    assert {layer.kernel_size for layer in convolutions} == {(4, 4)}
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in network.modules()) == 3
    assert sum(p.numel() for p in network.parameters()) == 2_768_705  # as the paper's authors' code counts it


@pytest.mark.parametrize("patch", sorted(PATCHES))
def test_the_receptive_field_is_the_patch(patch: int):
    torch.manual_seed(0)
    network = PatchDiscriminator(in_channels=3, patch=patch).eval()
    condition = torch.rand(1, 1, 320, 320)
    picture = torch.rand(1, 2, 320, 320, requires_grad=True)
    logits = network(condition, picture)
    middle = logits.shape[-1] // 2
    logits[0, 0, middle, middle].backward()
    seen = picture.grad.abs().sum(dim=(0, 1)) > 0
    rows, columns = seen.any(dim=1).nonzero(), seen.any(dim=0).nonzero()
    assert int(rows.max() - rows.min()) + 1 == patch
    assert int(columns.max() - columns.min()) + 1 == patch


def test_the_condition_matters():
    torch.manual_seed(0)
    network = PatchDiscriminator(in_channels=3).eval()
    picture = torch.rand(1, 2, 64, 64)
    assert not torch.allclose(network(torch.zeros(1, 1, 64, 64), picture), network(torch.ones(1, 1, 64, 64), picture))
