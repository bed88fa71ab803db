import pytest
import skimage.color
import torch
from skimage import data

from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.training.spaces import SPACES, enlarged, shrunk, to_rgb

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
def test_the_condition_of_gray_is_what_the_space_says(name: str):
    levels = torch.tensor([0.0, 0.1, 0.5, 1.0])
    lightness = torch.from_numpy(skimage.color.rgb2lab(levels[:, None].expand(-1, 3).numpy())[:, 0]).float()
    expected = {"ycbcr": 2 * levels - 1, "rgb": 2 * levels - 1, "lab": lightness / 50 - 1}[name]
    condition = SPACES[name].condition(levels.reshape(1, 1, 1, 4))
    for plane in condition[0, :, 0]:
        torch.testing.assert_close(plane, expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ycbcr", [2 * -0.168736, 2 * 0.5]),  # JFIF's matrix
        ("lab", [80.09 / 110, 67.20 / 110]),  # CIELAB of sRGB's red under D65
        ("rgb", [1, -1, -1]),
    ],
)
def test_the_target_of_red_is_what_the_space_says(name: str, expected: list[float]):
    red = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)
    assert SPACES[name].encode(red).flatten().tolist() == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(
    ("name", "prediction"),
    [("ycbcr", [-0.2, 0.4]), ("lab", [20 / 110, -30 / 110]), ("rgb", [0.4, -0.2, 0.1])],
)
def test_a_prediction_means_what_the_space_says(name: str, prediction: list[float]):
    luma = torch.full((1, 1, 1, 1), 0.5)
    chroma = SPACES[name].decode(torch.tensor(prediction).reshape(1, -1, 1, 1), luma).flatten().tolist()
    if name == "ycbcr":
        expected = [-0.1, 0.2]
    else:
        lightness = skimage.color.rgb2lab([[0.5, 0.5, 0.5]])[0, 0]
        red, green, blue = skimage.color.lab2rgb([[lightness, 20, -30]])[0] if name == "lab" else (0.7, 0.4, 0.55)
        gray = 0.299 * red + 0.587 * green + 0.114 * blue
        expected = [(blue - gray) / 1.772, (red - gray) / 1.402]
    assert chroma == pytest.approx(expected, abs=1e-3)


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


def test_half_size_predictions_are_enlarged_and_targets_shrunk():
    flat = torch.tensor([0.25, -0.5])[None, :, None, None].expand(1, 2, 8, 12)
    picture = torch.zeros(1, 3, 16, 24)
    assert torch.equal(enlarged(flat, picture), flat[..., :1, :1].expand(1, 2, 16, 24))
    assert enlarged(picture, picture) is picture
    assert shrunk(picture, picture) is picture
    target = torch.rand(1, 2, 16, 24)
    mean = target.unflatten(-1, (12, 2)).unflatten(-3, (8, 2)).mean(dim=(-3, -1))
    torch.testing.assert_close(shrunk(target, flat), mean)


def test_to_rgb_takes_predictions_of_half_the_size():
    luma = torch.full((1, 1, 16, 16), 0.5)
    small, whole = (torch.full((1, 2, side, side), 0.2) for side in (8, 16))
    torch.testing.assert_close(to_rgb(SPACES["ycbcr"], small, luma), to_rgb(SPACES["ycbcr"], whole, luma))
