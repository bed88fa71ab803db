import pytest
import torch
from torch import nn

from photochrom.training.blocks import (
    HintConvolution,
    convolution,
    double_convolution,
    doubling_widths,
    join,
    start_small,
    with_hints,
)


def test_a_convolution_keeps_the_size_of_its_map_and_a_stride_of_two_halves_it():
    maps = torch.randn(2, 3, 10, 14)
    assert convolution(3, 5)(maps).shape == (2, 5, 10, 14)
    assert convolution(3, 5, kernel=7)(maps).shape == (2, 5, 10, 14)
    assert convolution(3, 5, stride=2)(maps).shape == (2, 5, 5, 7)


def test_a_convolution_ends_in_relu_unless_it_is_told_not_to():
    maps = torch.randn(4, 3, 8, 8)
    assert convolution(3, 5)(maps).min() == 0
    assert convolution(3, 5, activation=False)(maps).min() < 0


def test_a_double_convolution_is_two_convolutions_in_a_row():
    kinds = [type(layer) for layer in double_convolution(3, 5)]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * 2


def test_widths_double_from_level_to_level():
    assert doubling_widths(16, 4) == [16, 32, 64, 128]
    with pytest.raises(ValueError, match="depth must be at least 2, not 1"):
        doubling_widths(16, 1)


def test_maps_are_joined_along_their_channels():
    first, second = torch.zeros(2, 3, 4, 4), torch.ones(2, 1, 4, 4)
    joined = join(first, second)
    assert joined.shape == (2, 4, 4, 4)
    assert torch.equal(joined[:, 3:], second)


def test_small_weights_are_drawn_around_zero_with_a_deviation_of_a_fiftieth():
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(64, 64, 3), nn.ConvTranspose2d(64, 64, 3), nn.BatchNorm2d(4096))
    layers.apply(start_small)
    for layer, mean in zip(layers, (0, 0, 1), strict=True):
        assert layer.weight.mean().item() == pytest.approx(mean, abs=1e-3)
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
        assert layer.bias.abs().max() == 0


def test_hints_weigh_nothing_at_the_start_and_other_layers_do():
    network = nn.ModuleList([HintConvolution(4), nn.Conv2d(3, 4, 3)]).apply(start_small)
    assert not network[0].weight.any()
    assert network[1].weight.any()
    assert network[0].bias is None


def test_hints_are_three_more_input_planes_of_a_level():
    torch.manual_seed(0)
    level, hint = double_convolution(2, 4).eval(), HintConvolution(4)
    nn.init.normal_(hint.weight)
    x, hints = torch.rand(1, 2, 8, 8), torch.rand(1, 3, 8, 8)
    whole = double_convolution(5, 4).eval()
    weights = level.state_dict()
    scale = torch.tensor([8.0, 8.0, 1.0])[:, None, None]  # chroma is small
    weights["0.weight"] = torch.cat((weights["0.weight"], hint.weight.detach() * scale), dim=1)
    whole.load_state_dict(weights)
    with torch.no_grad():
        torch.testing.assert_close(with_hints(level, x, hint(hints)), whole(join(x, hints)), rtol=1e-4, atol=1e-5)
