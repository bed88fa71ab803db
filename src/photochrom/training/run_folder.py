"""What a run leaves in its folder, epoch by epoch: checkpoints, metrics.csv, sample sheets."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from photochrom.atomic import replacing
from photochrom.contact_sheet import SheetRow, draw, from_planes
from photochrom.errors import RecipeError
from photochrom.training import checkpoint as checkpoints
from photochrom.training import data
from photochrom.training.best_epoch import best, why
from photochrom.training.checkpoint import Checkpoint, Row
from photochrom.training.config import Config
from photochrom.training.spaces import to_rgb
from photochrom.training.state import TrainState

_LEFT_OUT = "left-out.json"
_ON_SHEET = 8  # photographs on a sample sheet


def keep(state: Checkpoint, run: Path) -> None:
    """Write what an epoch leaves behind; ``last.pt`` comes last, so a kill in between repeats the epoch."""
    history = state.history
    write(run / "metrics.csv", _csv(history))
    if best(history) in (None, history[-1]):
        checkpoints.save(run / "best.pt", state)
    if len(history) % state.config.checkpoint_every == 0:
        checkpoints.save(run / f"epoch-{len(history):04}.pt", state)
    checkpoints.save(run / "last.pt", state)


def why_best(run: Path) -> str:
    """A line on which epoch ``best.pt`` is of, and why, as ``metrics.csv`` says."""
    with (run / "metrics.csv").open(encoding="utf-8") as file:
        return why([{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(file)])


def write_left_out(run: Path, config: Config, left_out: dict[Path, str]) -> None:
    """Write down which photographs the run leaves out, and why, so that it need not look at all of them again."""
    folders = list(data.folders_of(config))
    listed = []
    for path, reason in left_out.items():
        number = next(index for index, folder in enumerate(folders) if path.is_relative_to(folder))
        name = path.relative_to(folders[number]).as_posix()
        listed.append({"folder": number, "photograph": name, "reason": reason})
    write(run / _LEFT_OUT, json.dumps({"format": 1, "left_out": listed}, indent=1, ensure_ascii=False) + "\n")


def read_left_out(run: Path, config: Config) -> dict[Path, str] | None:
    """What `write_left_out` wrote, also where the folders of ``data`` have moved since; None where nothing was."""
    try:
        content = json.loads((run / _LEFT_OUT).read_text(encoding="utf-8"))
        folders = list(data.folders_of(config))
        return {folders[one["folder"]] / one["photograph"]: one["reason"] for one in content["left_out"]}
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError):
        raise RecipeError(
            f"{run / _LEFT_OUT}: not as it was written; remove it to check the photographs again"
        ) from None


@torch.no_grad()
def draw_sheet(state: TrainState, config: Config, path: Path, photographs: data.Photographs) -> None:
    """A sheet of some validation photographs of every folder: black-and-white | original | predicted | with hints."""
    apart = max(1, len(photographs.paths) // _ON_SHEET)
    few = replace(photographs, paths=photographs.paths[::apart][:_ON_SHEET])
    luma, rgb, hints = (torch.cat(parts) for parts in zip(*data.validation_batches(few, config), strict=True))

    def painted(known: Tensor | None) -> Tensor:
        with state.fabric.autocast():
            prediction = state.result(*state.fabric.to_device((state.space.condition(luma), known)))
        return to_rgb(state.space, prediction.float().cpu(), luma)

    columns = {"black-and-white": luma, "original": rgb, "predicted": painted(None)}
    if config.hints:
        columns["with hints"] = painted(hints)
    rows = [SheetRow([from_planes(picture.numpy()) for picture in row]) for row in zip(*columns.values(), strict=True)]
    draw(path, rows, tuple(columns), height=config.size)


def write(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, complete or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _csv(history: list[Row]) -> str:
    text = io.StringIO()
    # A run that an earlier version began has epochs with fewer columns.
    columns = dict.fromkeys(key for row in history for key in row)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in history:
        writer.writerow({key: value if key == "epoch" else f"{value:.6g}" for key, value in row.items()})
    return text.getvalue()
