import pytest
from PIL import Image

from photochrom.errors import HintError, PlanError
from photochrom.hints import Hints, Point
from photochrom.video import key_frames

RED = Hints.from_points([Point(0.5, 0.5, "red")])


def test_files_are_for_the_frame_whose_number_they_have(tmp_path):
    RED.save(tmp_path / "12.hints.json")
    RED.save(tmp_path / "frame-0003.hints.json")
    RED.save(tmp_path / "notes.hints.json")
    assert sorted(key_frames.read(tmp_path, tmp_path / "old.mp4", (90, 160))) == [3, 12]


def test_points_lie_on_the_layer_of_the_same_frame(tmp_path):
    Image.new("RGBA", (160, 90), (0, 0, 255, 100)).save(tmp_path / "5.hints.png")
    RED.save(tmp_path / "5.hints.json")
    (hints,) = key_frames.read(tmp_path, tmp_path / "old.mp4", (90, 160)).values()
    assert hints.known[-1] == RED.known[0]
    assert len(hints.known) == 2


def test_of_several_films_each_has_its_own_folder(tmp_path):
    (tmp_path / "old").mkdir()
    RED.save(tmp_path / "old" / "1.hints.json")
    RED.save(tmp_path / "2.hints.json")
    assert list(key_frames.read(tmp_path, tmp_path / "old.mp4", (90, 160))) == [1]
    assert list(key_frames.read(tmp_path, tmp_path / "other.mp4", (90, 160))) == [2]


def test_what_does_not_fit_or_is_not_there_is_named(tmp_path):
    with pytest.raises(PlanError, match="no such folder of hints"):
        key_frames.refuse_other_than_folders(tmp_path / "nowhere")
    Image.new("RGBA", (90, 160), (0, 0, 255, 100)).save(tmp_path / "5.hints.png")
    with pytest.raises(HintError, match=r"5\.hints\.png: the layer has 90x160 pixels"):
        key_frames.read(tmp_path, tmp_path / "old.mp4", (90, 160))


def test_the_digest_tells_hints_and_frames_apart():
    assert key_frames.digest({}, None) == ""
    assert len({key_frames.digest({1: RED}, None), key_frames.digest({2: RED}, None)}) == 2
