import csv
from pathlib import Path

import pytest

from photochrom.training import checkpoint, run_folder
from photochrom.training.checkpoint import Checkpoint
from photochrom.training.config import from_dict


def after(*l1: float, checkpoint_every: int = 2) -> Checkpoint:
    """A run whose epochs had this L1 on the validation photographs."""
    history = [{"epoch": epoch + 1, "validation_l1": value} for epoch, value in enumerate(l1)]
    config = from_dict({"data": "photos", "checkpoint_every": checkpoint_every})
    return Checkpoint(config, {}, {}, [], history)


def epoch_of(path: Path) -> int:
    return int(checkpoint.load(path).history[-1]["epoch"])


def test_the_best_checkpoint_is_that_of_the_lowest_l1_and_the_last_that_of_the_latest_epoch(tmp_path: Path):
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
            {"epoch": "1", "validation_l1": "0.123457"},
            {"epoch": "2", "validation_l1": "1e-09"},
        ]
