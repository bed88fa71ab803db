import io
import json

import pytest
from fastapi import UploadFile
from PIL import Image

from photochrom import Hints, Point
from photochrom.hints.files import from_json
from photochrom.hints.reference import References
from photochrom.model import load
from photochrom.web.hint_fields import HintSet, Known
from photochrom.web.refusals import RefusedError

EXAMPLE = HintSet.model_config["json_schema_extra"]["example"]


@pytest.fixture(scope="module")
def default():
    return load("default")


def layer(size=(8, 6), color=(200, 30, 30, 255), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGBA", size, color).convert("RGBA" if kind == "PNG" else "RGB").save(file, kind)
    return file.getvalue()


def uploaded(content):
    return UploadFile(io.BytesIO(content), filename="layer.png")


def test_the_field_holds_what_a_file_of_hints_holds(default):
    text = json.dumps(EXAMPLE)
    assert Known(HintSet.model_validate_json(text)).read(default, 100) == Hints.from_json(text)


def test_what_a_file_holds_that_was_written_here_is_taken(default):
    hints = Hints.from_points([Point(0.5, 0.25, "red"), Point(0, 1, (1, 2, 3), 0.5)])
    assert Known(HintSet.model_validate_json(hints.to_json())).read(default, 100) == hints


def test_points_lie_over_the_layer(default):
    hints = Known(HintSet.model_validate_json(json.dumps(EXAMPLE)), uploaded(layer())).read(default, 100)
    assert len(hints.known) == 3
    assert hints.known[1:] == from_json(json.dumps(EXAMPLE))
    assert hints.known[0].size == (8, 6)


def test_layer_and_points_lie_over_the_reference(default, coffee, encode):
    points = HintSet.model_validate_json(json.dumps(EXAMPLE))
    content = encode(coffee, "PNG")
    hints = Known(points, uploaded(layer()), uploaded(content)).read(default, 1_000_000)
    assert len(hints.known) == 4
    assert hints.known[0].digest == References.read(default, [content]).digest


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no picture", "no photograph|not a picture"),
        (layer(color="gray"), "is gray"),
        (layer((11, 10)), "million pixels"),
    ],
    ids=["text", "gray", "large"],
)
def test_a_reference_that_is_none_is_refused_in_one_line(default, content, problem):
    with pytest.raises(RefusedError, match=f"the reference: .*({problem})") as caught:
        Known(reference=uploaded(content)).read(default, 100)
    assert caught.value.status == 422
    assert "\n" not in caught.value.detail


def test_a_reference_for_a_model_without_features_is_refused(strong, coffee, encode):
    with pytest.raises(RefusedError, match="has no features"):
        Known(reference=uploaded(encode(coffee, "PNG"))).read(load(strong), 1_000_000)


def test_nothing_is_no_hints(default):
    assert Known().read(default, 100) is None
    assert Known(HintSet(version=1, hints=[])).read(default, 100) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no whole PNG"),
        (b"no picture", "no whole PNG"),
        (layer()[:50], "no whole PNG"),
        (layer(kind="JPEG"), "no whole PNG"),
        (layer((11, 10)), "million pixels"),
        (layer(color="gray"), "gray for the most part"),
    ],
    ids=["empty", "text", "cut", "jpeg", "large", "flat"],
)
def test_a_layer_that_cannot_be_read_is_refused_in_one_line(default, content, problem):
    with pytest.raises(RefusedError, match=problem) as caught:
        Known(layer=uploaded(content)).read(default, 100)
    assert caught.value.status == 422
    assert "\n" not in caught.value.detail
