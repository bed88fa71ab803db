import pytest
import torch
from torch import nn

from photochrom.training.blocks import convolution, double_convolution, doubling_widths, join, start_small


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
