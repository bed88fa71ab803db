import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from photochrom.errors import HintError
from photochrom.hints import Hints, Point

POINTS = Hints.from_points([Point(0.25, 0.5, "firebrick"), Point(1, 0, (1, 2, 3), 0.1)])


@pytest.fixture
def painting(coffee):
    picture = Image.fromarray(coffee).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return Hints.from_layer(picture)


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_all_that_is_known_comes_back_from_json_in_its_order(painting, tmp_path):
    hints = POINTS + painting + Hints.from_points([Point(0, 0, "teal")])
    assert hints.save(tmp_path / "old.hints.json") == tmp_path / "old.hints.json"
    loaded = Hints.load(str(tmp_path / "old.hints.json"))
    assert loaded.digest == hints.digest
    assert loaded.known[:2] == POINTS.known
    assert Hints.from_json(hints.to_json()).digest == hints.digest
    assert Hints.from_json(Hints().to_json()) == Hints()


def test_a_field_of_chroma_comes_back_as_exactly_as_8_bits_hold_it():
    chance = np.random.default_rng(0)
    m = chance.random((1, 9, 7), dtype=np.float32)
    planes = np.concatenate((chance.uniform(-0.5, 0.5, (2, 9, 7)).astype(np.float32) * m, m))
    (loaded,) = Hints.from_json(Hints.from_chroma(planes).to_json()).known
    assert loaded.planes == pytest.approx(planes, abs=1 / 250)


def test_a_person_can_read_and_write_points():
    assert POINTS.to_json().splitlines()[3] == '    {"x": 0.25, "y": 0.5, "color": "firebrick", "radius": 0.012},'
    written = '{"version": 1, "hints": [{"x": 0.5, "y": 0.25, "color": [1, 2, 3]}, {"y": 1, "x": 0, "color": "red"}]}'
    assert Hints.from_json(written).known == (Point(0.5, 0.25, (1, 2, 3)), Point(0, 1, "red"))


def test_a_layer_is_a_png(painting, tmp_path):
    painting.save(tmp_path / "old.hints.png")
    assert Hints.load(tmp_path / "old.hints.png").digest == painting.digest
    with pytest.raises(HintError, match=r"points\.png: only a painted layer alone"):
        POINTS.save(tmp_path / "points.png")
    with pytest.raises(HintError, match=r"both\.png: only a painted layer alone"):
        (painting + POINTS).save(tmp_path / "both.png")


def test_what_is_there_is_not_written_over_unless_asked(tmp_path):
    path = tmp_path / "old.hints.json"
    path.write_text("mine")
    with pytest.raises(HintError, match=r"exists already.*`overwrite`"):
        POINTS.save(path)
    assert path.read_text() == "mine"
    POINTS.save(path, overwrite=True)
    assert Hints.load(path) == POINTS
    with pytest.raises(HintError, match="name it so"):
        POINTS.save(tmp_path / "old.txt")
    with pytest.raises(HintError, match="cannot be written"):
        POINTS.save(path / "inside.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "broken JSON"),
        (b'{"version": 1,', r"broken JSON \(.*line 1"),
        (b"\xff\xfe", "is no text"),
        (b"[]", "no hints: they begin with"),
        (b'{"points": []}', "no hints: they begin with"),
        (b'{"version": 2, "hints": []}', "version 2, and this Photochrom knows 1; update"),
        (b'{"version": 1}', 'there must be a list "hints"'),
        (b'{"version": 1, "hints": {}}', 'there must be a list "hints"'),
        (b'{"version": 1, "hints": [], "more": 1}', "and nothing else"),
        (b'{"version": 1, "hints": [7]}', "hint 1: not {"),
        (b'{"version": 1, "hints": [{}]}', "hint 1: a point has x, y, color"),
        (b'{"version": 1, "hints": [{"x": 0, "y": 0, "colour": "red"}]}', "this has x, y, colour"),
        (b'{"version": 1, "hints": [{"x": 2, "y": 0, "color": "red"}]}', "hint 1: a point must lie in"),
        (b'{"version": 1, "hints": [{"x": 0, "y": 0, "color": null}]}', "hint 1: a color must be"),
        (b'{"version": 1, "hints": [{"layer": "?"}]}', "hint 1: its picture is not base64"),
        (b'{"version": 1, "hints": [{"layer": 7}]}', "hint 1: its picture is not base64"),
        (b'{"version": 1, "hints": [{"layer": "aaaa"}]}', "hint 1: the picture: is no whole PNG"),
        (b"[" * 100_000, "broken JSON"),
    ],
)
def test_a_broken_or_newer_file_is_told_in_one_line(tmp_path, content, message):
    path = tmp_path / "old.hints.json"
    path.write_bytes(content)
    with pytest.raises(HintError, match=message) as caught:
        Hints.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_layer_that_is_no_whole_png_is_told(coffee, tmp_path):
    whole = png(Image.fromarray(coffee))
    path = tmp_path / "old.hints.png"
    for content in (b"", b"text", whole[:100], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(HintError, match=r"old\.hints\.png: is no whole PNG"):
            Hints.load(path)
    with pytest.raises(HintError, match="cannot be read"):
        Hints.load(tmp_path / "missing.png")


def test_a_photograph_saved_with_what_was_painted_on_it_is_refused(camera, coffee, tmp_path):
    flat = Image.fromarray(camera).convert("RGB")
    flat.paste("red", (10, 10, 40, 40))
    flat.save(tmp_path / "flat.png")
    with pytest.raises(HintError, match=r"flat\.png: is opaque, and gray for the most part"):
        Hints.load(tmp_path / "flat.png")
    flat.putalpha(Image.fromarray(camera > 128))
    for picture in (flat, Image.fromarray(coffee)):  # gray is known at some places; all colors are known
        picture.save(tmp_path / "layer.png")
        assert Hints.load(tmp_path / "layer.png")


def test_a_layer_in_json_may_be_cut_nowhere(coffee):
    text = base64.b64encode(png(Image.fromarray(coffee))[:-400]).decode()
    with pytest.raises(HintError, match="hint 1: the picture: is no whole PNG"):
        Hints.from_json(json.dumps({"version": 1, "hints": [{"layer": text}]}))
