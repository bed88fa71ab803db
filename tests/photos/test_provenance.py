import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import provenance, reading, writing
from photochrom.photos.provenance import Provenance, parse, signed
from photochrom.version import __version__

FULL = Provenance("1.2.3", "default", 512, 0.5, "0a1b", ("answer 2",))


@pytest.mark.parametrize(
    "made",
    [
        FULL,
        Provenance(),
        Provenance(model="default"),
        Provenance(model="Straße; 100 %, two"),
        Provenance(model="default", size=256, saturation=1 / 3),
        Provenance(model="default", hints="0a1b"),
        Provenance(model="default", size=256, saturation=1, warmth=-1 / 3),
    ],
)
def test_what_a_note_says_is_read_again(made):
    assert parse(made.note()) == made
    assert parse(f"Scanner 1.0; {made.note()}") == made
    assert parse(signed("Scanner 1.0; colors guessed by Photochrom 0.0.1, model other", made)) == made


def test_a_note_is_one_line_for_people():
    expected = "colors guessed by Photochrom 1.2.3, model default, size 512, saturation 0.5, hints 0a1b, answer 2"
    assert FULL.note() == expected
    assert "\n" not in Provenance(model="two\nlines").note()


def test_notes_of_earlier_versions_are_known():
    assert parse("colors guessed by Photochrom 0.1.0, model default") == Provenance("0.1.0", "default")
    assert parse("Scanner 1.0; colors guessed by Photochrom 0.1.0") == Provenance("0.1.0")
    assert parse("Scanner 1.0, photochrom") is None


def test_a_note_that_was_damaged_is_a_note_still():
    assert parse("colors guessed by Photochrom 1.0, model a, size 5x").size is None


def test_settings_are_compared_as_far_as_both_are_known():
    assert FULL.same_settings(Provenance("9.9", "default", 512, 0.5, "0a1b", ("answer 2",)))
    assert Provenance("0.1.0", "a").same_settings(Provenance("0.2.0", "a", 512, 1.0))
    for other in (
        {"model": "b"},
        {"size": 256},
        {"saturation": 0.9},
        {"hints": "ff"},
        {"warmth": 0.1},
        {"others": ("answer 2",)},
    ):
        made = {"model": "a", "size": 512, "saturation": 1.0} | other
        assert not Provenance("0.1.0", "a", 512, 1.0).same_settings(Provenance("0.1.0", **made))


def test_the_note_comes_after_other_programs_and_only_once():
    once = signed("Scanner 1.0", Provenance("1.0", "default"))
    assert once == "Scanner 1.0; colors guessed by Photochrom 1.0, model default"
    assert signed(f"{once}; Editor 2", Provenance("1.0", "b")) == (
        "Scanner 1.0; Editor 2; colors guessed by Photochrom 1.0, model b"
    )
    assert signed("colors guessed by Photochrom 0.1, model x; Editor 2", Provenance("1.0")) == (
        "Editor 2; colors guessed by Photochrom 1.0"
    )


def rgb_like(photo):
    return np.rint(photo.luma[0][..., None] * np.full(3, 255)).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif", ".ppm", ".psd", ".ora"])
def test_a_result_tells_how_it_was_made(tmp_path, source, suffix):
    photo = reading.read(source)
    path = tmp_path / f"new{suffix}"
    writing.write(path, rgb_like(photo), photo, FULL)
    assert provenance.of(path) == FULL
    assert provenance.of(path.read_bytes()) == FULL
    # Also where it came through a result of ours.
    again = tmp_path / f"again{suffix}"
    writing.write(again, rgb_like(photo), reading.read(path), Provenance(model="other"))
    assert provenance.of(again) == Provenance(model="other")
    assert again.read_bytes().count(b"colors guessed by Photochrom") == 1


def test_a_note_says_warmth_only_where_there_is_some():
    assert Provenance("1.0", "a", 64, 1, warmth=0.25).settings == "model a, size 64, saturation 1, warmth 0.25"
    assert Provenance("1.0", "a", 64, 1).settings == "model a, size 64, saturation 1"


def test_a_colorizer_signs_with_its_settings(tmp_path, source, strong):
    Colorizer(strong, size=64, saturation=0.5, warmth=-0.2).colorize_file(source, tmp_path / "new.png")
    assert provenance.of(tmp_path / "new.png") == Provenance(__version__, strong.stem, 64, 0.5, warmth=-0.2)


def test_other_pictures_are_not_ours(tmp_path, source, camera):
    assert provenance.of(source) is None
    assert provenance.of(b"") is None
    assert provenance.of(tmp_path / "nowhere.png") is None
    (tmp_path / "text.jpg").write_text("colors guessed by Photochrom 1.0")
    assert provenance.of(tmp_path / "text.jpg") is None
    Image.fromarray(np.dstack([camera] * 3)).save(tmp_path / "plain.ppm")
    assert provenance.of(tmp_path / "plain.ppm") is None
