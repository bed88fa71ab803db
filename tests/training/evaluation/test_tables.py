import math
from dataclasses import replace
from pathlib import Path

import pytest

from photochrom.colorizer import Colorizer
from photochrom.training.evaluation.original_losses import PUBLISHED, Losses
from photochrom.training.evaluation.scores import Measures, Score
from photochrom.training.evaluation.statistics import Interval
from photochrom.training.evaluation.subjects import Subject
from photochrom.training.evaluation.tables import (
    MEANINGS,
    UNDEFINED,
    Table,
    cost,
    milliseconds,
    original_losses,
    tables,
    with_interval,
)

PHOTOS = ("coffee-1.jpg", "coffee-2.jpg", "cat-1.jpg")


def scores(psnr: tuple[float, ...], colorfulness: float = 30.0, taken: float = 8.0) -> list[Score]:
    return [
        Score(photo, "", value, 0.9, math.nan, 10.0, colorfulness, 40.0, 0.5, taken, [], [])
        for photo, value in zip(PHOTOS, psnr, strict=True)
    ]


def cell(table: Table, row: int, head: str) -> str:
    return table.rows[row][table.heads.index(head)]


@pytest.fixture
def made() -> list[Table]:
    found = {"ours": scores((20.0, 22.0, 30.0)), "gray": scores((19.0, 20.0, math.inf), colorfulness=0.0)}
    return tables(found, [Subject("ours", "a"), Subject("gray", "b")], Measures(None, None))


def test_there_is_a_table_for_each_group_and_for_all(made: list[Table]):
    titles = [table.title for table in made]
    assert titles == [
        f"{kind}: {group}" for group in ("cat", "coffee", "all") for kind in ("Quality", "Compared with ours")
    ]
    assert [table.is_part for table in made] == [True] * 4 + [False] * 2
    assert all(len(row) == len(table.heads) for table in made for row in table.rows)


@pytest.mark.parametrize("names", [("coffee-1.jpg", "coffee-2.jpg"), ("one.jpg", "two.jpg")])
def test_no_table_is_there_twice(names: tuple[str, ...]):
    found = {"ours": [replace(score, photo=name) for score, name in zip(scores((1, 2, 3)), names, strict=False)]}
    found["gray"] = found["ours"]
    made = tables(found, [Subject("ours", "a"), Subject("gray", "b")], Measures(None, None))
    assert [table.title for table in made] == ["Quality: all", "Compared with ours: all"]


def test_every_measure_is_explained(made: list[Table]):
    for head in {head for table in made for head in table.heads} - {"model"}:
        assert any(head.startswith(name) for name in MEANINGS), head


def test_quality_is_the_mean_with_its_interval(made: list[Table]):
    coffee, everything = made[2], made[4]
    assert cell(coffee, 0, "PSNR, dB ↑").startswith("21.00 [20.00, 22.00]")
    assert cell(everything, 0, "PSNR, dB ↑").startswith("24.00 [")
    assert cell(everything, 1, "PSNR, dB ↑").startswith("19.50 ["), "equal pictures have no PSNR"
    assert "left out of its mean" in everything.note
    assert "left out of its mean" not in coffee.note
    assert cell(everything, 0, "LPIPS ↓") == UNDEFINED
    assert "LPIPS was not measured" in everything.note
    assert "3 photographs with a mean colorfulness of 40.0" in everything.note
    assert cell(everything, 0, "error of the means ↓") == "10.0"
    assert cell(everything, 1, "colorfulness error ↓").startswith("40.0 [40.0")


def test_differences_are_the_models_minus_the_first(made: list[Table]):
    coffee = made[3]
    assert [row[0] for row in coffee.rows] == ["gray"]
    assert cell(coffee, 0, "PSNR, dB ↑") == "-1.50 [-2.00, -1.00]"
    assert cell(coffee, 0, "colorfulness error ↓") == "+30.0 [+30.0, +30.0]"
    assert "Model minus ours, photograph by photograph (2 photographs)" in coffee.note


def test_one_model_is_compared_with_nothing():
    made = tables({"ours": scores((20.0, 22.0, 30.0))}, [Subject("ours", "a")], Measures(None, None))
    assert [table.title.partition(":")[0] for table in made] == ["Quality"] * 3


def test_cost_is_of_those_that_paint(tmp_path: Path):
    (tmp_path / "model.onnx").write_bytes(bytes(2_500_000))
    painter = Subject("ours", "a", Colorizer(), tmp_path / "model.onnx", generator="unet", parameters=4_250_000)
    found = {"ours": scores((1, 2, 3), taken=8.4), "gray": scores((1, 2, 3))}
    table = cost([painter, Subject("gray", "b")], found, {"ours": 123.4})
    assert table.rows == [("ours", "unet", "4.25", "2.5", "8", "123")]
    assert cost([painter], found, {}).rows[0][-1] == UNDEFINED
    assert milliseconds([*scores((1, 2, 3), taken=5.0), *scores((1, 2, 3), taken=100.0)][:5]) == 5


def test_the_originals_losses_stand_beside_ours():
    losses = {"mine": Losses(1.0, 0.05, 6.0, 0.5), "plain": Losses(None, 0.04, 4.0, None)}
    table = original_losses(losses, {"mine": "unet", "plain": "efficient_unet"}, {100.0, 50.0})
    published = " / ".join(f"{value:.4f}" for value in (1.2061, 0.0395, 6.7701, 0.0006))
    assert table.rows == [
        ("mine", "1.0000", "0.0500", "6.0000", "0.5000", published),
        ("plain", UNDEFINED, "0.0400", "4.0000", UNDEFINED, UNDEFINED),
    ]
    assert "generator loss + 50 or 100 × L1" in table.note
    assert "efficient_unet" not in PUBLISHED


@pytest.mark.parametrize(
    ("value", "signed", "said"),
    [
        (None, False, UNDEFINED),
        (Interval(1.234, 1.1, 1.36, 9), False, "1.23 [1.10, 1.36]"),
        (Interval(1.234, -1.1, 1.36, 9), True, "+1.23 [-1.10, +1.36]"),
        (Interval(1.234, 1.234, 1.234, 1), False, "1.23"),
    ],
)
def test_a_mean_is_shown_with_its_interval(value: Interval | None, signed: bool, said: str):
    assert with_interval(value, 2, signed) == said
