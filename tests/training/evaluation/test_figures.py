import re
from pathlib import Path

import pytest
from PIL import Image

from photochrom.colorizer import Colorizer
from photochrom.training.evaluation.figures import colorfulness, comparison, hints, loss_curves, quality_against_cost
from photochrom.training.evaluation.scores import Score
from photochrom.training.evaluation.subjects import GRAY, Subject


def scored(photo: str, value: float, lpips: bool = True) -> Score:
    measured = value if lpips else float("nan")
    return Score(photo, "", 20.0, 0.9, measured, 100 * value, 30.0, 40.0, 0.5, 10.0, [], [])


@pytest.fixture
def subjects(strong: Path) -> list[Subject]:
    return [Subject("strong", "1", Colorizer(strong), strong, parameters=1000), Subject(GRAY, GRAY)]


def drawn(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 2, "more than lines on white"
        return picture.size


@pytest.mark.parametrize(
    ("lpips", "start"),
    [(True, "by LPIPS: best: coffee-1.jpg (0.100)"), (False, "by CIEDE2000: best: coffee-1.jpg (10.0)")],
)
def test_a_comparison_shows_the_two_best_middle_and_worst_photographs(
    photographs: Path, subjects: list[Subject], tmp_path: Path, lpips: bool, start: str
):
    names = [f"{name}-{index}.jpg" for index in (0, 1) for name in ("chelsea", "coffee", "astronaut", "rocket")]
    values = dict(zip(names, (0.5, 0.7, 0.3, 0.4, 0.6, 0.1, 0.2, 0.8), strict=True))
    files = {name: photographs / name for name in names}
    legend = comparison(tmp_path / "sheet.png", files, subjects, [scored(*pair, lpips) for pair in values.items()])
    assert re.sub(r" \([\d.]+\)", "", legend).partition(": ")[2] == (
        "best: coffee-1.jpg, astronaut-1.jpg; middle: rocket-0.jpg, chelsea-0.jpg; worst: coffee-0.jpg, rocket-1.jpg"
    )
    assert legend.startswith(start)
    width, height = drawn(tmp_path / "sheet.png")
    assert width > 3 * 180, "before, original and one model"
    assert height > 6 * 180, "six photographs"


def test_a_comparison_shows_no_photograph_twice(photographs: Path, subjects: list[Subject], tmp_path: Path):
    legend = comparison(
        tmp_path / "sheet.png", {"coffee-0.jpg": photographs / "coffee-0.jpg"}, subjects, [scored("coffee-0.jpg", 0.2)]
    )
    assert legend == "by LPIPS: best: coffee-0.jpg (0.200)"


def test_losses_costs_colorfulness_and_hints_are_drawn(subjects: list[Subject], tmp_path: Path):
    rows = [{"epoch": epoch} | dict.fromkeys(
        ("train_generator", "train_discriminator", "train_l1", "train_total"), 1 / epoch) for epoch in (1, 2, 3)
    ]  # fmt: skip
    scores = {subject.label: [scored("a", 0.2), scored("b", 0.3), scored("c", 0.4)] for subject in subjects}
    loss_curves(tmp_path / "losses.png", {"first": rows, "second": rows})
    quality_against_cost(tmp_path / "cost.png", subjects, scores)
    colorfulness(tmp_path / "colorfulness.png", subjects, scores)
    hints(tmp_path / "hints.png", dict.fromkeys((0, 1, 10), scores))
    for name in ("losses", "cost", "colorfulness", "hints"):
        assert min(drawn(tmp_path / f"{name}.png")) > 300
