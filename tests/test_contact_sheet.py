from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.contact_sheet import LONGEST, SheetRow, draw, from_planes, page_path, pair, refuse_other_files
from photochrom.errors import ExistsError, PhotoError, UsageError
from photochrom.photos import provenance


def test_every_picture_is_in_its_cell(tmp_path: Path):
    colors = ["red", "lime", "blue", "yellow", "cyan", "magenta"]
    pictures = [Image.new("RGB", (60, 40), color) for color in colors]
    draw(tmp_path / "sheet.png", [SheetRow(pictures[:3]), SheetRow(pictures[3:])], ("a", "b", "c"), height=40)
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
    draw(tmp_path / "sheet.png", [SheetRow([Image.new("L", (60, 40))])], ("a",), height=40)
    assert provenance.of(tmp_path / "sheet.png").is_sheet


def test_a_panorama_does_not_shrink_the_others(tmp_path: Path):
    row, wide = SheetRow([Image.new("L", (60, 40))]), SheetRow([Image.new("L", (4000, 40))])
    draw(tmp_path / "sheet.png", [row, wide], ("a",), height=40)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width < 150


def test_from_planes():
    assert from_planes(np.full((1, 4, 6), 0.5)).mode == "L"
    picture = from_planes(np.stack([np.full((4, 6), value) for value in (0.0, 0.5, 1.2)]))
    assert picture.size == (6, 4)
    assert picture.getpixel((0, 0)) == (0, 128, 255)


def test_only_names_of_sheets_are_taken():
    for name in ("sheet.PNG", "sheet.jpg", "sheet.jpeg"):
        refuse_other_files(Path(name))
    for name in ("sheet.tif", "sheet"):
        with pytest.raises(UsageError, match="is a PNG or a JPEG"):
            refuse_other_files(Path(name))


@pytest.mark.parametrize(("name", "kind"), [("sheet.png", "PNG"), ("sheet.JPG", "JPEG")])
def test_the_name_says_the_format(tmp_path, name, kind):
    assert draw(tmp_path / name, [SheetRow([Image.new("L", (60, 40))])], ("a",), 40) == [tmp_path / name]
    assert provenance.of(tmp_path / name).is_sheet
    with Image.open(tmp_path / name) as sheet:
        assert sheet.format == kind


def test_many_photographs_take_several_pages_that_hold_all_of_them(tmp_path):
    rows = [SheetRow([Image.new("L", (60, 40), shade), Image.new("L", (60, 40))], str(shade)) for shade in range(200)]
    pages = draw(tmp_path / "sheet.png", iter(rows), ("before", "after"), height=40)
    assert pages == [
        tmp_path / "sheet.png",
        tmp_path / "sheet-2.png",
        tmp_path / "sheet-3.png",
        tmp_path / "sheet-4.png",
    ]
    shades = set()
    for page in pages:
        with Image.open(page) as sheet:
            assert max(sheet.size) <= LONGEST
            pixels = np.asarray(sheet.convert("L"))[:, : sheet.width // 2]
            shades |= set(np.unique(pixels)[np.unique(pixels, return_counts=True)[1] >= 2400].tolist())
    assert shades >= set(range(1, 200))
    assert not page_path(tmp_path / "sheet.png", 4).exists()


def test_many_columns_make_the_pictures_smaller(tmp_path):
    row = SheetRow([Image.new("L", (600, 300), shade) for shade in range(20)])
    draw(tmp_path / "sheet.png", [row], [str(title) for title in range(20)], height=300)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width <= LONGEST


def test_names_stand_under_the_pictures_and_are_cut_to_the_width(tmp_path):
    picture = Image.new("L", (120, 60), "white")
    for name, path in (("", tmp_path / "plain.png"), ("grandmother\n, ca. 1925" * 9, tmp_path / "named.png")):
        draw(path, [SheetRow([picture], name)], ("a",), height=60)
    with Image.open(tmp_path / "plain.png") as plain, Image.open(tmp_path / "named.png") as named:
        assert named.width == plain.width
        below = np.asarray(named.convert("L"))[plain.height - 8 :]
    assert (below < 100).any()
    assert (below[:, :6] == 255).all(), "it keeps off the margin"


def test_titles_are_not_cut_where_pictures_are_small(tmp_path):
    draw(tmp_path / "sheet.png", [SheetRow([Image.new("L", (16, 16))])], ("black-and-white",), height=16)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 100


class TestNothingButSheetsIsReplaced:
    def test_by_a_sheet(self, tmp_path):
        Image.new("L", (60, 40)).save(tmp_path / "mine.png")
        before = (tmp_path / "mine.png").read_bytes()
        with pytest.raises(PhotoError, match="not an earlier sheet"):
            draw(tmp_path / "mine.png", [SheetRow([Image.new("L", (60, 40))])], ("a",), height=40)
        assert (tmp_path / "mine.png").read_bytes() == before

    def test_by_a_later_page(self, tmp_path):
        (tmp_path / "sheet-2.png").write_text("mine")
        row = SheetRow([Image.new("L", (60, 1200))])
        with pytest.raises(UsageError, match=r"sheet-2\.png: is there and not an earlier sheet"):
            refuse_other_files(tmp_path / "sheet.png", rows=4, height=1200)
        with pytest.raises(PhotoError, match="not an earlier sheet"):
            draw(tmp_path / "sheet.png", [row] * 4, ("a",), height=1200)
        assert (tmp_path / "sheet-2.png").read_text() == "mine"

    def test_by_a_pair(self, tmp_path):
        picture = Image.new("L", (60, 40))
        path = tmp_path / "pair.png"
        path.write_text("mine")
        for overwrite in (False, True):
            with pytest.raises(PhotoError, match="not an earlier sheet"):
                pair(path, picture, picture, overwrite)
        path.unlink()
        pair(path, picture, picture, overwrite=False)
        with pytest.raises(ExistsError):
            pair(path, picture, picture, overwrite=False)
        pair(path, picture, picture, overwrite=True)
