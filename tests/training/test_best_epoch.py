import math

import pytest
import torch
from skimage import data

from photochrom.color import merge, rgb_to_chroma, rgb_to_luma
from photochrom.training.best_epoch import FIGURES, best, figures, why
from photochrom.training.metrics import ciede2000, colorfulness


@pytest.fixture
def photographs() -> torch.Tensor:
    """Two parts of a real photograph: (2, 3, 48, 48)."""
    coffee = torch.from_numpy(data.coffee()).permute(2, 0, 1)[:, ::5, ::5].float() / 255
    return torch.stack((coffee[:, :48, :48], coffee[:, 20:68, 60:108]))


def row(epoch: int, distance: float, painted: float = 30.0, missed: float = 10.0) -> dict[str, float]:
    values = dict(zip(FIGURES, (distance - missed / 20, painted, missed, distance), strict=True))
    return {"epoch": epoch} | {f"validation_{name}": value for name, value in values.items()}


def test_figures_are_those_of_each_photograph(photographs: torch.Tensor):
    painted = merge(rgb_to_luma(photographs), 0.5 * rgb_to_chroma(photographs)).clip(0, 1)
    for found, made, true in zip(figures(painted, photographs), painted, photographs, strict=True):
        difference, colors = ciede2000(made, true), colorfulness(made)
        missed = abs(colors - colorfulness(true))
        assert missed > 1
        assert found.tolist() == pytest.approx([difference, colors, missed, difference + missed / 20], rel=1e-3)


def test_gray_loses_against_colors_that_have_more_l1(photographs: torch.Tensor):
    luma, chroma = rgb_to_luma(photographs), rgb_to_chroma(photographs)
    wrong, gray = 2.05 * chroma, torch.zeros_like(chroma)
    assert (gray - chroma).abs().mean() < (wrong - chroma).abs().mean()
    distance = FIGURES.index("distance")
    of_gray, of_wrong, of_true = (
        figures(merge(luma, painted).clip(0, 1), photographs)[:, distance].mean() for painted in (gray, wrong, chroma)
    )
    assert of_true < 0.01 < of_wrong < of_gray


def test_the_nearest_epoch_is_the_best_and_the_later_of_two():
    history = [row(1, 12.0), row(2, 11.0), row(3, 11.5), row(4, 11.0), row(5, math.nan)]
    assert best(history) is history[3]
    assert best(history[:3]) is history[1]
    assert best([{"epoch": 1, "validation_l1": 0.1}, *history[:1]]) is history[0], "epochs of earlier versions"
    assert best([{"epoch": 1, "validation_l1": 0.1}]) is None


def test_a_gray_epoch_is_the_best_only_where_all_are_gray():
    """As a newcomer's run of 120 photographs had them: the first epoch paints nothing, and is the nearest."""
    history = [row(1, 15.1, 0.7, 46.6), row(2, 16.1, 5.0, 42.2), row(3, 17.6, 12.7, 34.5), row(4, 15.9, 17.6, 29.7)]
    assert best(history) is history[3]
    assert best(history[:3]) is history[2]
    assert best(history[:2]) is history[0]
    assert best([row(1, 10.0, 8.7, 35.0), row(2, 10.1, 8.8, 35.0)])["epoch"] == 2, "a quarter of what is missed"


def test_it_is_said_which_epoch_is_the_best_and_why():
    said = why([row(1, 12.0), row(2, 11.0), row(3, 11.5)])
    assert said.startswith("epoch 2 of 3, the nearest to the validation photographs: ")
    assert "11.00, which is CIEDE2000 10.50 and a twentieth of 10.0" in said
    assert why([row(1, 11.0, 1.0, 30.0), row(2, 12.0)]).startswith(
        "epoch 2 of 2, of those that are not almost gray the n"
    )
    assert why([row(1, 11.0, 1.0, 30.0), row(2, 12.0, 1.0, 30.0)]).startswith("epoch 1 of 2, the nearest")
    assert why([]) == ""
