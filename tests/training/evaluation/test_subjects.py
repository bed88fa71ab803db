import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from skimage import data

from photochrom.errors import PhotochromError, UsageError
from photochrom.model_files import at_hand
from photochrom.training.evaluation.subjects import GRAY, Subject, subjects


@pytest.mark.parametrize("name", ["gray", "grey"])
def test_gray_paints_nothing_and_costs_nothing(name: str, tmp_path: Path):
    (gray,) = subjects([name], tmp_path)
    assert gray == Subject(GRAY, GRAY)
    assert (gray.colorizer, gray.megabytes, gray.parameters, gray.peak_memory(tmp_path)) == (None, 0, 0, None)


def test_a_model_is_known_by_its_name_and_by_its_file(tmp_path: Path):
    file = at_hand()["unet"]
    shutil.copy(file, tmp_path / "mine.onnx")
    named, copied = subjects(["unet", str(tmp_path / "mine.onnx")], tmp_path)
    assert (named.label, copied.label) == ("unet", "mine")
    assert named.digest == copied.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert named.generator == copied.generator == "unet"
    assert named.megabytes == pytest.approx(file.stat().st_size / 1e6)
    assert named.checkpoint is None
    gray = np.asarray(Image.fromarray(data.coffee()).convert("L").resize((64, 48)))
    assert named.colorizer is not None
    assert named.colorizer.colorize(gray).shape == (48, 64, 3)


def test_parameters_are_the_numbers_of_the_weights(tmp_path: Path):
    (subject,) = subjects(["unet"], tmp_path)
    weights = onnx.load(at_hand()["unet"]).graph.initializer
    by_hand = sum(int(np.prod(weight.dims)) for weight in weights if weight.dims and weight.data_type in (1, 10))
    assert subject.parameters == by_hand > 1e6


def test_two_of_one_name_are_refused(tmp_path: Path):
    shutil.copy(at_hand()["unet"], tmp_path / "unet.onnx")
    with pytest.raises(UsageError, match="is called unet, as another one is"):
        subjects(["unet", str(tmp_path / "unet.onnx")], tmp_path)


def test_what_is_no_model_is_told(tmp_path: Path):
    (tmp_path / "other.pt").write_text("no checkpoint")
    for name in ("nobody", str(tmp_path / "none.onnx"), str(tmp_path / "other.pt")):
        with pytest.raises(PhotochromError):
            subjects([name], tmp_path)
