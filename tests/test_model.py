import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from photochrom.errors import ModelError, UsageError
from photochrom.model import DEVICES, cores, load, providers
from photochrom.model_files import at_hand

FLOAT = TensorProto.FLOAT
IDENTITY = [helper.make_node("Concat", ["luma", "luma"], ["chroma"], axis=1)]


def refusal(path):
    """The message with which ``path`` is refused: one line that names it."""
    with pytest.raises(ModelError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_model_file_is_opened_by_its_path(strong, metadata):
    for path in (strong, str(strong)):
        opened = load(path)
        assert opened.name == "strong"
        assert opened.metadata == metadata
        assert (opened.working_size, opened.multiple_of) == (64, 16)


def test_a_model_turns_luma_into_chroma(make_model):
    luma = np.random.default_rng(0).random((2, 1, 16, 32), dtype=np.float32)
    chroma = load(make_model(factor=(0.5, -0.25), offset=(0.1, 0.2)))(luma)
    assert chroma.shape == (2, 2, 16, 32)
    assert chroma.dtype == np.float32
    expected = luma * np.reshape([0.5, -0.25], (1, 2, 1, 1)) + np.reshape([0.1, 0.2], (1, 2, 1, 1))
    assert chroma == pytest.approx(expected, abs=1e-6)


def test_the_default_model_is_whole():
    opened = load("default")
    assert opened.name == "default"
    assert "default" in at_hand()
    for value in vars(opened.metadata).values():
        assert value
    luma = np.random.default_rng(0).random((1, 1, opened.multiple_of * 2, opened.multiple_of * 3), dtype=np.float32)
    chroma = opened(luma)
    assert chroma.shape == (1, 2, luma.shape[2] // 2, luma.shape[3] // 2), "as 4:2:0 stores it"
    assert abs(chroma).max() <= 0.5


def test_every_embedded_model_opens_by_its_name():
    assert [load(name).name for name in at_hand()] == list(at_hand())


def test_the_six_generators_of_the_study_ship_each_with_a_card():
    six = {"unet", "unet_plus_plus", "unet_3plus", "linknet", "r2unet", "tristream"}
    files = {name: file for name, file in at_hand().items() if file.parent.parent.name == "photochrom"}
    assert set(files) == {"default", *six}
    for name, file in files.items():
        assert file.with_suffix(".md").read_text(encoding="utf-8").startswith(f"# {name}: ")
    for name in six:
        assert load(name).metadata.generator == name
    assert sum(files[name].stat().st_size for name in six) <= 30e6
    assert files["default"].stat().st_size <= 16e6


def test_a_file_of_broken_metadata_is_refused(tmp_path, metadata, save_model):
    props = metadata.to_onnx() | {"photochrom.working_size": "large"}
    assert "not whole" in refusal(save_model(tmp_path / "broken.onnx", IDENTITY, {}, props))


def test_a_model_of_others_is_refused(tmp_path, save_model):
    message = refusal(save_model(tmp_path / "theirs.onnx", IDENTITY, {}, props={"author": "me"}))
    assert "not a model of Photochrom" in message
    assert "photochrom export" in message


@pytest.mark.parametrize(
    ("luma", "chroma"),
    [
        (("gray", FLOAT, ["n", 1, "h", "w"]), ("chroma", FLOAT, ["n", 2, "h", "w"])),
        (("luma", FLOAT, ["n", 1, "h", "w"]), ("color", FLOAT, ["n", 2, "h", "w"])),
        (("luma", TensorProto.DOUBLE, ["n", 1, "h", "w"]), ("chroma", TensorProto.DOUBLE, ["n", 2, "h", "w"])),
        (("luma", FLOAT, ["n", 1, "w"]), ("chroma", FLOAT, ["n", 2, "w"])),
        (("luma", FLOAT, ["n", 3, "h", "w"]), ("chroma", FLOAT, ["n", 6, "h", "w"])),
    ],
)
def test_a_model_with_other_ends_is_refused(tmp_path, luma, chroma, save_model):
    nodes = [helper.make_node("Concat", [luma[0], luma[0]], [chroma[0]], axis=1)]
    assert "luma into chroma" in refusal(save_model(tmp_path / "other.onnx", nodes, {}, ends=(luma, chroma)))


def test_a_model_with_a_second_input_is_refused(tmp_path, strong):
    content = onnx.load(str(strong))
    content.graph.input.append(helper.make_tensor_value_info("more", FLOAT, [1]))
    onnx.save(content, str(tmp_path / "two.onnx"))
    assert "luma into chroma" in refusal(tmp_path / "two.onnx")


@pytest.fixture
def hinted(tmp_path, metadata, save_model):
    """A model file of format 2, and how it was made: chroma at half the size is the hints' mean, and luma an output."""

    def make(**said):
        nodes = [
            helper.make_node("Slice", ["hints", "from", "to", "axis"], ["known"]),
            helper.make_node("AveragePool", ["known"], ["chroma"], kernel_shape=[2, 2], strides=[2, 2]),
            helper.make_node("Identity", ["luma"], ["again"]),
        ]
        constants = {"from": np.array([0]), "to": np.array([2]), "axis": np.array([1])}
        props = replace(metadata, format="2", hints="1", chroma_scale="2", outputs='{"again": {}}', **said).to_onnx()
        path = save_model(tmp_path / "hinted.onnx", nodes, constants, props)
        model = onnx.load(str(path))
        model.graph.input.append(helper.make_tensor_value_info("hints", FLOAT, ["n", 3, "h", "w"]))
        model.graph.output.append(helper.make_tensor_value_info("again", FLOAT, ["n", 1, "h", "w"]))
        onnx.save(model, str(path))
        return path

    return make


def test_format_2_takes_hints_and_paints_at_half_the_size(hinted):
    model = load(hinted())
    assert (model.takes_hints, model.metadata.format, model.metadata.chroma_scale) == (True, "2", "2")
    assert json.loads(model.metadata.outputs) == {"again": {}}
    rng = np.random.default_rng(0)
    luma, hints = rng.random((1, 1, 32, 48), dtype=np.float32), rng.random((1, 3, 32, 48), dtype=np.float32)
    mean = hints[:, :2].reshape(1, 2, 16, 2, 24, 2).mean(axis=(3, 5))
    assert model(luma, hints) == pytest.approx(mean, abs=1e-6)
    assert not model(luma).any(), "without hints, zeros are fed"


def test_hints_for_a_model_that_takes_none_are_refused(strong):
    model, luma = load(strong), np.zeros((1, 1, 16, 16), np.float32)
    assert not model.takes_hints
    with pytest.raises(ModelError, match="strong takes no hints"):
        model(luma, np.zeros((1, 3, 16, 16), np.float32))


def test_features_come_finest_first_by_the_scales_that_the_metadata_names(make_seeing):
    model = load(make_seeing())
    assert model.has_features
    luma = np.random.default_rng(0).random((1, 1, 32, 48), dtype=np.float32)
    fine, coarse = model.features(luma)
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(str(make_seeing())).graph.initializer}
    for found, side in ((fine, 8), (coarse, 16)):
        places = luma.reshape(32 // side, side, 48 // side, side)
        expected = np.einsum("hywx,kyx->khw", places, weights[f"filters_{side}"][:, 0])
        assert found[0] == pytest.approx(expected, abs=1e-4)


def test_a_model_without_features_says_so(strong):
    model = load(strong)
    assert not model.has_features
    with pytest.raises(ModelError, match="strong has no features to match references by"):
        model.features(np.zeros((1, 1, 16, 16), np.float32))


def test_ends_must_be_those_that_the_metadata_names(tmp_path, hinted, metadata):
    for said in ({"hints": "0"}, {"outputs": "{}"}, {"outputs": '{"other": {}}'}):
        model = onnx.load(str(hinted()))
        props = {one.key: one.value for one in model.metadata_props} | {
            f"photochrom.{key}": value for key, value in said.items()
        }
        helper.set_model_props(model, props)
        onnx.save(model, str(tmp_path / "other.onnx"))
        assert "luma into chroma" in refusal(tmp_path / "other.onnx")


def test_a_model_with_external_data_is_refused(tmp_path, save_model):
    nodes = [
        helper.make_node("Mul", ["luma", "factor"], ["chroma"]),
    ]
    path = save_model(
        tmp_path / "outside.onnx",
        nodes,
        {"factor": np.ones((1, 2, 1, 1), np.float32)},
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    assert (tmp_path / "weights.bin").exists()
    assert "another file" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"just a text\n" * 20, b"\x08\x07\x12"])
def test_a_file_that_is_no_onnx_is_refused(tmp_path, content):
    path = tmp_path / "text.onnx"
    path.write_bytes(content)
    refusal(path)


def test_half_a_model_is_refused(tmp_path, strong):
    path = tmp_path / "half.onnx"
    path.write_bytes(strong.read_bytes()[: strong.stat().st_size // 2])
    refusal(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    assert "No such file" in refusal(tmp_path / "nowhere.onnx")
    assert "too long" in refusal(tmp_path / ("x" * 300 + ".onnx"))
    refusal(tmp_path / "folder.onnx")


def test_a_file_that_cannot_be_read_is_refused(strong, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "Permission denied" in refusal(strong)


@pytest.mark.parametrize("name", ["photogravure", "", "../models/default", "default.pt", "x" * 300])
def test_an_unknown_name_lists_the_choices(name):
    with pytest.raises(ModelError, match=r"choose one of .*default.*\.onnx") as caught:
        load(name)
    assert isinstance(caught.value, UsageError)


def test_options_are_json(strong, metadata):
    assert json.loads(load(strong).metadata.options) == {}
    assert json.loads(replace(metadata, options='{"width": 32}').options)["width"] == 32


def test_the_cpu_is_always_there_and_stands_behind_every_device(monkeypatch, strong):
    import onnxruntime

    assert load(strong, "cpu").session.get_providers() == ["CPUExecutionProvider"]
    assert "CPUExecutionProvider" in load(strong, "auto", threads=1).session.get_providers()
    everything = [provider for provider, _ in DEVICES.values()]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: everything)
    for device in ("cuda", "coreml", "directml", "openvino"):
        assert providers(device) == [DEVICES[device][0], "CPUExecutionProvider"]
    assert providers("auto")[0] == "CUDAExecutionProvider"
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert providers("auto") == ["CPUExecutionProvider"]


@pytest.mark.parametrize("flags", ["fma avx512_bf16 amx_bf16 amx_tile", "fma avx2"])
def test_openvino_computes_in_bf16_where_the_cpu_has_amx(monkeypatch, strong, flags):
    import onnxruntime

    opened = {}

    def session(content, options, providers, provider_options):
        opened.update(zip(providers, provider_options, strict=True))
        return real(content, options, providers=["CPUExecutionProvider"])

    real = onnxruntime.InferenceSession
    everything = ["OpenVINOExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: everything)
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    monkeypatch.setattr("photochrom.model.Path.read_text", lambda *_, **__: f"flags : {flags}\n")
    load(strong, "auto", threads=3)
    assert list(opened) == everything
    assert opened["CPUExecutionProvider"] == {}
    told = json.loads(opened["OpenVINOExecutionProvider"]["load_config"])["CPU"]
    assert told["INFERENCE_NUM_THREADS"] == 3
    assert told.get("INFERENCE_PRECISION_HINT") == ("bf16" if "amx" in flags else None)


def test_a_device_that_is_not_there_is_refused(monkeypatch, strong):
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ModelError, match="cuda: this ONNX Runtime cannot use it; install onnxruntime-gpu"):
        load(strong, "cuda")
    with pytest.raises(ModelError, match="abacus: no such device; choose auto or one of cpu, cuda"):
        load(strong, "abacus")


def test_a_device_that_does_not_start_is_told(monkeypatch, strong):
    monkeypatch.setattr("photochrom.model.providers", lambda device: ["CUDAExecutionProvider", "CPUExecutionProvider"])
    with pytest.warns(UserWarning, match="CUDAExecutionProvider"), pytest.raises(ModelError, match="cannot start it"):
        load(strong, "cuda")


def test_cores_are_those_of_this_process():
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_a_model_with_a_distribution_has_logits_about_centers(unsure, make_model):
    model, luma = load(unsure), np.zeros((2, 1, 16, 32), np.float32)
    assert model.logits(luma).shape == (2, 4, 16, 32)
    assert model.centers().shape == (4, 2)
    model.refuse_without_answers()
    for ask in (model_without := load(make_model())).centers, lambda: model_without.logits(luma):
        with pytest.raises(ModelError, match="knows one color a place"):
            ask()
