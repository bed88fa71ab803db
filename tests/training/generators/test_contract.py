"""What every generator owes, over every row of the registry; a network's own test says only what is its own."""

from pathlib import Path

import pytest
import torch

from photochrom.color import rgb_to_luma
from photochrom.training import losses
from photochrom.training.bins import ColorBins
from photochrom.training.config import from_dict
from photochrom.training.generators import ABILITIES, GENERATORS, able, build_generator
from photochrom.training.spaces import SPACES
from photochrom.training.splitting import photographs as load

NAMES = sorted(GENERATORS)


def small(name: str, space: str = "ycbcr") -> torch.nn.Module:
    torch.manual_seed(0)
    return build_generator(name, space, width=4, options={})


def test_the_key_is_the_files_name():
    for name, network in GENERATORS.items():
        assert network.__module__ == f"photochrom.training.generators.{name}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("space", sorted(SPACES))
@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (50, 129)])
def test_any_size_from_32_up(name: str, space: str, height: int, width: int):
    channels = SPACES[space]
    with torch.no_grad():
        prediction = small(name, space).eval()(torch.rand(2, channels.in_channels, height, width) * 2 - 1)
    assert prediction.shape == (2, channels.out_channels, height, width)
    assert prediction.abs().max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_gets_a_finite_gradient(name: str):
    network = small(name).train()
    network(torch.rand(2, 1, 32, 48) * 2 - 1).square().sum().backward()
    for key, weight in network.named_parameters():
        assert weight.grad is not None, key
        assert torch.isfinite(weight.grad).all(), key
        assert weight.grad.abs().sum() > 0, key


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded_is_the_same(name: str, tmp_path: Path):
    network, other = small(name), build_generator(name, "ycbcr", width=4, options={})
    network.train()(torch.rand(2, 1, 32, 32))  # moves the running statistics, which must be saved, too
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True), strict=True)
    condition = torch.rand(1, 1, 40, 40)
    with torch.no_grad():
        assert torch.equal(network.eval()(condition), other.eval()(condition))


@pytest.mark.parametrize("name", NAMES)
def test_a_photograph_does_not_depend_on_its_batch(name: str):
    network, batch = small(name).eval(), torch.rand(3, 1, 48, 32) * 2 - 1
    with torch.no_grad():
        alone = torch.cat([network(one[None]) for one in batch])
        assert torch.allclose(network(batch), alone, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_bf16_is_close_to_float32(name: str):
    network, condition = small(name).eval(), torch.rand(2, 1, 48, 48) * 2 - 1
    with torch.no_grad():
        exact = network(condition)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            quick = network(condition)
    # bf16 keeps 8 bits of each number: two levels in a hundred of the range, after all layers.
    assert (quick.float() - exact).abs().max() < 0.02


@pytest.mark.parametrize("name", NAMES)
def test_learns_more_than_leaving_them_gray(name: str, recipe: dict[str, object]):
    config = from_dict({**recipe, "size": 32, "crop": 1.0, "flip": False})
    dataset = load(config)[0]
    rgb = torch.stack([dataset[0, index][1] for index in range(8)])
    space, network = SPACES["ycbcr"], small(name).train()
    condition, target = space.condition(rgb_to_luma(rgb)), space.encode(rgb)
    gray = float(losses.l1(torch.zeros_like(target), target))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(40):
        optimizer.zero_grad()
        loss = losses.l1(network(condition), target)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.7 * gray


def test_who_can_do_what_beyond_its_paper():
    assert {ability: able(ability) for ability in ABILITIES} == {key: ["unet", "efficient_unet"] for key in ABILITIES}
    with pytest.raises(TypeError):
        build_generator("linknet", "ycbcr", 4, {}, hints=True)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", able("hints"))
def test_hints_change_nothing_at_the_start_and_zeros_never_do(name: str, half: bool):
    torch.manual_seed(0)
    # In training mode batch norm keeps an untrained network's answers from being too small to tell apart.
    network = build_generator(name, "ycbcr", 4, {}, hints=True, half=half).train()
    without = build_generator(name, "ycbcr", 4, {}, half=half).train()
    without.load_state_dict(
        {key: value for key, value in network.state_dict().items() if not key.startswith("network.hint_")}, strict=True
    )
    condition, hints = torch.rand(2, 1, 64, 96) * 2 - 1, torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        alone = without(condition)
        assert torch.equal(network(condition, hints), alone)
        for weight in (value for key, value in network.named_parameters() if ".hint_" in key):
            weight.normal_(0, 0.02)
        assert torch.equal(network(condition), alone)
        assert torch.equal(network(condition, torch.zeros_like(hints)), alone)
        assert not torch.allclose(network(condition, hints), alone, atol=1e-4)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", able("hints"))
def test_gradients_reach_every_hint_plane_at_each_of_its_doors(name: str, half: bool):
    torch.manual_seed(0)
    network = build_generator(name, "ycbcr", 4, {}, hints=True, half=half).train()
    condition, hints = torch.rand(2, 1, 32, 64) * 2 - 1, torch.rand(2, 3, 32, 64)
    network(condition, hints).square().sum().backward()
    doors = [weight for key, weight in network.named_parameters() if ".hint_" in key]
    assert len(doors) == 1 + (half or name == "efficient_unet")
    for weight in doors:
        assert weight.grad is not None
        assert (weight.grad.abs().amax(dim=(0, 2, 3)) > 0).all(), "Cb·m, Cr·m and m"


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (50, 129)])
@pytest.mark.parametrize("name", able("half"))
def test_half_the_size_of_any_size(name: str, height: int, width: int):
    network = build_generator(name, "ycbcr", 4, {}, half=True).eval()
    with torch.no_grad():
        prediction = network(torch.rand(2, 1, height, width) * 2 - 1)
    assert prediction.shape == (2, 2, (height + 1) // 2, (width + 1) // 2)


@pytest.mark.parametrize("name", able("logits"))
def test_logits_are_unbounded_and_one_for_each_bin(name: str):
    network = build_generator(name, "ycbcr", 4, {}, bins=ColorBins(9, 2)).train()
    with torch.no_grad():
        network.network.head.weight.mul_(100)
        made = network.supervised(torch.rand(2, 1, 32, 32) * 2 - 1)
    assert made.logits is not None
    assert made.logits.shape == (2, 9, 32, 32)
    assert made.logits.abs().max() > 1
