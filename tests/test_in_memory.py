import pytest
from PIL import Image

from photochrom import Colorizer, PhotoError, Point, in_memory
from photochrom.hints import Hints
from photochrom.in_memory import colorized
from photochrom.photos.reading import inspect
from photochrom.photos.writing import Encoding


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_the_bytes_are_those_of_a_file(strong, source, tmp_path, suffix):
    colorizer, hints = Colorizer(strong), Hints.from_points([Point(0.5, 0.5, "red")])
    file = colorizer.colorize_file(source, tmp_path / f"new{suffix}", hints=hints, encoding=Encoding(quality=80))
    photograph = inspect(source.read_bytes())
    made = colorized(colorizer, photograph, suffix, "new", hints=hints, encoding=Encoding(quality=80))
    assert made.content == file.read_bytes()


def test_what_is_told_names_the_result_as_the_caller_does(strong, source, camera, tmp_path):
    exif = Image.Exif()
    exif[315] = "Somebody"
    Image.fromarray(camera).save(source, exif=exif)
    assert colorized(Colorizer(strong), inspect(source), ".bmp", "b/new.bmp").notes == (
        "b/new.bmp: BMP cannot hold its EXIF",
    )
    with pytest.raises(PhotoError, match=r"^b/new\.gif: cannot write this kind of file"):
        colorized(Colorizer(strong), inspect(source), ".gif", "b/new.gif")


def test_a_folder_for_it_that_cannot_be_made_is_told(strong, source, monkeypatch):
    monkeypatch.setattr(in_memory, "TemporaryDirectory", _refused)
    with pytest.raises(PhotoError, match=r"^new\.png: no temporary space for it \(No space left on device\)"):
        colorized(Colorizer(strong), inspect(source), ".png", "new.png")


def _refused(**_):
    raise OSError(28, "No space left on device")
