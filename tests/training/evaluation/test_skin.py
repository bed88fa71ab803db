"""Skin: which pixels of a face count, its tone, and how far its colors are off."""

import math
from pathlib import Path

import numpy as np
import pytest
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from photochrom.errors import UsageError
from photochrom.training.evaluation.skin import Skin, compare, read_faces, table

ASTRONAUT = 175, 60, 270, 190  # the box of her face


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut().transpose(2, 0, 1))


def plain(lab: tuple[float, float, float]) -> np.ndarray:
    """A face of one color, uint8 (3, 40, 30)."""
    return np.broadcast_to(
        np.rint(lab2rgb(np.array(lab, float)) * 255).astype(np.uint8)[:, None, None], (3, 40, 30)
    ).copy()


def test_a_true_face_is_not_off_at_all(astronaut: np.ndarray):
    found = compare(astronaut, astronaut, ASTRONAUT)
    assert (found.ciede2000, found.hue_error) == (0, 0)
    assert found.group in ("very light", "light")


def test_the_difference_is_that_of_the_middle_of_the_box(astronaut: np.ndarray):
    left, top, right, bottom = ASTRONAUT
    made = astronaut[[1, 0, 2]]
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    height, width = bottom - top, right - left
    inside = ((y - top) / height * 2 - 1) ** 2 + ((x - left) / width * 2 - 1) ** 2 <= 0.6**2
    crops = [rgb2lab(rgb[:, top:bottom, left:right].transpose(1, 2, 0)) for rgb in (astronaut, made)]
    assert compare(made, astronaut, ASTRONAUT).ciede2000 == pytest.approx(
        deltaE_ciede2000(*crops)[inside].mean(), rel=1e-3
    )
    elsewhere = astronaut.copy()
    elsewhere[:, : top + 20] = 0
    elsewhere[:, :, : left + 15] = 0
    assert compare(elsewhere, astronaut, (left, top + 2, right, bottom)).ciede2000 == 0


@pytest.mark.parametrize(
    ("lab", "tone", "group"),
    [
        ((75, 10, 15), 59.0, "very light"), ((70, 12, 20), 45.0, "light"), ((64, 12, 20), 35.0, "intermediate"),
        ((58, 14, 22), 20.0, "tan"), ((46, 14, 18), -12.5, "brown"), ((30, 10, 10), -63.4, "dark"),
    ],
)  # fmt: skip
def test_the_tone_is_the_typology_angle_of_the_true_color(lab: tuple[float, float, float], tone: float, group: str):
    found = compare(plain((50, 0, 0)), plain(lab), (0, 0, 30, 40))
    assert found.tone == pytest.approx(tone, abs=1.5)
    assert found.group == group


def test_hues_are_compared_the_short_way_round_and_gray_has_none():
    true, box = plain((60, -20, -5)), (0, 0, 30, 40)
    assert compare(plain((60, -20, 5)), true, box).hue_error == pytest.approx(
        2 * math.degrees(math.atan(5 / 20)), abs=2
    )
    assert compare(plain((60, 20, 5)), true, box).hue_error == pytest.approx(180, abs=2)
    assert math.isnan(compare(plain((60, 0, 0)), true, box).hue_error)


def test_the_table_has_a_line_for_each_tone_that_is_there_and_how_unlike_they_are_treated():
    faces = [Skin(60, 4.0, 10.0), Skin(-40, 6.0, 20.0), Skin(-50, 8.0, math.nan)]
    made = table("Skin", {"ours": faces})
    assert made.rows == [
        ("ours", "very light", "1", "4.00", "10.0"),
        ("ours", "dark", "2", "7.00 [6.00, 8.00]", "20.0"),
        ("ours", "all", "3", "6.00 [4.00, 8.00]", "15.0 [10.0, 20.0]"),
        ("ours", "worst / best tone", "", "1.75", "2.00"),
    ]
    assert table("Skin", {"gray": [Skin(60, 4.0, math.nan)]}).rows[-1] == ("gray", "worst / best tone", "", "1.00", "–")


def test_boxes_are_read_by_photograph(tmp_path: Path):
    file = tmp_path / "faces.csv"
    file.write_text("photo,left,top,right,bottom\na/b.jpg,1,2,3,4\na/b.jpg,5,6,7,8\nc.jpg,1,1,2,2\n", encoding="utf-8")
    assert read_faces(file) == {Path("a/b.jpg"): [(1, 2, 3, 4), (5, 6, 7, 8)], Path("c.jpg"): [(1, 1, 2, 2)]}
    for wrong in ("photo,left,top,right\na.jpg,1,2,3\n", "photo,left,top,right,bottom\na.jpg,1,2,3,x\n"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(UsageError, match="must have the columns photo, left"):
            read_faces(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_faces(tmp_path / "nothing.csv")
