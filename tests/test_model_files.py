import os
import shutil

import pytest

from photochrom.errors import ModelError
from photochrom.model import load
from photochrom.model_files import at_hand, closed_folders


def test_names_are_looked_up_in_the_package_then_in_the_environment_then_in_the_users_folder(
    make_model, tmp_path, monkeypatch
):
    first, second, users = tmp_path / "first", tmp_path / "second", tmp_path / "data" / "photochrom" / "models"
    for folder in (first, second, users):
        folder.mkdir(parents=True)
        for name in ("default", "everywhere", f"only-{folder.name}"):
            shutil.copy(make_model(name=name), folder / f"{name}.onnx")
    (second / "everywhere.onnx").unlink()
    monkeypatch.setenv("PHOTOCHROM_MODELS", os.pathsep.join(map(str, (first, second, tmp_path / "missing"))))
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / "data" / name)
    found = at_hand()
    assert {"default", "everywhere", "only-first", "only-second", "only-models"} <= set(found)
    assert found["everywhere"] == first / "everywhere.onnx"
    assert found["default"].parent.parent.name == "photochrom"
    assert first not in found["default"].parents, "the package's own cannot be pushed aside"
    assert load("only-second").name == "only-second"


def test_a_folder_that_cannot_be_read_leaves_the_others_models(tmp_path, monkeypatch, make_model):
    shutil.copy(make_model(name="mine"), tmp_path / "mine.onnx")
    closed = tmp_path / ("x" * 300)  # as good as one without permission, and so for the superuser, too
    monkeypatch.setenv("PHOTOCHROM_MODELS", os.pathsep.join(map(str, (closed, tmp_path, tmp_path / "missing"))))
    assert {"default", "mine"} <= set(at_hand())
    assert closed_folders() == {closed: "File name too long"}
    with pytest.raises(
        ModelError, match=r"yours: no such model; choose one of .*x cannot be read \(File name too long"
    ):
        load("yours")


def test_what_is_no_file_is_no_model_at_hand(tmp_path, monkeypatch):
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "broken.onnx").symlink_to(tmp_path / "missing.onnx")
    os.mkfifo(tmp_path / "pipe.onnx")
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(tmp_path))
    assert not {"folder", "broken", "pipe"} & set(at_hand())
