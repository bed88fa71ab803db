"""Fills the tables of docs/results/ablations.md and draws its figure, from what the runs and `evaluate` left behind.

    python docs/ablations.py

It reads docs/results/ablations: NAME.csv, the `metrics.csv` of each run, and test.csv, validation.csv and aged.csv, the
`scores.csv` of evaluations on test photographs, on validation photographs, and on aged test photographs. Runs that are
not there yet are left out.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from photochrom.training.evaluation.figures import COLORS, STYLE
from photochrom.training.evaluation.statistics import Interval, paired
from photochrom.training.evaluation.tables import with_interval

_RESULTS = Path(__file__).parent / "results"
_FOLDER = _RESULTS / "ablations"
_SEEDS = ("baseline", "seed-1", "seed-2")  # the same recipe
_BASELINE = "baseline, mean of its seeds"

# Title of a direction → what its runs are compared with, and the runs, in the order of the page.
_DIRECTIONS = {
    "noise": (_BASELINE, _SEEDS),
    "progressive": (_BASELINE, ("progressive",)),
    "augmentation": (_BASELINE, ("no-augmentation", "film", "geometry-film")),
    "photographs": (_BASELINE, ("all-photographs",)),
    "discriminators": (
        _BASELINE,
        (
            "no-discriminator",
            "no-discriminator-seed-1",
            "patch-1",
            "patch-1-seed-1",
            "patch-16",
            "multi-scale",
            "spectral",
            "spectral-seed-1",
            "least-squares",
            "least-squares-seed-1",
            "hinge",
        ),
    ),
    "spaces": (_BASELINE, ("lab", "rgb")),
    "remedies": (
        _BASELINE,
        ("chroma-weight", "colorfulness", "perceptual", "ema", "encoder-untrained", "encoder"),
    ),
    "imagenet": ("imagenet", ("imagenet-perceptual",)),
}
_METRICS = ("psnr", "lpips", "colorfulness", "true_colorfulness", "colorfulness_distance")

# Metric → photograph → value, of one run.
Values = Mapping[str, Mapping[str, float]]


def main() -> None:
    """Write the tables between their marks in the page, and the figure beside the scores."""
    test, validation, aged = (_scores(_FOLDER / f"{part}.csv") for part in ("test", "validation", "aged"))
    page = _RESULTS / "ablations.md"
    text = page.read_text(encoding="utf-8")
    for direction, (first, runs) in _DIRECTIONS.items():
        names = [run for run in (first, *runs) if run in test]
        if first not in names or len(names) == 1:
            continue
        table = _table(names, test, validation, aged if direction == "augmentation" else {})
        before, mark, rest = text.partition(f"<!-- {direction} -->\n")
        if not mark:
            raise SystemExit(f"{page}: has no mark <!-- {direction} -->")
        text = before + mark + table + rest[rest.index("<!-- end -->") :]
    page.write_text(text, encoding="utf-8")
    _draw(_FOLDER / "changes.png", test)


def _scores(path: Path) -> Mapping[str, Values]:
    """The scores of each run, and the means of those that differ in nothing but their seed."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for metric in _METRICS:
                    if row[metric]:  # empty where it is undefined
                        of_run = found.setdefault(row["model"], {})
                        of_run.setdefault(metric, {})[row["photo"]] = float(row[metric])
    seeds = [found[run] for run in _SEEDS if run in found]
    if seeds:
        found[_BASELINE] = {metric: _means([seed[metric] for seed in seeds]) for metric in _METRICS}
    return found


def _means(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {photo: fmean(run[photo] for run in runs) for photo in runs[0]}


def _table(
    names: list[str], test: Mapping[str, Values], validation: Mapping[str, Values], aged: Mapping[str, Values]
) -> str:
    """One direction as a table, a row a run and the first the one that they are compared with.

    With ``aged``, LPIPS there and its change as well.
    """
    first = names[0]
    heads = ["recipe", "epochs", "minutes", "PSNR, dB", "LPIPS", "change in LPIPS", "on validation"]
    heads += ["colorfulness", "change in its distance"]
    if aged:
        heads += ["LPIPS, aged", "change in it"]
    lines = [" | ".join(heads), " | ".join(["---", *["---:"] * (len(heads) - 1)])]
    for name in names:
        epochs, minutes = _cost(name)
        here = test[name]
        run, *rest = name.split(",")
        cells = [",".join([f"`{run}`", *rest]), str(epochs), f"{minutes:.0f}"]
        cells += [_mean(here, "psnr", 2), _mean(here, "lpips", 3)]
        cells += [_change(test, first, name, "lpips", 3), _change(validation, first, name, "lpips", 3)]
        cells += [_mean(here, "colorfulness", 1), _change(test, first, name, "colorfulness_distance", 1)]
        if aged:
            cells += [_mean(aged[name], "lpips", 3) if name in aged else "", _change(aged, first, name, "lpips", 3)]
        lines.append(" | ".join(cells))
    return "".join(f"| {line} |\n" for line in lines)


def _cost(name: str) -> tuple[int, float]:
    """Epochs of a run, and its minutes; of several seeds, those of the first."""
    with (_FOLDER / f"{name.partition(',')[0]}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return len(rows), sum(float(row["seconds"]) for row in rows) / 60


def _mean(values: Values, metric: str, decimals: int) -> str:
    return f"{fmean(values[metric].values()):.{decimals}f}"


def _difference(scores: Mapping[str, Values], first: str, name: str, metric: str) -> Interval | None:
    """How much ``name`` is above ``first`` on the same photographs; None where it was not measured, or is the same."""
    if first not in scores or name not in scores or scores[name] == scores[first]:
        return None
    return paired(scores[name][metric], scores[first][metric])


def _change(scores: Mapping[str, Values], first: str, name: str, metric: str, decimals: int) -> str:
    found = _difference(scores, first, name, metric)
    return with_interval(found, decimals, signed=True).replace("-", "−") if found else ""


def _draw(path: Path, test: Mapping[str, Values]) -> None:
    """Every run's change, with its interval: LPIPS on the left, colorfulness on the right."""
    rows = [
        (first, run, COLORS[index])
        for index, (first, runs) in enumerate(_DIRECTIONS.values())
        for run in runs
        if first in test and run in test
    ]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 1.6 + 0.3 * len(rows)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, rows, test, "lpips")
        _panel(right, rows, test, "colorfulness")
        left.set(xlabel="change in LPIPS (less is better)")
        left.locator_params(axis="x", nbins=6)
        left.set_yticks(range(len(rows)), [run for _, run, _ in rows])
        left.set_ylim(len(rows) - 0.5, -1)
        true = paired(test[_BASELINE]["true_colorfulness"], test[_BASELINE]["colorfulness"])
        assert true is not None
        right.axvline(true.mean, color="black", linestyle=":", linewidth=1)
        right.set(xlabel="change in colorfulness")
        figure.savefig(path, dpi=110)


def _panel(axes: Axes, rows: list[tuple[str, str, str]], test: Mapping[str, Values], metric: str) -> None:
    """One panel: a dot and an interval a run, a color a direction, a band of two standard deviations of the seeds."""
    band = 2 * stdev(fmean(test[seed][metric].values()) for seed in _SEEDS)
    axes.axvspan(-band, band, color="#7F7F7F", alpha=0.15, linewidth=0)
    axes.axvline(0, color="black", linewidth=1)
    for index, (first, run, color) in enumerate(rows):
        found = _difference(test, first, run, metric)
        assert found is not None
        errors = [[found.mean - found.low], [found.high - found.mean]]
        axes.errorbar(found.mean, index, xerr=errors, fmt="o", color=color, capsize=3, markersize=5)
    axes.grid(axis="x")


if __name__ == "__main__":
    main()
