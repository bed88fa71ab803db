import importlib.metadata
import os
import platform
import sys

import onnxruntime

from photochrom import __version__
from photochrom.cli.doctor import findings
from photochrom.model_files import at_hand


def test_it_says_what_is_here():
    found = dict(findings("cpu"))
    assert found["photochrom"].startswith(f"{__version__} in ")
    assert platform.python_version() in found["Python"]
    assert found["onnxruntime"] == onnxruntime.__version__
    assert found["telemetry of ONNX Runtime"] == "off (ORT_DISABLE_TELEMETRY=1)"
    assert found["used"].startswith("CPUExecutionProvider; the default model takes")
    assert found["device cpu"] == "found"
    assert found["device directml"].endswith("onnxruntime-directml (untested by us)")
    for name, path in at_hand().items():
        assert found[f"model {name}"] == str(path)
    for extra in ("train", "pretrained", "web", "heic", "jpeg"):
        assert found[f"extra {extra}"].startswith("installed (")
    assert f"torch {importlib.metadata.version('torch')}" in found["extra train"]
    assert "extra openvino" in found
    assert "extra dev" not in found


def test_what_is_missing_is_named(monkeypatch):
    asked = ["numpy>=2", "tripod>1", "numpy>=2; extra == 'darkroom'", 'enlarger-of-ours[lens]<3; extra == "darkroom"']
    monkeypatch.setattr("importlib.metadata.requires", lambda name: asked)
    found = dict(findings("cpu"))
    assert found["tripod"] == "not installed by this name"
    assert found["numpy"] == importlib.metadata.version("numpy")
    assert found["extra darkroom"] == "not installed (enlarger-of-ours missing)"


def test_model_folders_are_told_with_what_is_wrong_with_them(monkeypatch, tmp_path):
    monkeypatch.setenv("PHOTOCHROM_MODELS", os.pathsep.join([str(tmp_path), str(tmp_path / ("x" * 300))]))
    told = [value for name, value in findings("cpu") if name == "model folder"]
    assert told[0].endswith("models (7 models)")
    assert told[1] == f"{tmp_path} (0 models)"
    assert told[2].endswith("x (cannot be read: File name too long)")


def test_the_token_of_a_server_is_not_told(monkeypatch):
    monkeypatch.setenv("PHOTOCHROM_TOKEN", "correct horse battery")
    assert dict(findings("cpu"))["$PHOTOCHROM_TOKEN"] == "set"


def test_an_onnx_runtime_that_cannot_be_imported_is_a_finding(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    found = dict(findings("cpu"))
    assert found["used"].startswith("nothing: ONNX Runtime cannot be imported (")
    assert "model default" in found
