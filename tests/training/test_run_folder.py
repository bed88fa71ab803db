import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from photochrom.color import merge
from photochrom.contact_sheet import SheetRow
from photochrom.errors import RecipeError
from photochrom.training import checkpoint, run_folder
from photochrom.training.best_epoch import FIGURES
from photochrom.training.checkpoint import Checkpoint
from photochrom.training.config import from_dict, from_yaml
from photochrom.training.run_folder import RunFolder
from photochrom.training.spaces import SPACES
from photochrom.training.splitting import photographs as load
from photochrom.training.state import TrainState


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
        RunFolder(tmp_path).keep(after(*values[:epochs]))
        best.append(epoch_of(tmp_path / "best.pt"))
        assert epoch_of(tmp_path / "last.pt") == epochs
    assert best == [1, 2, 2, 4, 5, 5]
    kept = sorted(path.name for path in tmp_path.glob("epoch-*.pt"))
    assert kept == ["epoch-0002.pt", "epoch-0004.pt", "epoch-0006.pt"]
    assert [epoch_of(tmp_path / name) for name in kept] == [2, 4, 6]


def test_the_last_checkpoint_is_written_after_all_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Killed in between, the epoch is done again; were it written first, the epoch's other files would be missing."""
    written: list[str] = []
    monkeypatch.setattr(run_folder, "_write", lambda path, text: written.append(path.name))
    monkeypatch.setattr(checkpoint, "save", lambda path, state: written.append(path.name))
    RunFolder(tmp_path).keep(after(0.3, 0.2))
    assert sorted(written) == ["best.pt", "epoch-0002.pt", "last.pt", "metrics.csv"]
    assert written[-1] == "last.pt"


def test_metrics_have_a_row_an_epoch(tmp_path: Path):
    RunFolder(tmp_path).keep(after(0.123456789, 1e-9))
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
        RunFolder(tmp_path).keep(replace(new, history=history[:epochs]))
    assert epoch_of(tmp_path / "best.pt") == 3
    with (tmp_path / "metrics.csv").open() as file:
        distances = [row["validation_distance"] for row in csv.DictReader(file)]
    assert distances == ["", "11", "9", "10"]
    history = [row | {f"validation_{name}": 1.0 for name in FIGURES[:3]} for row in new.history]
    RunFolder(tmp_path).keep(replace(new, history=[{"epoch": 1.0}, *history]))
    assert RunFolder(tmp_path).why_best().startswith("epoch 2 of 4, the nearest")


def test_what_is_decided_before_the_first_epoch_is_written_and_read_back(tmp_path: Path):
    run = RunFolder(tmp_path / "runs" / "new")
    config = from_dict({"data": {"a": 0.5, "b": 0.5}})
    assert run.left_out(config) is None
    left_out = {(0, "deep/x.jpg"): "without color", (1, "deep/x.jpg"): "damaged “é”"}
    run.begin(config, left_out)
    assert from_yaml(run.recipe) == config
    assert run.left_out(config) == left_out
    moved = from_dict({"data": {"c": 0.5, "d": 0.5}})
    assert run.left_out(moved) == left_out
    assert (run.best, run.last) == (run.path / "best.pt", run.path / "last.pt")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"left_out": [{"folder": 7, "photograph": "a", "reason": ""}]}'])
def test_a_damaged_list_is_told_in_one_line(tmp_path: Path, text: str):
    (tmp_path / "left-out.json").write_text(text)
    with pytest.raises(RecipeError, match=r"left-out\.json: not as it was written; remove it"):
        RunFolder(tmp_path).left_out(from_dict({"data": "photos"}))


@pytest.mark.parametrize(("count", "shown"), [(3, [0, 1, 2]), (9, range(8)), (20, range(0, 16, 2))])
def test_a_sheet_has_up_to_eight_photographs_from_all_over_as_they_are_painted(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, shown: Sequence[int]
):
    config = from_dict({**recipe, "hints": 0.5})

    class Painter(torch.nn.Module):
        """No color, and the same everywhere where it is given hints."""

        def forward(self, condition: torch.Tensor, hints: torch.Tensor | None) -> torch.Tensor:
            return condition.new_full((len(condition), 2, 32, 32), 0.0 if hints is None else 0.1)

    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = TrainState(fabric, SPACES["ycbcr"], None, None, SimpleNamespace(module=Painter()), None)
    drawn: list[SheetRow] = []

    def draw(path: Path, rows: list[SheetRow], titles: tuple[str, ...], height: int) -> None:
        drawn.extend(rows)
        assert (path, height) == (tmp_path / "sheet-0007.png", 32)
        assert titles == ("black-and-white", "original", "predicted", "with hints")

    monkeypatch.setattr(run_folder, "draw", draw)
    training, _ = load(config)
    every = [index % training.count for index in range(count)]
    photographs = replace(training.only(every), augment=False)
    RunFolder(tmp_path).draw_sheet(state, config, 7, photographs)
    assert len(drawn) == len(shown)
    for row, index in zip(drawn, shown, strict=True):
        luma, rgb, _ = photographs[0, index]
        pictures = [np.asarray(picture.convert("RGB"), dtype=float) for picture in row.pictures]
        hinted = merge(luma, torch.full((2, 32, 32), 0.05)).clip(0, 1)
        for found, expected in zip(pictures, (luma.expand_as(rgb), rgb, luma.expand_as(rgb), hinted), strict=True):
            assert np.abs(found - expected.permute(1, 2, 0).numpy() * 255).max() <= 0.51
