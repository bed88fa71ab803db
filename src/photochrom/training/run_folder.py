"""What a run leaves in its folder, epoch by epoch: checkpoints, metrics.csv, sample sheets."""

import csv
import io
import json
from dataclasses import dataclass
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
from photochrom.training.config import Config, to_yaml
from photochrom.training.spaces import to_rgb
from photochrom.training.state import TrainState

# Photographs that cannot be learned from: the number of their source and their name in it, and why.
LeftOut = dict[tuple[int, str], str]

_ON_SHEET = 8  # photographs on a sample sheet


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run; every file in it appears whole or not at all."""

    path: Path

    @property
    def best(self) -> Path:
        """The checkpoint of the epoch that is nearest to the validation photographs."""
        return self.path / "best.pt"

    @property
    def last(self) -> Path:
        """The checkpoint of the last whole epoch; missing if the run was stopped in its first."""
        return self.path / "last.pt"

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.path / "recipe.yaml"

    @property
    def _left_out(self) -> Path:
        return self.path / "left-out.json"

    def begin(self, config: Config, left_out: LeftOut) -> None:
        """Make the folder, and write what is decided before the first epoch.

        ``left_out`` are the photographs that cannot be learned from, with the reasons; they are not checked again.
        """
        _write(self.recipe, to_yaml(config))
        listed = [
            {"folder": number, "photograph": name, "reason": reason} for (number, name), reason in left_out.items()
        ]
        _write(self._left_out, json.dumps({"format": 1, "left_out": listed}, indent=1, ensure_ascii=False) + "\n")

    def left_out(self, config: Config) -> LeftOut | None:
        """The photographs that `begin` was told of, also where the sources have moved; None before that.

        Raises `RecipeError` where the file is damaged.
        """
        try:
            content = json.loads(self._left_out.read_text(encoding="utf-8"))
            sources = range(len(config.data) if isinstance(config.data, dict) else 1)
            return {(sources[one["folder"]], str(one["photograph"])): one["reason"] for one in content["left_out"]}
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError):
            raise RecipeError(
                f"{self._left_out}: not as it was written; remove it to check the photographs again"
            ) from None

    def keep(self, state: Checkpoint) -> None:
        """Write what an epoch leaves behind; ``last.pt`` comes last, so a kill in between repeats the epoch."""
        history = state.history
        _write(self.path / "metrics.csv", _csv(history))
        if best(history) in (None, history[-1]):
            checkpoints.save(self.best, state)
        if len(history) % state.config.checkpoint_every == 0:
            checkpoints.save(self.path / f"epoch-{len(history):04}.pt", state)
        checkpoints.save(self.last, state)

    def why_best(self) -> str:
        """A line on which epoch ``best`` is of, and why, as ``metrics.csv`` says."""
        with (self.path / "metrics.csv").open(encoding="utf-8") as file:
            return why([{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(file)])

    @torch.no_grad()
    def draw_sheet(self, state: TrainState, config: Config, epoch: int, photographs: data.Photographs) -> None:
        """A sheet of some validation photographs: black-and-white | original | predicted | with hints."""
        few = photographs.only(range(0, photographs.count, max(1, photographs.count // _ON_SHEET))[:_ON_SHEET])
        luma, rgb, hints = (torch.cat(parts) for parts in zip(*data.validation_batches(few, config), strict=True))

        def painted(known: Tensor | None) -> Tensor:
            with state.fabric.autocast():
                prediction = state.result(*state.fabric.to_device((state.space.condition(luma), known)))
            return to_rgb(state.space, prediction.float().cpu(), luma)

        columns = {"black-and-white": luma, "original": rgb, "predicted": painted(None)}
        if config.hints:
            columns["with hints"] = painted(hints)
        rows = [
            SheetRow([from_planes(picture.numpy()) for picture in row]) for row in zip(*columns.values(), strict=True)
        ]
        draw(self.path / f"sheet-{epoch:04}.png", rows, tuple(columns), height=config.size)


def _write(path: Path, text: str) -> None:
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
