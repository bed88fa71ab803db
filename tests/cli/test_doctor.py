import platform

import onnxruntime

from photochrom import __version__
from photochrom.cli.doctor import findings
from photochrom.model import at_hand


def test_it_says_what_is_here():
    found = dict(findings("cpu"))
    assert found["photochrom"] == __version__
    assert platform.python_version() in found["Python"]
    assert found["onnxruntime"] == onnxruntime.__version__
    assert found["telemetry of ONNX Runtime"] == "off (ORT_DISABLE_TELEMETRY=1)"
    assert found["used"].startswith("CPUExecutionProvider; the default model takes")
    assert found["device cpu"] == "found"
    assert found["device directml"].endswith("onnxruntime-directml (untested by us)")
    for name, path in at_hand().items():
        assert found[f"model {name}"] == str(path)
    for extra in ("train", "pretrained", "web", "heic", "jpeg"):
        assert found[f"extra {extra}"] == "installed"
    assert "extra openvino" in found
    assert "extra dev" not in found


def test_what_is_missing_is_named(monkeypatch):
    asked = ["numpy>=2", "numpy>=2; extra == 'darkroom'", 'enlarger-of-ours[lens]<3; extra == "darkroom"']
    monkeypatch.setattr("importlib.metadata.requires", lambda name: asked)
    assert dict(findings("cpu"))["extra darkroom"] == "not installed (enlarger-of-ours missing)"
