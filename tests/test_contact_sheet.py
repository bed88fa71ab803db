from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.contact_sheet import draw, from_planes, refuse_other_files
from photochrom.errors import UsageError
from photochrom.photos import provenance


def test_every_picture_is_in_its_cell(tmp_path: Path):
    colors = ["red", "lime", "blue", "yellow", "cyan", "magenta"]
    pictures = [Image.new("RGB", (60, 40), color) for color in colors]
    draw(tmp_path / "sheet.png", [pictures[:3], pictures[3:]], ("a", "b", "c"), height=40)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 60
        assert sheet.height > 2 * 40
        areas = {color: count for count, color in sheet.convert("RGB").getcolors(100_000)}
        rows = np.array(sheet.convert("RGB"))
    for picture in pictures:
        assert areas[picture.getpixel((0, 0))] == 60 * 40
    left_to_right = [np.argwhere((rows == p.getpixel((0, 0))).all(axis=2)).mean(axis=0) for p in pictures[:3]]
    assert left_to_right[0][1] < left_to_right[1][1] < left_to_right[2][1]
    assert (rows[:30] < 100).any(), "the titles are there"


def test_a_sheet_is_marked_as_a_result(tmp_path: Path):
    draw(tmp_path / "sheet.png", [[Image.new("L", (60, 40))]], ("a",), height=40)
    assert provenance.of(tmp_path / "sheet.png").is_sheet


def test_a_panorama_does_not_shrink_the_others(tmp_path: Path):
    row, wide = [Image.new("L", (60, 40))], [Image.new("L", (4000, 40))]
    draw(tmp_path / "sheet.png", [row, wide], ("a",), height=40)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width < 150


def test_from_planes():
    assert from_planes(np.full((1, 4, 6), 0.5)).mode == "L"
    picture = from_planes(np.stack([np.full((4, 6), value) for value in (0.0, 0.5, 1.2)]))
    assert picture.size == (6, 4)
    assert picture.getpixel((0, 0)) == (0, 128, 255)


def test_only_names_of_pngs_are_taken():
    refuse_other_files(Path("sheet.PNG"))
    for name in ("sheet.jpg", "sheet"):
        with pytest.raises(UsageError, match="is a PNG"):
            refuse_other_files(Path(name))
