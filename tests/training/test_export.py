from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from photochrom.color import rgb_to_luma
from photochrom.errors import CheckpointError, UsageError
from photochrom.model import at_hand
from photochrom.model import load as load_model
from photochrom.training import export as exporting
from photochrom.training.checkpoint import Checkpoint, load_generator, save
from photochrom.training.config import from_dict
from photochrom.training.export import ChromaNetwork, export
from photochrom.training.generators import GENERATORS, build_generator
from photochrom.training.spaces import SPACES


def checkpoint(name: str = "unet", space: str = "ycbcr") -> Checkpoint:
    """A network whose batch-norm statistics are not the trivial ones, so that folding them can go wrong."""
    torch.manual_seed(0)
    config = from_dict({"data": "photos", "generator": name, "space": space, "width": 8, "size": 80, "title": "A test"})
    generator = build_generator(name, space, 8, {}).train()
    for _ in range(3):
        generator(torch.rand(2, SPACES[space].in_channels, 64, 64) * 2 - 1)
    return Checkpoint(config, generator.state_dict(), {}, [], [])


@pytest.mark.parametrize(
    ("name", "space"), [*((name, "ycbcr") for name in sorted(GENERATORS)), ("unet", "lab"), ("unet", "rgb")]
)
def test_the_export_answers_as_the_network(name: str, space: str, tmp_path: Path, luma: torch.Tensor):
    begun = checkpoint(name, space)
    save(tmp_path / "a.pt", begun)
    assert "levels of 255" in export(tmp_path / "a.pt", tmp_path / "a.onnx").report
    model = load_model(tmp_path / "a.onnx")
    network = ChromaNetwork(load_generator(begun).network, SPACES[space]).eval()
    for height, width in ((32, 32), (64, 96), (32, 64)):
        cut = luma[..., :height, :width]
        with torch.no_grad():
            expected = network(cut).numpy()
        difference = np.abs(model(cut.numpy()) - expected)
        assert difference.mean() < 0.5 / 255
        assert difference.max() < 4 / 255
    assert np.abs(expected).max() > 1e-4, "an all-gray network would prove nothing"


def test_the_file_describes_itself(tmp_path: Path):
    begun = checkpoint()
    save(tmp_path / "a.pt", begun)
    export(tmp_path / "a.pt", tmp_path / "a.onnx")
    said = load_model(tmp_path / "a.onnx").metadata
    assert (said.title, said.generator, said.color_space, said.training_set) == ("A test", "unet", "ycbcr", "photos")
    assert (said.working_size, said.multiple_of, said.recipe) == ("80", "16", begun.config.digest)


def test_batch_norm_is_folded_and_weights_are_float16(tmp_path: Path):
    save(tmp_path / "a.pt", checkpoint())
    export(tmp_path / "a.pt", tmp_path / "a.onnx")
    model = onnx.load(tmp_path / "a.onnx")
    assert "BatchNormalization" not in {node.op_type for node in model.graph.node}
    sizes = {weight.data_type: 0 for weight in model.graph.initializer}
    for weight in model.graph.initializer:
        sizes[weight.data_type] += int(np.prod(weight.dims))
    assert sizes[onnx.TensorProto.FLOAT16] > 50 * sizes[onnx.TensorProto.FLOAT]
    assert not any(weight.external_data for weight in model.graph.initializer)
    assert not any(node.metadata_props or node.doc_string for node in model.graph.node), "would hold machine paths"


def test_an_export_that_strays_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(tmp_path / "a.pt", checkpoint())

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


def test_the_working_size_and_the_gain_can_be_chosen(tmp_path: Path, luma: torch.Tensor):
    save(tmp_path / "a.pt", checkpoint())
    export(tmp_path / "a.pt", tmp_path / "plain.onnx")
    export(tmp_path / "a.pt", tmp_path / "chosen.onnx", size=96, gain=1.5)
    plain, chosen = load_model(tmp_path / "plain.onnx"), load_model(tmp_path / "chosen.onnx")
    assert (plain.working_size, chosen.working_size) == (80, 96)
    assert ('"gain": 1.5' in chosen.metadata.options, "gain" in plain.metadata.options) == (True, False)
    assert np.allclose(chosen(luma.numpy()), plain(luma.numpy()) * 1.5, atol=1e-5)
    with pytest.raises(UsageError, match="gain must be"):
        export(tmp_path / "a.pt", tmp_path / "b.onnx", gain=0)
    with pytest.raises(UsageError, match="size must be"):
        export(tmp_path / "a.pt", tmp_path / "b.onnx", size=8)


def test_what_is_there_is_left_as_it_was_unless_asked(tmp_path: Path):
    save(tmp_path / "a.pt", checkpoint())
    for name in ("family.png", "model.onnx"):
        (tmp_path / name).write_bytes(b"somebody's")
        with pytest.raises(UsageError, match=name):
            export(tmp_path / "a.pt", tmp_path / name)
        assert (tmp_path / name).read_bytes() == b"somebody's"
    with pytest.raises(UsageError, match=r"a model ends with \.onnx"):
        export(tmp_path / "a.pt", tmp_path / "family.png", overwrite=True)
    export(tmp_path / "a.pt", tmp_path / "model.onnx", overwrite=True)
    assert load_model(tmp_path / "model.onnx").name == "model"


def test_it_says_which_epoch_it_is(tmp_path: Path):
    begun = checkpoint()
    save(tmp_path / "a.pt", replace(begun, history=[{"epoch": 1.0}, {"epoch": 2.0}]))
    made = export(tmp_path / "a.pt", tmp_path / "a.onnx")
    assert (made.epoch, made.epochs) == (2, begun.config.epochs)


def test_a_model_that_paints_almost_nothing_is_known(make_model: Callable[..., Path]):
    gray, pale, colored = (exporting.painted_by(make_model(offset=(value, 0))) for value in (0, 0.005, -0.05))
    assert gray == 0
    assert pale == pytest.approx(0.005, abs=1e-5)
    assert colored == pytest.approx(0.05, abs=1e-5)
    assert [exporting.Exported(1, 1, "", chroma).is_gray for chroma in (gray, pale, colored)] == [True, True, False]
    assert not exporting.Exported(1, 1, "", exporting.painted_by(at_hand()["default"])).is_gray
