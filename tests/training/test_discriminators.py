import pytest
import torch
from torch import nn

from photochrom.training.discriminators import PATCHES, Discriminator, PatchDiscriminator, build_discriminator
from photochrom.training.spaces import SPACES


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
    side = 640 if patch == 286 else 320  # wide enough that the middle logit sees no border
    condition, picture = torch.rand(1, 1, side, side), torch.rand(1, 2, side, side, requires_grad=True)
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


@pytest.mark.parametrize(
    ("patch", "channels", "side"),
    [
        (1, [64, 128], 256),
        (16, [64, 128], 126),
        (70, [64, 128, 256, 512], 30),
        (286, [64, 128, 256, 512, 512, 512], 6),
    ],
)
def test_channels_are_the_papers_and_so_are_the_logits_of_256_pixels(patch: int, channels: list[int], side: int):
    """Isola 2017, section 6.1.2."""
    network = PatchDiscriminator(in_channels=3, patch=patch).eval()
    assert [layer.out_channels for layer in network.layers if isinstance(layer, nn.Conv2d)] == [*channels, 1]
    with torch.no_grad():
        logits = network(torch.rand(1, 1, 256, 256), torch.rand(1, 2, 256, 256))
    assert logits.shape == (1, 1, side, side)


def test_weights_and_slopes_begin_as_in_the_paper():
    torch.manual_seed(0)
    network = PatchDiscriminator(in_channels=6)
    assert {layer.negative_slope for layer in network.modules() if isinstance(layer, nn.LeakyReLU)} == {0.2}
    for layer in network.layers:
        if isinstance(layer, nn.Conv2d):
            assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)
        if isinstance(layer, nn.BatchNorm2d):
            assert layer.weight.mean().item() == pytest.approx(1, abs=0.01)


def test_norms():
    kinds = {"batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d}
    for norm, kind in kinds.items():
        network = PatchDiscriminator(3, 70, norm)
        assert sum(isinstance(layer, kind) for layer in network.modules()) == 3
        assert all(layer.weight.requires_grad for layer in network.modules() if isinstance(layer, kind))
    plain = PatchDiscriminator(3, 70, "none")
    assert not any(isinstance(layer, tuple(kinds.values())) for layer in plain.modules())
    assert all(layer.bias is not None for layer in plain.modules() if isinstance(layer, nn.Conv2d))


def test_instance_norm_judges_each_picture_alone():
    torch.manual_seed(0)
    network = PatchDiscriminator(3, 16, "instance").train()
    condition, picture = torch.rand(3, 1, 32, 32), torch.rand(3, 2, 32, 32)
    alone = torch.cat([network(condition[i : i + 1], picture[i : i + 1]) for i in range(3)])
    assert torch.allclose(network(condition, picture), alone, atol=1e-5)


def test_spectral_norm_bounds_every_layer():
    torch.manual_seed(0)
    network = PatchDiscriminator(3, 70, spectral=True).train()
    for _ in range(30):  # the power iteration closes in step by step
        network(torch.rand(1, 1, 64, 64), torch.rand(1, 2, 64, 64))
    for layer in network.layers:
        if isinstance(layer, nn.Conv2d):
            largest = torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2)
            assert largest.item() == pytest.approx(1, abs=0.05)


def test_scales_see_half_and_a_quarter():
    network = Discriminator(3, patch=16, norm="batch", spectral=False, scales=3).eval()
    seen: list[int] = []
    for scale in network.scales:
        scale.register_forward_hook(lambda module, given, answer: seen.append(given[1].shape[-1]))
    logits = network(torch.rand(2, 1, 128, 128), torch.rand(2, 2, 128, 128))
    assert seen == [128, 64, 32]
    assert len(logits) == 3
    assert logits[0].shape[-1] > logits[1].shape[-1] > logits[2].shape[-1]


def test_each_scale_judges_the_picture_with_its_own_condition():
    torch.manual_seed(0)
    network = Discriminator(3, patch=16, norm="none", spectral=False, scales=3)
    condition, picture = torch.rand(2, 1, 64, 64), torch.rand(2, 2, 64, 64)
    logits = network(condition, picture)
    for level, discriminator in enumerate(network.scales):
        side = 64 >> level
        halves = [(side, 2**level)] * 2
        smaller = [
            planes.unflatten(3, halves[0]).unflatten(2, halves[1]).mean(dim=(3, 5)) for planes in (condition, picture)
        ]
        torch.testing.assert_close(logits[level], discriminator(*smaller))


@pytest.mark.parametrize("name", SPACES)
def test_every_color_space_has_a_discriminator_of_what_it_predicts_beside_what_it_is_given(name: str):
    network = build_discriminator(name, patch=16, norm="none", spectral=False, scales=2).eval()
    luma, rgb = torch.rand(1, 1, 32, 32), torch.rand(1, 3, 32, 32)
    assert len(network(SPACES[name].condition(luma), SPACES[name].encode(rgb))) == 2
