"""Quality against the number of hints: every model with each number of them, and what they gain over none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from photochrom.errors import UsageError
from photochrom.training.evaluation.scores import Measures, score
from photochrom.training.evaluation.statistics import interval, paired
from photochrom.training.evaluation.subjects import Subject
from photochrom.training.evaluation.tables import METRICS, Scores, Table, counted, with_interval
from photochrom.training.evaluation.true_hints import MOST

Curve = Mapping[int, Scores]  # number of hints → the scores of every model that was given so many

_GAINED = ("psnr", "lpips")  # whose gain is told, too
_SHOWN = ("psnr", "lpips", "ciede2000", "colorfulness")


def counts(asked: Sequence[int]) -> list[int]:
    """The numbers of hints to measure with: those ``asked`` for and 0, in order. Raises `UsageError`."""
    if wrong := [number for number in asked if not 0 <= number <= MOST]:
        raise UsageError(f"`hints` must be numbers from 0 to {MOST}, not {wrong[0]}")
    return sorted({0, *asked}) if asked else []


def measure(
    subjects: Sequence[Subject],
    paths: Sequence[Path],
    measures: Measures,
    numbers: Sequence[int],
    none: Scores,
    keep: Path | None = None,
    progress: Callable[[int], None] = lambda photographs: None,
) -> Curve:
    """The scores of the models among ``subjects`` with each of the ``numbers`` of hints; ``none`` are those without.

    ``progress`` is told how many photographs are done, over all numbers. The rest is as in `scores.score`, except that
    nobody is told what cannot be compared, which was told when ``none`` was measured.
    """
    models = [subject for subject in subjects if subject.colorizer]
    if not models:
        return {}
    found: dict[int, Scores] = {}
    for index, number in enumerate(numbers):
        if number == 0:
            found[0] = {subject.label: none[subject.label] for subject in models}
            continue

        def through(done: int, total: int, before: int = index - 1) -> None:
            progress(before * total + done)

        told = replace(measures, hints=number, features=None)  # no Fréchet distance is told
        found[number] = score(models, paths, told, keep, progress=through)
    return found


def table(curve: Curve, measures: Measures) -> Table:
    """Means over all photographs with each number of hints, and what is gained over none."""
    shown = [metric for metric in _SHOWN if metric != "lpips" or measures.lpips]
    heads = ["model", "hints"]
    for metric in shown:
        name, _ = METRICS[metric]
        heads += [name, f"{name[:-2]}, over no hints"] if metric in _GAINED else [name]
    rows = [(label, str(number), *_cells(shown, curve, label, number)) for label in curve[0] for number in curve]
    note = (
        f"{counted(len(next(iter(curve[0].values()))))}. A hint is the true mean color of a square of 6 pixels "
        "(of a photograph whose shorter side has 256) at a random place; more hints hold the fewer. Means with 95 % "
        "bootstrap intervals. Differences are of the same photographs; where the interval holds 0, they may be chance."
    )
    return Table("Quality with hints", tuple(heads), rows, note)


def _cells(shown: Sequence[str], curve: Curve, label: str, number: int) -> list[str]:
    cells = []
    for metric in shown:
        told, none = ({one.photo: getattr(one, metric) for one in curve[count][label]} for count in (number, 0))
        decimals = METRICS[metric][1]
        cells.append(with_interval(interval(list(told.values())), decimals))
        if metric in _GAINED:
            cells.append(with_interval(paired(told, none), decimals, signed=True) if number else "")
    return cells
