import platform

import onnxruntime

from photochrom import __version__
from photochrom.doctor import findings
from photochrom.model import at_hand


def test_it_says_what_is_here():
    found = dict(findings("cpu"))
    assert found["photochrom"] == __version__
    assert platform.python_version() in found["Python"]
    assert found["onnxruntime"] == onnxruntime.__version__
    assert found["used"].startswith("CPUExecutionProvider; the default model takes")
    assert found["device cpu"] == "found"
    assert found["device directml"].endswith("onnxruntime-directml (untested by us)")
    for name, path in at_hand().items():
        assert found[f"model {name}"] == str(path)
    assert found["extra train"] == "installed"


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("photochrom.doctor._EXTRAS", {"darkroom": ("numpy", "enlarger-of-ours")})
    assert dict(findings("cpu"))["extra darkroom"] == "not installed (enlarger-of-ours missing)"
