"""The report as a page: its order, its tables, and how it fits on screens."""

import csv
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photochrom.training.evaluation import report
from photochrom.training.evaluation.report import Figure, Measured
from photochrom.training.evaluation.scores import Score
from photochrom.training.evaluation.tables import METRICS, Table

HEADS = ("model", *(head for head, _ in METRICS.values()), "error of the means ↓", "Fréchet distance (AlexNet conv5) ↓")
CELLS = ("24.19 [22.99, 25.39]", *["0.9540 [0.9528, 0.9551]"] * (len(HEADS) - 2))
ROWS = [("efficient_unet", *CELLS), ("<b>gray</b>", *CELLS)]
TABLES = [
    Table("Quality: flickr", HEADS, ROWS, "A note & more.", is_part=True),
    Table("Quality: all", HEADS, ROWS, "A note & more."),
    Table("Cost", ("model", "file, MB"), [("efficient_unet", "8.5")]),
]
NOTHING = Measured({}, {}, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (1200, 400)).save(tmp_path / "comparison.png")
    figures = [Figure("comparison.png", "Side by side.", is_wide=True)]
    report.write(tmp_path, "A title", "An introduction.", TABLES, figures, NOTHING)
    return tmp_path


@pytest.mark.parametrize(("name", "marks"), [("report.html", ("<img", "<table")), ("report.md", ("![", "| model"))])
def test_pictures_come_before_tables_and_all_before_groups(folder: Path, name: str, marks: tuple[str, str]):
    text = (folder / name).read_text(encoding="utf-8")
    assert -1 < text.index(marks[0]) < text.index(marks[1])
    assert text.index("Quality: all") < text.index("Cost") < text.index("Quality: flickr")


def test_what_cells_hold_is_shown_as_text_and_intervals_stand_below_their_means(folder: Path):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;gray&lt;/b&gt;" in page
    assert "<td>24.19<small>[22.99, 25.39]</small></td>" in page
    assert "| 24.19 [22.99, 25.39] |" in (folder / "report.md").read_text(encoding="utf-8")


def test_the_measures_that_the_tables_have_are_explained_and_no_others(folder: Path):
    page = (folder / "report.html").read_text(encoding="utf-8")
    terms = re.findall("<dt>(.*?)</dt>", page)
    assert {"PSNR", "LPIPS", "luma error", "Fréchet distance"} <= set(terms)
    report.write(folder, "", "", TABLES[2:], [], NOTHING)
    assert "<dt>" not in (folder / "report.html").read_text(encoding="utf-8")


def page_at(chromium: Any, folder: Path, width: int) -> Any:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / "report.html").as_uri())
    page.locator("summary").click()
    return page


def test_nothing_is_cut_on_a_desktop(chromium: Any, folder: Path):
    page = page_at(chromium, folder, 1440)
    hidden = "all => all.map(element => element.scrollWidth - element.clientWidth)"
    assert page.eval_on_selector_all(".scroll, figure, body", hidden) == [0] * 5
    page.close()


def test_a_phone_scrolls_tables_beside_their_first_column(chromium: Any, folder: Path):
    page = page_at(chromium, folder, 390)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    table = page.locator(".scroll").first
    assert table.evaluate("box => box.scrollLeft = 300") == 300
    assert table.locator("td").first.bounding_box()["x"] >= 0
    assert page.locator("img").bounding_box()["width"] > 390  # pictures side by side are not shrunk to stamps
    page.close()


def test_scores_with_hints_have_a_file_with_a_line_each(tmp_path: Path):
    scores = {
        number: [Score("a.jpg", "", 20.0 + number, 0.9, math.nan, 10.0, 30.0, 40.0, 0.5, 8.0, [], [])]
        for number in (0, 5)
    }
    measured = Measured({"ours": scores[0]}, {}, {number: {"ours": one} for number, one in scores.items()})
    report.write(tmp_path, "", "", TABLES, [], measured)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "hints.csv").read_text(encoding="utf-8"))))
    assert [(row["model"], row["hints"], row["photo"], row["psnr"]) for row in rows] == [
        ("ours", "0", "a.jpg", "20.0"), ("ours", "5", "a.jpg", "25.0")
    ]  # fmt: skip
    values = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert [values["hints"]["ours"][number][0]["psnr"] for number in ("0", "5")] == [20, 25]


def test_without_hints_there_is_no_file_of_them(folder: Path):
    assert not (folder / "hints.csv").exists()
    assert "hints" not in json.loads((folder / "scores.json").read_text(encoding="utf-8"))
