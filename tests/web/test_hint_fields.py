import io
import json

import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from photochrom import Hints, Point
from photochrom.hints.files import from_json
from photochrom.web.hint_fields import HintSet, to_hints
from photochrom.web.refusals import RefusedError

EXAMPLE = HintSet.model_config["json_schema_extra"]["example"]


def layer(size=(8, 6), color=(200, 30, 30, 255), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGBA", size, color).convert("RGBA" if kind == "PNG" else "RGB").save(file, kind)
    return file.getvalue()


def uploaded(content):
    return UploadFile(io.BytesIO(content), filename="layer.png")


def test_the_field_holds_what_a_file_of_hints_holds():
    text = json.dumps(EXAMPLE)
    assert to_hints(HintSet.model_validate_json(text), None, 100) == Hints.from_json(text)


def test_what_a_file_holds_that_was_written_here_is_taken(tmp_path):
    hints = Hints.from_points([Point(0.5, 0.25, "red"), Point(0, 1, (1, 2, 3), 0.5)])
    assert to_hints(HintSet.model_validate_json(hints.to_json()), None, 100) == hints


def test_points_lie_over_the_layer():
    hints = to_hints(HintSet.model_validate_json(json.dumps(EXAMPLE)), uploaded(layer()), 100)
    assert len(hints.known) == 3
    assert hints.known[1:] == from_json(json.dumps(EXAMPLE))
    assert hints.known[0].size == (8, 6)


def test_nothing_is_no_hints():
    assert to_hints(None, None, 100) is None
    assert to_hints(HintSet(version=1, hints=[]), None, 100) is None


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
def test_a_layer_that_cannot_be_read_is_refused_in_one_line(content, problem):
    with pytest.raises(RefusedError, match=problem) as caught:
        to_hints(None, uploaded(content), 100)
    assert caught.value.status == 422
    assert "\n" not in caught.value.detail
