import csv
from dataclasses import replace
from pathlib import Path

import pytest

from photochrom.training import checkpoint, run_folder
from photochrom.training.best_epoch import FIGURES
from photochrom.training.checkpoint import Checkpoint
from photochrom.training.config import from_dict


def after(*distances: float, checkpoint_every: int = 2) -> Checkpoint:
    """A run whose epochs had this distance to the validation photographs, and ever less L1."""
    history = [
        {"epoch": epoch + 1, "validation_l1": 1 / (epoch + 1), "validation_distance": value}
        for epoch, value in enumerate(distances)
    ]
    config = from_dict({"data": "photos", "checkpoint_every": checkpoint_every})
    return Checkpoint(config, {}, {}, [], history)


def epoch_of(path: Path) -> int:
    return int(checkpoint.load(path).history[-1]["epoch"])


def test_the_best_checkpoint_is_the_nearest_epochs_and_the_last_that_of_the_latest(tmp_path: Path):
    values = (0.5, 0.3, 0.4, 0.3, 0.2, 0.6)
    best = []
    for epochs in range(1, 7):
        run_folder.keep(after(*values[:epochs]), tmp_path)
        best.append(epoch_of(tmp_path / "best.pt"))
        assert epoch_of(tmp_path / "last.pt") == epochs
    assert best == [1, 2, 2, 4, 5, 5]
    kept = sorted(path.name for path in tmp_path.glob("epoch-*.pt"))
    assert kept == ["epoch-0002.pt", "epoch-0004.pt", "epoch-0006.pt"]
    assert [epoch_of(tmp_path / name) for name in kept] == [2, 4, 6]


def test_the_last_checkpoint_is_written_after_all_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Killed in between, the epoch is done again; were it written first, the epoch's other files would be missing."""
    written: list[str] = []
    monkeypatch.setattr(run_folder, "write", lambda path, text: written.append(path.name))
    monkeypatch.setattr(checkpoint, "save", lambda path, state: written.append(path.name))
    run_folder.keep(after(0.3, 0.2), tmp_path)
    assert sorted(written) == ["best.pt", "epoch-0002.pt", "last.pt", "metrics.csv"]
    assert written[-1] == "last.pt"


def test_metrics_have_a_row_an_epoch(tmp_path: Path):
    run_folder.keep(after(0.123456789, 1e-9), tmp_path)
    with (tmp_path / "metrics.csv").open() as file:
        assert list(csv.DictReader(file)) == [
            {"epoch": "1", "validation_l1": "1", "validation_distance": "0.123457"},
            {"epoch": "2", "validation_l1": "0.5", "validation_distance": "1e-09"},
        ]


def test_a_run_of_an_earlier_version_goes_on_with_new_columns(tmp_path: Path):
    """Its epochs have no distance: the first that has one is the best, and the others' cells stay empty."""
    new = after(11.0, 9.0, 10.0)
    history = [{"epoch": 1.0, "validation_l1": 0.01}, *({**row, "epoch": row["epoch"] + 1} for row in new.history)]
    for epochs in range(1, 5):
        run_folder.keep(replace(new, history=history[:epochs]), tmp_path)
    assert epoch_of(tmp_path / "best.pt") == 3
    with (tmp_path / "metrics.csv").open() as file:
        distances = [row["validation_distance"] for row in csv.DictReader(file)]
    assert distances == ["", "11", "9", "10"]
    history = [row | {f"validation_{name}": 1.0 for name in FIGURES[:3]} for row in new.history]
    run_folder.keep(replace(new, history=[{"epoch": 1.0}, *history]), tmp_path)
    assert run_folder.why_best(tmp_path).startswith("epoch 2 of 4, with the smallest distance")
