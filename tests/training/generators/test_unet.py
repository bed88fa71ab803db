import pytest
import torch

from photochrom.training.generators.unet import UNet


def test_parameters_are_the_papers():
    assert sum(p.numel() for p in UNet().parameters()) == pytest.approx(31.0e6, rel=0.03)


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_depth_decides_what_sizes_fit(depth: int):
    network = UNet(width=2, depth=depth).eval()
    assert network.multiple_of == 2 ** (depth - 1)
    side = network.multiple_of * 2
    with torch.no_grad():
        assert network(torch.zeros(1, 1, side, side)).shape == (1, 2, side, side)


def test_depth_below_two_is_refused():
    with pytest.raises(ValueError, match="depth"):
        UNet(depth=1)
