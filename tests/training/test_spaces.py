import pytest
import torch
from skimage import data

from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.training.spaces import SPACES, to_rgb

NAMES = sorted(SPACES)


@pytest.fixture
def rgb() -> torch.Tensor:
    """Two parts of a real photograph: (2, 3, 60, 60)."""
    coffee = torch.from_numpy(data.coffee()).permute(2, 0, 1)[:, ::5, ::5].float() / 255
    return torch.stack((coffee[:, :60, :60], coffee[:, :60, 60:120]))


@pytest.mark.parametrize("name", NAMES)
def test_shapes_and_ranges(name: str, rgb: torch.Tensor):
    space, luma = SPACES[name], rgb_to_luma(rgb)
    condition, target = space.condition(luma), space.encode(rgb)
    assert condition.shape == (2, space.in_channels, 60, 60)
    assert target.shape == (2, space.out_channels, 60, 60)
    assert condition.abs().max() <= 1.0001
    assert target.abs().max() <= 1.0001
    assert condition.min() < -0.5
    assert condition.max() > 0.5, "the range is used"


@pytest.mark.parametrize("name", NAMES)
def test_a_perfect_prediction_gives_the_true_chroma(name: str, rgb: torch.Tensor):
    space, luma = SPACES[name], rgb_to_luma(rgb)
    chroma = space.decode(space.encode(rgb), luma)
    # L* of the gray picture is not L* of the colors, so Lab comes back only nearly.
    bound = 0.06 if name == "lab" else 1e-5
    assert (chroma - rgb_to_chroma(rgb)).abs().mean() < bound
    assert (to_rgb(space, space.encode(rgb), luma) - rgb).abs().mean() < bound


@pytest.mark.parametrize("name", NAMES)
def test_gray_stays_gray(name: str, rgb: torch.Tensor):
    space, luma = SPACES[name], rgb_to_luma(rgb)
    gray = luma.expand(-1, 3, -1, -1)
    assert space.decode(space.encode(gray), luma).abs().max() < 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_finite_at_the_edges_of_the_range(name: str):
    space = SPACES[name]
    luma = torch.tensor([0.0, 1e-6, 0.003, 0.5, 1.0]).reshape(1, 1, 1, 5)
    for value in (-1.0, 0.0, 1.0):
        prediction = torch.full((1, space.out_channels, 1, 5), value, requires_grad=True)
        space.decode(prediction, luma).square().sum().backward()
        assert torch.isfinite(prediction.grad).all()
