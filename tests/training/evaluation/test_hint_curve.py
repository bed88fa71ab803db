"""Quality against the number of hints: which numbers are measured, with which scores, and what tables say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from photochrom.batch.finding import find
from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.training.evaluation.hint_curve import counts, measure, table
from photochrom.training.evaluation.scores import Measures, Score, score
from photochrom.training.evaluation.subjects import GRAY, Subject

PLAIN = Measures(lpips=None, features=None)


def scores(*psnr: float) -> list[Score]:
    return [
        Score(photo, "", value, 0.9, value / 100, 10.0, 30.0, 40.0, 0.5, 8.0, [], [])
        for photo, value in zip(("a.jpg", "b.jpg"), psnr, strict=True)
    ]


def test_none_is_always_among_the_numbers():
    assert counts([10, 1, 10]) == [0, 1, 10]
    assert counts([]) == []
    for wrong in (-1, 10_001):
        with pytest.raises(UsageError, match=f"from 0 to 10000, not {wrong}"):
            counts([wrong])


def test_hints_bring_every_model_nearer_to_the_photograph(photographs: Path, strong: Path):
    models = [Subject("strong", "1", Colorizer(strong), strong), Subject("default", "2", Colorizer())]
    paths, done = find(photographs)[::4], list[int]()
    none = score([*models, Subject(GRAY, GRAY)], paths, PLAIN)
    curve = measure([*models, Subject(GRAY, GRAY)], paths, PLAIN, [0, 3, 100], none, progress=done.append)
    assert done == list(range(1, 9))
    assert curve[0] == {"strong": none["strong"], "default": none["default"]}
    for label in ("strong", "default"):
        means = [float(np.mean([one.psnr for one in part[label]])) for part in curve.values()]
        assert means[0] < means[1] < means[2] - 0.3


def test_kept_scores_are_of_as_many_hints(photographs: Path, strong: Path, tmp_path: Path):
    model = Subject("strong", "1", Colorizer(strong), strong)
    paths = find(photographs)[:2]

    def told(number: int) -> list[float]:
        return [one.psnr for one in score([model], paths, replace(PLAIN, hints=number), tmp_path)["strong"]]

    few, many = told(2), told(200)
    assert few != many
    assert (told(2), told(200)) == (few, many)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_table_has_the_means_and_the_gain_on_the_same_photographs():
    made = table({0: {"ours": scores(20, 24)}, 10: {"ours": scores(21, 25)}, 100: {"ours": scores(22, 30)}}, PLAIN)
    assert made.heads == ("model", "hints", "PSNR, dB ↑", "PSNR, dB, over no hints", "CIEDE2000 ↓", "colorfulness")
    assert [row[:4] for row in made.rows] == [
        ("ours", "0", "22.00 [20.00, 24.00]", ""),
        ("ours", "10", "23.00 [21.00, 25.00]", "+1.00 [+1.00, +1.00]"),
        ("ours", "100", "26.00 [22.00, 30.00]", "+4.00 [+2.00, +6.00]"),
    ]
    assert made.note.startswith("2 photographs")


def test_the_table_has_lpips_where_it_was_measured():
    curve = {0: {"ours": scores(20, 24), "other": scores(1, 2)}, 10: {"ours": scores(10, 14), "other": scores(1, 2)}}
    made = table(curve, Measures(lpips=object(), features=None))  # type: ignore[arg-type]
    assert made.heads[4:6] == ("LPIPS ↓", "LPIPS, over no hints")
    assert made.rows[1][5].startswith("-0.1000 [")
    assert [row[:2] for row in made.rows] == [("ours", "0"), ("ours", "10"), ("other", "0"), ("other", "10")]
