from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from skimage import data

from photochrom.errors import UsageError
from photochrom.training.lpips import Lpips

ALEXNET = [(64, 3, 11), (192, 64, 5), (384, 192, 3), (256, 384, 3), (256, 256, 3)]
VGG16 = [(8, 3, 3), (8, 8, 3), *[(8, 8, 3)] * 11]  # narrower than the real one, which only costs time


def random_weights(shapes: list[tuple[int, int, int]], compared: list[int]) -> dict[str, torch.Tensor]:
    """Weights in the layout of the published ones, which may not be at hand."""
    torch.manual_seed(0)
    made = {"shift": torch.full((1, 3, 1, 1), -0.05), "scale": torch.full((1, 3, 1, 1), 0.45)}
    for index, (after, before, side) in enumerate(shapes):
        made[f"convs.{index}.weight"] = torch.randn(after, before, side, side) / (before * side * side) ** 0.5
        made[f"convs.{index}.bias"] = torch.randn(after) / 10
    for index, layer in enumerate(compared):
        made[f"lin{index}"] = torch.rand(1, shapes[layer][0], 1, 1)
    return made


@pytest.fixture(params=["alexnet", "vgg16"])
def weights(request: pytest.FixtureRequest) -> dict[str, torch.Tensor]:
    if request.param == "alexnet":
        return random_weights(ALEXNET, [0, 1, 2, 3, 4])
    return random_weights(VGG16, [1, 3, 6, 9, 12])


@pytest.fixture
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """A real photograph and the same one with noise: (1, 3, 96, 96)."""
    torch.manual_seed(0)
    cat = torch.from_numpy(data.chelsea()[:96, :96]).permute(2, 0, 1)[None].float() / 255
    return cat, (cat + 0.1 * torch.randn_like(cat)).clip(0, 1)


def test_it_is_a_distance(pictures: tuple[torch.Tensor, torch.Tensor], weights: dict[str, torch.Tensor]):
    lpips, (original, noisy) = Lpips(weights), pictures
    assert lpips(original, original).item() == 0
    assert lpips(original, noisy).item() > 0
    assert torch.allclose(lpips(original, noisy), lpips(noisy, original))
    both = lpips(torch.cat((original, original)), torch.cat((noisy, original)))
    assert both.tolist() == pytest.approx([lpips(original, noisy).item(), 0])


def test_alexnet_is_its_definition(pictures: tuple[torch.Tensor, torch.Tensor]):
    w = random_weights(ALEXNET, [0, 1, 2, 3, 4])

    def features(picture: torch.Tensor) -> list[torch.Tensor]:
        x = (picture * 2 - 1 - w["shift"]) / w["scale"]
        kept = []
        for index, (stride, padding) in enumerate([(4, 2), (1, 2), (1, 1), (1, 1), (1, 1)]):
            if index in (1, 2):
                x = F.max_pool2d(x, 3, 2)
            x = F.relu(F.conv2d(x, w[f"convs.{index}.weight"], w[f"convs.{index}.bias"], stride, padding))
            kept.append(F.normalize(x, dim=1))
        return kept

    expected = sum(
        ((a - b) ** 2 * w[f"lin{index}"]).sum(dim=1).mean().item()
        for index, (a, b) in enumerate(zip(*map(features, pictures), strict=True))
    )
    assert Lpips(w)(*pictures).item() == pytest.approx(expected, rel=1e-4)


def test_gradients_are_finite_even_for_equal_and_black_pictures(weights: dict[str, torch.Tensor]):
    lpips = Lpips(weights)
    for value in (0.0, 0.5):
        picture = torch.full((1, 3, 64, 64), value, requires_grad=True)
        lpips(picture, torch.full((1, 3, 64, 64), value)).sum().backward()
        assert torch.isfinite(picture.grad).all()


def test_it_knows_its_backbone(weights: dict[str, torch.Tensor]):
    count = sum(name.startswith("convs") for name in weights) // 2
    assert Lpips(weights).backbone == {5: "alexnet", 13: "vgg16"}[count]


def test_other_files_are_one_line(tmp_path: Path):
    with pytest.raises(UsageError, match="LPIPS needs its weights"):
        Lpips.from_file(tmp_path / "missing.pt")
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(UsageError, match="not LPIPS weights"):
        Lpips.from_file(tmp_path / "text.pt")
    torch.save({"a": torch.ones(1)}, tmp_path / "other.pt")
    with pytest.raises(UsageError, match="not LPIPS weights"):
        Lpips.from_file(tmp_path / "other.pt")
