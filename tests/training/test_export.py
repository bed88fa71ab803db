import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from photochrom.color import rgb_to_luma
from photochrom.errors import CheckpointError, UsageError
from photochrom.model import load as load_model
from photochrom.model_files import at_hand
from photochrom.model_metadata import Metadata
from photochrom.training import export as exporting
from photochrom.training.checkpoint import Checkpoint, load_generator, save
from photochrom.training.config import from_dict
from photochrom.training.export import ChromaNetwork, export
from photochrom.training.generators import GENERATORS, build_generator, of_recipe
from photochrom.training.spaces import SPACES, shrunk
from photochrom.version import __version__


def checkpoint(name: str = "unet", space: str = "ycbcr", **options: object) -> Checkpoint:
    """A network whose batch-norm statistics are not the trivial ones, so that folding them can go wrong."""
    torch.manual_seed(0)
    values = {"generator": name, "space": space, "width": 8, "size": 80, "options": options}
    config = from_dict({"data": "photos", "title": "A test", **values})
    generator = build_generator(name, space, 8, options).train()
    keep_the_mean(generator)
    for _ in range(3):
        generator(torch.rand(2, SPACES[space].in_channels, 64, 64) * 2 - 1)
    return Checkpoint(config, generator.state_dict(), {}, [], [])


def keep_the_mean(generator: torch.nn.Module) -> None:
    """Have statistics be the mean of all batches: an untrained network would dwindle by the running one."""
    for norm in generator.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = None


@pytest.fixture(scope="module")
def unet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A U-Net of `checkpoint`, after two epochs, which is exported once."""
    folder = tmp_path_factory.mktemp("unet")
    save(folder / "a.pt", replace(checkpoint(), history=[{"epoch": 1.0}, {"epoch": 2.0}]))
    made = export(folder / "a.pt", folder / "a.onnx")
    assert (made.epoch, made.epochs) == (2, checkpoint().config.epochs)
    return folder / "a.onnx"


# An export takes a second or two a level, and another level is the same again. `efficient_unet` takes the longest, and
# is exported below.
OTHERS = sorted(GENERATORS.keys() - {"efficient_unet"})
FEWER_LEVELS = {name: {"depth": 3} for name in ("r2unet", "unet_3plus", "unet_plus_plus")}


@pytest.mark.parametrize(
    ("name", "space", "options"),
    [*((name, "ycbcr", FEWER_LEVELS.get(name, {})) for name in OTHERS), ("unet", "rgb", {"depth": 3})],
)
def test_the_export_answers_as_the_network(
    name: str, space: str, options: dict[str, object], tmp_path: Path, luma: torch.Tensor
):
    begun = checkpoint(name, space, **options)
    save(tmp_path / "a.pt", begun)
    assert "levels of 255" in export(tmp_path / "a.pt", tmp_path / "a.onnx").report
    model = load_model(tmp_path / "a.onnx")
    network = ChromaNetwork(load_generator(begun).network, SPACES[space]).eval()
    least = model.multiple_of
    for height, width in ((least, least), (64, 96), (least, 64)):
        cut = luma[..., :height, :width]
        with torch.no_grad():
            answer = network(cut)
        expected = (answer[0] if isinstance(answer, tuple) else answer).numpy()
        difference = np.abs(model(cut.numpy()) - expected)
        assert difference.mean() < 0.5 / 255
        assert difference.max() < 4 / 255
    assert np.abs(expected).max() > 0.005, "an all-gray network would prove nothing"


def test_the_file_describes_itself(unet: Path):
    said = load_model(unet).metadata
    assert (said.title, said.generator, said.color_space, said.training_set) == ("A test", "unet", "ycbcr", "photos")
    assert (said.working_size, said.multiple_of, said.recipe) == ("80", "16", checkpoint().config.digest)
    assert said.format == "1", "an earlier version can read it"


def test_batch_norm_is_folded_and_weights_are_float16(unet: Path):
    model = onnx.load(unet)
    assert "BatchNormalization" not in {node.op_type for node in model.graph.node}
    sizes = {weight.data_type: 0 for weight in model.graph.initializer}
    for weight in model.graph.initializer:
        sizes[weight.data_type] += int(np.prod(weight.dims))
    assert sizes[onnx.TensorProto.FLOAT16] > 50 * sizes[onnx.TensorProto.FLOAT]
    assert not any(weight.external_data for weight in model.graph.initializer)
    assert not any(node.metadata_props or node.doc_string for node in model.graph.node), "would hold machine paths"


def test_an_export_that_strays_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(tmp_path / "a.pt", checkpoint(depth=2))

    def spoil(model: onnx.ModelProto) -> None:
        for weight in model.graph.initializer:
            array = onnx.numpy_helper.to_array(weight)
            if array.dtype == np.float32:
                weight.CopyFrom(onnx.numpy_helper.from_array(array + 0.2, weight.name))

    monkeypatch.setattr(exporting, "_weights_to_float16", spoil)
    with pytest.raises(CheckpointError, match="nothing was written"):
        export(tmp_path / "a.pt", tmp_path / "a.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pt"]


@pytest.mark.parametrize(
    ("mean", "largest", "good"), [(0.49, 3.9, True), (0.51, 3.9, False), (0.49, 4.1, False), (np.nan, np.nan, False)]
)
def test_half_a_level_on_average_and_four_at_most_are_close_enough(mean: float, largest: float, good: bool):
    exact, off = np.zeros((1, 2, 10, 10)), np.full((1, 2, 10, 10), mean / 255)
    off[0, 0, 0, :2] = largest / 255, (2 * mean - largest) / 255  # the mean stays
    for differences in ([off, exact], [exact, off]):
        if good:
            assert exporting.judged(differences).endswith("0.490 levels of 255 on average, 3.900 at most")
        else:
            with pytest.raises(CheckpointError, match="too much; nothing was written"):
                exporting.judged(differences)


def test_chroma_stays_in_its_range(luma: torch.Tensor):
    class Loud(torch.nn.Module):
        def forward(self, condition: torch.Tensor) -> torch.Tensor:
            return torch.ones(len(condition), 3, *condition.shape[2:]) * torch.tensor([-1.0, 1.0, 1.0])[:, None, None]

    chroma = ChromaNetwork(Loud(), SPACES["rgb"])(rgb_to_luma(luma.expand(-1, 3, -1, -1)))
    assert chroma.abs().max() <= 0.5


def test_pruned_exports_are_smaller(tmp_path: Path, luma: torch.Tensor):
    config = from_dict({
        "data": "photos", "generator": "unet_plus_plus", "width": 8, "size": 80, "options": {"deep_supervision": True},
    })  # fmt: skip
    generator = build_generator("unet_plus_plus", "ycbcr", 8, config.options)
    save(tmp_path / "a.pt", Checkpoint(config, generator.state_dict(), {}, [], []))
    sizes = []
    for level in (1, 4):
        export(tmp_path / "a.pt", tmp_path / f"{level}.onnx", prune=level)
        model = load_model(tmp_path / f"{level}.onnx")
        assert model.multiple_of == 2**level
        assert f'"pruned": {level}' in model.metadata.options
        cut = luma[..., :32, :64]
        with torch.no_grad():
            expected = generator.eval().network.pruned(level)(cut * 2 - 1) / 2
        assert np.abs(model(cut.numpy()) - expected.numpy()).max() < 4 / 255
        sizes.append((tmp_path / f"{level}.onnx").stat().st_size)
    assert sizes[0] < sizes[1] / 20
    with pytest.raises(UsageError, match="no level 5"):
        export(tmp_path / "a.pt", tmp_path / "5.onnx", prune=5)
    save(tmp_path / "b.pt", checkpoint())
    with pytest.raises(UsageError, match="unet cannot be pruned"):
        export(tmp_path / "b.pt", tmp_path / "b.onnx", prune=1)
    assert {path.name for path in tmp_path.iterdir()} == {"a.pt", "b.pt", "1.onnx", "4.onnx"}


def test_the_working_size_and_the_gain_can_be_chosen(unet: Path, tmp_path: Path, luma: torch.Tensor):
    export(unet.with_name("a.pt"), tmp_path / "chosen.onnx", size=96, gain=1.5)
    plain, chosen = load_model(unet), load_model(tmp_path / "chosen.onnx")
    assert (plain.working_size, chosen.working_size) == (80, 96)
    assert ('"gain": 1.5' in chosen.metadata.options, "gain" in plain.metadata.options) == (True, False)
    assert np.allclose(chosen(luma.numpy()), plain(luma.numpy()) * 1.5, atol=1e-5)
    with pytest.raises(UsageError, match="gain must be"):
        export(unet.with_name("a.pt"), tmp_path / "b.onnx", gain=0)
    with pytest.raises(UsageError, match="size must be"):
        export(unet.with_name("a.pt"), tmp_path / "b.onnx", size=8)


def test_what_is_there_is_left_as_it_was_unless_asked(tmp_path: Path):
    save(tmp_path / "a.pt", checkpoint(depth=2))
    for name in ("family.png", "model.onnx"):
        (tmp_path / name).write_bytes(b"somebody's")
        with pytest.raises(UsageError, match=name):
            export(tmp_path / "a.pt", tmp_path / name)
        assert (tmp_path / name).read_bytes() == b"somebody's"
    with pytest.raises(UsageError, match=r"a model ends with \.onnx"):
        export(tmp_path / "a.pt", tmp_path / "family.png", overwrite=True)
    export(tmp_path / "a.pt", tmp_path / "model.onnx", overwrite=True)
    assert load_model(tmp_path / "model.onnx").name == "model"


def test_a_model_that_paints_almost_nothing_is_known(make_model: Callable[..., Path]):
    gray, pale, colored = (exporting.painted_by(make_model(offset=(value, 0))) for value in (0, 0.005, -0.05))
    assert gray == 0
    assert pale == pytest.approx(0.005, abs=1e-5)
    assert colored == pytest.approx(0.05, abs=1e-5)
    assert [exporting.Exported(1, 1, "", chroma).is_gray for chroma in (gray, pale, colored)] == [True, True, False]
    assert not exporting.Exported(1, 1, "", exporting.painted_by(at_hand()["default"])).is_gray


def able(name: str, space: str = "ycbcr", **asked: object) -> Checkpoint:
    """A checkpoint of a network with hints, chroma at half the size and color bins, none of them trivial."""
    torch.manual_seed(0)
    values = {"hints": 0.5, "chroma_size": "half", "bins": 6, "temperature": 0.7, **asked}
    config = from_dict({"data": "photos", "generator": name, "space": space, "width": 8, "size": 80, **values})
    generator = of_recipe(config).train()
    if generator.bins:
        generator.bins.centers.uniform_(-0.5, 0.5)
    keep_the_mean(generator)
    with torch.no_grad():
        for key, weight in generator.named_parameters():
            if ".hint_" in key:
                weight.normal_(0, 0.05)
        for _ in range(3):
            generator(torch.rand(2, 1, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) if config.hints else None)
        generator.network.head.weight.mul_(20 if generator.bins else 1)
    return Checkpoint(config, generator.state_dict(), {}, [], [])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Checkpoint, Path]]:
    """What `able` makes, and its export beside a.pt; nothing is exported twice."""

    @cache
    def exported(*names: str, **asked: object) -> tuple[Checkpoint, Path]:
        begun, folder = able(*names, **asked), tmp_path_factory.mktemp("able")
        save(folder / "a.pt", begun)
        export(folder / "a.pt", folder / "a.onnx")
        return begun, folder / "a.onnx"

    return exported


PLAIN = {"hints": 0.0, "bins": 0, "temperature": 1.0, "chroma_size": "full"}


@pytest.mark.parametrize(
    ("name", "space", "asked"),
    [
        ("efficient_unet", "ycbcr", {}),
        ("efficient_unet", "ycbcr", PLAIN),
        ("unet", "lab", {}),
        ("unet", "ycbcr", {"chroma_size": "full"}),
        ("unet", "ycbcr", {"bins": 0, "temperature": 1.0, "chroma_size": "full"}),
        ("unet", "ycbcr", {"hints": 0.0}),
    ],
)
def test_hints_half_size_and_bins_are_exported(
    name: str,
    space: str,
    asked: dict[str, object],
    exported: Callable[..., tuple[Checkpoint, Path]],
    luma: torch.Tensor,
):
    begun, path = exported(name, space, **asked)
    model, generator, config = load_model(path), load_generator(begun), begun.config
    assert model.metadata.format == "2"
    assert model.takes_hints == (config.hints > 0)
    assert model.metadata.chroma_scale == ("2" if config.chroma_size == "half" else "1")
    hints = torch.zeros(2, 3, 64, 96)
    hints[:, 0, 8:20, 30:50], hints[:, 1, 8:20, 30:50], hints[:, 2, 8:20, 30:50] = 0.2, -0.3, 1
    painted = []
    for known in (None, hints)[: 1 + model.takes_hints]:
        with torch.no_grad():
            prediction = generator(SPACES[space].condition(luma), known)
            expected = SPACES[space].decode(prediction, shrunk(luma, prediction))
        found = model(luma.numpy(), None if known is None else known.numpy())
        assert found.shape == expected.shape
        assert np.abs(found - expected.numpy()).mean() < 0.5 / 255
        assert np.abs(found - expected.numpy()).max() < 4 / 255
        painted.append(found)
    assert np.abs(painted[0]).max() > 0.01
    if model.takes_hints:
        assert np.abs(painted[1] - painted[0]).max() > 0.002, "hints arrive"


def test_the_temperature_can_be_chosen_and_the_distribution_is_an_output(
    exported: Callable[..., tuple[Checkpoint, Path]], tmp_path: Path, luma: torch.Tensor
):
    _, path = exported("unet", "ycbcr", hints=0.0)
    export(path.with_name("a.pt"), tmp_path / "vivid.onnx", temperature=0.25)
    plain, vivid = load_model(path), load_model(tmp_path / "vivid.onnx")
    assert json.loads(plain.metadata.options) == {"width": 8, "bins": 6, "temperature": 0.7}
    assert json.loads(vivid.metadata.options)["temperature"] == 0.25
    chroma, logits = vivid.session.run(["chroma", "logits"], {"luma": luma.numpy()})
    assert logits.shape == (2, 6, 32, 48)
    centers = torch.tensor(json.loads(vivid.metadata.outputs)["logits"]["centers"])
    mean = torch.einsum("nkhw,kc->nchw", (torch.from_numpy(logits) / 0.25).softmax(dim=1), centers)
    assert np.abs(mean.numpy() - chroma).max() < 1e-4
    assert np.abs(chroma - plain(luma.numpy())).max() > 1e-3


@pytest.mark.parametrize("asked", [{}, PLAIN])
def test_features_are_an_output_that_costs_the_colors_nothing(
    asked: dict[str, object], exported: Callable[..., tuple[Checkpoint, Path]], luma: torch.Tensor
):
    begun, path = exported("efficient_unet", "ycbcr", **asked)
    model, network = load_model(path), load_generator(begun).network
    with torch.no_grad():
        expected = network.encoder((luma * 2 - 1).repeat(1, 3, 1, 1))[2:4]  # type: ignore[operator]
    found = model.features(luma.numpy())
    assert [one.shape for one in found] == [(2, 40, 8, 12), (2, 112, 4, 6)]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float32
        assert np.abs(one - other.numpy()).max() < 0.02 * other.abs().max()
    needed = {"chroma", "logits"}  # what other outputs are made of, from the last node back
    for node in reversed(onnx.load(path).graph.node):
        assert needed.intersection(node.output), f"{node.op_type} is computed for the features alone"
        needed.update(node.input)


def test_a_temperature_needs_bins_and_has_bounds(tmp_path: Path):
    save(tmp_path / "a.pt", checkpoint())
    save(tmp_path / "b.pt", able("unet"))
    with pytest.raises(UsageError, match="one color, not a distribution"):
        export(tmp_path / "a.pt", tmp_path / "a.onnx", temperature=0.5)
    for value in (0.0, 0.049, 2.01):
        with pytest.raises(UsageError, match=rf"temperature must be between 0\.05 and 2, not {value}"):
            export(tmp_path / "b.pt", tmp_path / "b.onnx", temperature=value)
    for value in (0.05, 2.0):
        assert exporting._at_temperature(able("unet"), value).config.temperature == value


def test_gain_scales_what_is_painted_within_the_range_of_chroma():
    class Fixed(torch.nn.Module):
        def forward(self, condition: torch.Tensor) -> torch.Tensor:
            return torch.tensor([-0.8, 0.3])[None, :, None, None].repeat(len(condition), 1, *condition.shape[2:])

    for gain, expected in ((1, [-0.4, 0.15]), (0.5, [-0.2, 0.075]), (3, [-0.5, 0.45]), (4, [-0.5, 0.5])):
        chroma = ChromaNetwork(Fixed(), SPACES["ycbcr"], gain)(torch.rand(1, 1, 2, 2))
        assert chroma[0, :, 0, 0].tolist() == pytest.approx(expected)


def test_weights_of_256_numbers_and_more_are_stored_as_float16_and_computed_with_in_float32():
    arrays = {
        "small": np.linspace(0.1, 1, 255, dtype=np.float32),
        "large": np.linspace(0.1, 1, 256, dtype=np.float32).reshape(2, 128),
        "whole": np.arange(300),
    }
    nodes = [onnx.helper.make_node("Identity", [name], [f"{name} out"]) for name in arrays]
    kinds = {name: onnx.helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in arrays.items()}
    ends = [onnx.helper.make_tensor_value_info(f"{name} out", kinds[name], arrays[name].shape) for name in arrays]
    weights = [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = onnx.helper.make_graph(nodes, "test", [], ends, weights)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    exporting._weights_to_float16(model)
    onnx.checker.check_model(model)
    half, single, whole = onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    assert [weight.data_type for weight in model.graph.initializer] == [single, half, whole]
    found = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {})
    expected = [arrays["small"], arrays["large"].astype(np.float16).astype(np.float32), arrays["whole"]]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_file_and_network_are_compared_at_sizes_that_differ_and_in_both_directions(
    make_model: Callable[..., Path], metadata: Metadata
):
    content = make_model(factor=(0.2, -0.1), offset=(0, 0.05)).read_bytes()
    seen = []

    def network(luma: torch.Tensor, error: float = 0, wide: float = 0) -> torch.Tensor:
        assert luma.min() >= 0
        assert luma.max() <= 1
        seen.append(tuple(luma.shape))
        error += wide * (luma.shape[2] != luma.shape[3])
        return torch.cat((luma * 0.2, luma * -0.1 + 0.05), dim=1) + error / 255

    def compare(**errors: float) -> str:
        said = replace(metadata, multiple_of="32")
        return exporting._compare(partial(network, **errors), content, 80, said)  # type: ignore[arg-type]

    assert "0.000 levels of 255 on average" in compare()
    assert seen == [(1, 1, 32, 32), (1, 1, 96, 96), (1, 1, 128, 192)]
    assert "0.400 levels of 255 on average, 0.400 at most" in compare(error=-0.4)
    for errors in ({"error": 0.6}, {"error": -0.6}, {"wide": 0.6}, {"wide": -0.6}):
        with pytest.raises(CheckpointError, match="too much; nothing was written"):
            compare(**errors)


def test_file_and_network_are_compared_with_hints_and_without(metadata: Metadata):
    planes = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", channels, "h", "w"])
        for name, channels in (("luma", 1), ("hints", 3), ("chroma", 2))
    ]
    nodes = [
        onnx.helper.make_node("Gather", ["hints", "two"], ["known"], axis=1),
        onnx.helper.make_node("Add", ["luma", "known"], ["chroma"]),
    ]
    two = onnx.numpy_helper.from_array(np.array([0, 1]), "two")
    graph = onnx.helper.make_graph(nodes, "test", planes[:2], planes[2:], [two])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    shares = []

    def network(luma: torch.Tensor, hints: torch.Tensor, known: float = 0, unknown: float = 0) -> torch.Tensor:
        confident = hints[:, 2:]
        assert set(confident.unique().tolist()) <= {0, 1}
        assert not hints[:, :2][(confident == 0).expand(-1, 2, -1, -1)].any()
        shares.append(float(confident.mean()))
        return luma + hints[:, :2] + (known if confident.any() else unknown) / 255

    def compare(**errors: float) -> str:
        said = replace(metadata, hints="1")
        return exporting._compare(partial(network, **errors), model.SerializeToString(), 64, said)  # type: ignore[arg-type]

    assert "0.000 levels of 255 on average" in compare()
    assert [0 < share < 0.1 for share in shares] == [False, True] * 3
    for errors in ({"known": 0.6}, {"unknown": -0.6}):
        with pytest.raises(CheckpointError, match="too much; nothing was written"):
            compare(**errors)


@pytest.mark.parametrize(
    ("asked", "new"),
    [
        ({}, ("1", "0", "1", [])),
        ({"hints": 0.5}, ("2", "1", "1", [])),
        ({"chroma_size": "half"}, ("2", "0", "2", [])),
        ({"bins": 4}, ("2", "0", "1", ["logits"])),
        ({"generator": "efficient_unet"}, ("2", "0", "1", ["features_8", "features_16"])),
    ],
)
def test_each_new_ability_alone_makes_it_format_2(asked: dict[str, object], new: tuple[object, ...]):
    config = from_dict({"data": "photos", "width": 4, **asked})
    said = exporting._metadata(Checkpoint(config, {}, {}, [], []), of_recipe(config), 96, 1.0)
    assert (said.format, said.hints, said.chroma_scale, list(json.loads(said.outputs))) == new
    assert (said.title, said.training_set, said.license) == (config.generator, "photos", "not stated")
    assert (said.working_size, said.version) == ("96", __version__)
    config = from_dict({"data": "photos", "title": "A", "training_set": "B", "license": "C", **asked})
    said = exporting._metadata(Checkpoint(config, {}, {}, [], []), of_recipe(config), 96, 2.0)
    assert (said.title, said.training_set, said.license, json.loads(said.options)["gain"]) == ("A", "B", "C", 2)


@pytest.mark.parametrize(("key", "good", "bad"), [("gain", (0.1, 10), (0.099, 10.1)), ("size", (32, 4096), (31, 4097))])
def test_bounds_can_be_asked_for_and_nothing_beyond_them(
    tmp_path: Path, key: str, good: tuple[float, ...], bad: tuple[float, ...]
):
    for value in good:
        with pytest.raises(CheckpointError, match=r"missing\.pt"):
            export(tmp_path / "missing.pt", tmp_path / "a.onnx", **{key: value})  # type: ignore[arg-type]
    for value in bad:
        with pytest.raises(UsageError, match=f"{key} must be between"):
            export(tmp_path / "missing.pt", tmp_path / "a.onnx", **{key: value})  # type: ignore[arg-type]
