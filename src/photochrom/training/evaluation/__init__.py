"""One evaluation from what is asked to the report: the subjects, their scores, the tables, the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from photochrom import targets
from photochrom.errors import PhotochromError, UsageError
from photochrom.training import metrics, threads
from photochrom.training.augment import center_square, resize
from photochrom.training.evaluation import frechet, hint_curve, original_losses, report, tables
from photochrom.training.evaluation.report import Measured
from photochrom.training.evaluation.scores import Measures, named, original, photographs, score
from photochrom.training.evaluation.subjects import Subject, subjects
from photochrom.training.evaluation.tables import Scores, Table
from photochrom.training.lpips import Lpips

_KEPT = "kept"  # the folder in a report's whose scores let an evaluation go on


@dataclass(frozen=True)
class Request:
    """What is asked; the fields are those of `photochrom evaluate`."""

    models: Sequence[str]
    data: Path
    out: Path | None = None
    limit: int | None = None
    lpips_weights: Path | None = None
    show: Path | None = None
    title: str = "Evaluation"
    aged: bool = False
    fid: bool = False
    overwrite: bool = False
    hints: Sequence[int] = ()


@dataclass(frozen=True)
class Done:
    """What came of it: the tables, the scores they are made of, and how many photographs could not be compared."""

    tables: list[Table]
    scores: Scores
    failures: int


def evaluate(
    request: Request,
    on_error: Callable[[PhotochromError], None] = lambda error: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Done:
    """Measure what ``request`` asks, and write the report if it names a folder. Raises `PhotochromError`."""
    numbers = hint_curve.counts(request.hints)
    paths = photographs(request.data, request.limit)
    shown = photographs(request.show) if request.show else paths
    if request.out is not None:
        _refuse_other_files(request.out, request.overwrite)
    measures = _measures(request)
    failures: list[PhotochromError] = []

    def failed(error: PhotochromError) -> None:
        failures.append(error)
        on_error(error)

    total = len(paths) * max(1, len(numbers))  # photographs, each as often as it is colored by all models
    keep = request.out / _KEPT if request.out else None
    with TemporaryDirectory() as folder, threads.best_for(_comparison):
        found = subjects(request.models, Path(folder))
        scores = score(found, paths, measures, keep, failed, lambda done, _: progress(done, total))
        curve = hint_curve.measure(
            found, paths, measures, numbers, scores, keep, lambda done: progress(len(paths) + done, total)
        )
        measured = Measured(scores, _losses(found, paths), curve)
        made = tables.tables(scores, found, measures)
        made += [hint_curve.table(curve, measures)] if curve else []
        made += _costs(found, measured, paths)
        if request.out is not None:
            models = [subject for subject in found if subject.colorizer]
            on_show = score(models, shown, measures, keep, failed) if models and request.show else scores
            files = named(shown)
            pictures = report.draw(request.out, found, measured, on_show[models[0].label], files) if models else []
            report.write(request.out, request.title, _introduction(request, scores), made, pictures, measured)
    return Done(made, scores, len(failures))


def _comparison() -> None:
    """Compare two pictures of usual size, to see how many threads pay."""
    picture = torch.rand(3, 256, 256)
    metrics.ssim(picture, picture.flip(1))


def _refuse_other_files(out: Path, overwrite: bool) -> None:
    """Raise `UsageError` unless the folder ``out`` is new or an earlier evaluation's, or may be written over."""
    if not (out.is_dir() and (overwrite or (out / _KEPT).is_dir())):
        targets.refuse_filled(out)


def _measures(request: Request) -> Measures:
    lpips = Lpips.from_file(request.lpips_weights) if request.lpips_weights else None
    if lpips is not None and lpips.backbone != "alexnet":
        raise UsageError(f"{request.lpips_weights}: is LPIPS on {lpips.backbone}; measure on AlexNet")
    features = frechet.on_inception() if request.fid else frechet.on_lpips(lpips) if lpips else None
    return Measures(lpips, features, request.aged)


def _losses(found: Sequence[Subject], paths: Sequence[Path]) -> dict[str, original_losses.Losses]:
    """The original project's losses of every checkpoint among ``found``."""
    return {
        subject.label: original_losses.measure(subject.checkpoint, _squares(paths, subject.checkpoint.config.size))
        for subject in found
        if subject.checkpoint
    }


def _squares(paths: Sequence[Path], size: int) -> list[torch.Tensor]:
    squares = []
    for path in paths:
        try:
            rgb = original(path).transpose(1, 2, 0)
        except PhotochromError:
            continue  # `score` has reported it
        square = resize(np.ascontiguousarray(rgb), center_square(*rgb.shape[:2]), size)
        squares.append(torch.from_numpy(square.transpose(2, 0, 1).copy()).float() / 255)
    return squares


def _costs(found: Sequence[Subject], measured: Measured, paths: Sequence[Path]) -> list[Table]:
    made = []
    losses, scores = measured.losses, measured.scores
    if losses:
        weights = {subject.checkpoint.config.lambda_l1 for subject in found if subject.checkpoint}
        made.append(tables.original_losses(losses, {subject.label: subject.generator for subject in found}, weights))
    if any(subject.colorizer for subject in found):
        largest = max(paths, key=lambda path: path.stat().st_size)
        made.append(tables.cost(found, scores, {subject.label: subject.peak_memory(largest) for subject in found}))
    return made


def _introduction(request: Request, scores: Scores) -> str:
    number = len(next(iter(scores.values())))
    text = (
        f"{number} color photographs of {request.data} were turned to gray, colored at their own size, and compared "
        "with the originals, as the 8-bit pictures that users get."
    )
    if request.aged:
        text += " The colors were predicted from an artificially aged version, and laid on the clean one."
    if request.show:
        text += f" The photographs that are shown come from {request.show}; they are not among those measured."
    return text
