from pathlib import Path

import pytest
import torch

from photochrom.errors import UsageError
from photochrom.training.lpips import Lpips
from photochrom.training.lpips_weights import convert, join

# As torchvision publishes them: the number of each convolution in `features`, its shape, and which maps are compared.
ALEXNET = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3), 10: (256, 256, 3)}
NUMBERS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
CHANNELS = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
VGG16 = {number: (CHANNELS[i + 1], CHANNELS[i], 3) for i, number in enumerate(NUMBERS)}
COMPARED = {"alexnet": (64, 192, 384, 256, 256), "vgg16": (64, 128, 256, 512, 512)}


def published(name: str) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Weights made up, in the shapes and under the names of those that are published."""
    torch.manual_seed(0)
    backbone = {"classifier.1.weight": torch.zeros(2, 2), "classifier.1.bias": torch.zeros(2)}
    for number, (after, before, side) in {"alexnet": ALEXNET, "vgg16": VGG16}[name].items():
        backbone[f"features.{number}.weight"] = torch.randn(after, before, side, side) / (before * side * side) ** 0.5
        backbone[f"features.{number}.bias"] = torch.randn(after) / 10
    linear = {f"lin{i}.model.1.weight": torch.rand(1, count, 1, 1) for i, count in enumerate(COMPARED[name])}
    return backbone, linear


@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_published_files_become_one_that_lpips_reads(name: str, tmp_path: Path):
    backbone, linear = published(name)
    torch.save(backbone, tmp_path / "backbone.pth")
    torch.save(linear, tmp_path / "lin.pth")
    assert convert(tmp_path / "backbone.pth", tmp_path / "lin.pth", tmp_path / "lpips.pt") == name
    lpips = Lpips.from_file(tmp_path / "lpips.pt")
    assert lpips.backbone == name
    numbers = sorted(int(key.split(".")[1]) for key in backbone if "features" in key and "weight" in key)
    assert torch.equal(lpips.get_buffer("convs_1_weight"), backbone[f"features.{numbers[1]}.weight"])
    assert torch.equal(lpips.get_buffer("convs_4_bias"), backbone[f"features.{numbers[4]}.bias"])
    assert torch.equal(lpips.get_buffer("lin3"), linear["lin3.model.1.weight"])


def test_the_first_map_is_that_of_the_published_network():
    backbone, linear = published("alexnet")
    pictures = torch.rand(1, 3, 64, 64)
    scaled = (pictures * 2 - 1 - torch.tensor([-0.030, -0.088, -0.188]).reshape(1, 3, 1, 1)) / torch.tensor(
        [0.458, 0.448, 0.450]
    ).reshape(1, 3, 1, 1)
    expected = torch.conv2d(scaled, backbone["features.0.weight"], backbone["features.0.bias"], 4, 2).relu()
    assert torch.allclose(Lpips(join(backbone, linear)).features(pictures)[0], expected, atol=1e-5)


def test_other_files_are_refused(tmp_path: Path):
    backbone, linear = published("alexnet")
    torch.save(backbone, tmp_path / "backbone.pth")
    torch.save(linear, tmp_path / "lin.pth")
    torch.save(published("vgg16")[1], tmp_path / "other.pth")
    torch.save([1], tmp_path / "list.pth")
    (tmp_path / "text.pth").write_text("no weights")
    for first, second, message in (
        ("backbone", "other", "another backbone"),
        ("backbone", "backbone", "lin0.model.1.weight' is missing"),
        ("lin", "lin", "not LPIPS weights on AlexNet or VGG16"),
        ("text", "lin", "text.pth: not a file of weights"),
        ("list", "lin", "not a file of weights by name"),
        ("missing", "lin", "cannot be read"),
    ):
        with pytest.raises(UsageError, match=message):
            convert(tmp_path / f"{first}.pth", tmp_path / f"{second}.pth", tmp_path / "lpips.pt")
    assert not (tmp_path / "lpips.pt").exists()


def test_no_file_of_others_is_replaced(tmp_path: Path):
    for name, message in (("family.png", r"ends with \.pt"), ("there.pt", "exists already")):
        (tmp_path / name).write_text("somebody's")
        with pytest.raises(UsageError, match=message):
            convert(tmp_path / "a.pth", tmp_path / "b.pth", tmp_path / name)
        assert (tmp_path / name).read_text() == "somebody's"
