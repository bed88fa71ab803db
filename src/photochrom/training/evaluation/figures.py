"""The pictures of a report: photographs side by side, loss curves, quality against cost and hints, colorfulness.

Colors are Okabe and Ito's (2008), which the color-blind can tell apart; lines and dots differ in shape, too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from photochrom.contact_sheet import SheetRow, draw, from_planes
from photochrom.training.checkpoint import Row
from photochrom.training.evaluation.scores import Score, colored, original
from photochrom.training.evaluation.statistics import interval
from photochrom.training.evaluation.subjects import GRAY, Subject
from photochrom.training.evaluation.tables import METRICS, Scores, milliseconds

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C00")
_LINES = ("-", "--", "-.", ":")
_DOTS = "os^DvPX*"
_HEIGHT = 200  # pixels of a photograph in the comparison
STYLE: Any = {"font.size": 11, "axes.spines.top": False, "axes.spines.right": False, "grid.alpha": 0.25}


def comparison(path: Path, files: Mapping[str, Path], subjects: Sequence[Subject], scores: Sequence[Score]) -> str:
    """Draw the best, the middle and the worst photographs by the first model's LPIPS; returns which, in words.

    ``files`` are the photographs by the names in ``scores``, and those of the first subject that is a model decide;
    CIEDE2000 takes the place of LPIPS where that was not measured.
    """
    measured = scores[0].lpips == scores[0].lpips
    ordered = sorted(scores, key=lambda score: score.lpips if measured else score.ciede2000)
    middle = len(ordered) // 2
    picks = {"best": ordered[:2], "middle": ordered[max(0, middle - 1) : middle + 1], "worst": ordered[-2:]}
    rows, legend, seen = [], [], set()
    for rank, chosen in picks.items():
        new = [score for score in chosen if score.photo not in seen]
        seen |= {score.photo for score in new}
        values = [score.lpips if measured else score.ciede2000 for score in new]
        names = [f"{score.photo} ({value:.{3 if measured else 1}f})" for score, value in zip(new, values, strict=True)]
        legend += [f"{rank}: {', '.join(names)}"] if new else []
        for score in new:
            rgb = original(files[score.photo])
            pictures = [colored(subject, rgb) for subject in subjects if subject.colorizer]
            planes = [colored(Subject(GRAY, GRAY), rgb), rgb, *pictures]
            rows.append(SheetRow([from_planes(picture / 255.0) for picture in planes], score.photo))
    labels = [subject.label for subject in subjects if subject.colorizer]
    draw(path, rows, ("black-and-white", "original", *labels), _HEIGHT)
    return f"by {'LPIPS' if measured else 'CIEDE2000'}: {'; '.join(legend)}"


def loss_curves(path: Path, histories: Mapping[str, Sequence[Row]]) -> None:
    """Draw the four losses against the epoch, on the training photographs, one line a run."""
    panels = {"generator": "generator (adversarial)", "discriminator": "discriminator", "l1": "L1", "total": "total"}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 6.4), layout="constrained")
        for axes, (key, title) in zip(figure.subplots(2, 2).flat, panels.items(), strict=True):
            for index, (label, rows) in enumerate(histories.items()):
                axes.plot(
                    [row["epoch"] for row in rows], [row[f"train_{key}"] for row in rows], label=label,
                    color=COLORS[index % len(COLORS)], linestyle=_LINES[index % len(_LINES)], linewidth=1.8,
                    marker=_DOTS[index % len(_DOTS)], markersize=4,
                )  # fmt: skip
            axes.set(title=title, xlabel="epoch", ylabel="loss")
            axes.grid()
            axes.xaxis.get_major_locator().set_params(integer=True)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(path, dpi=110)


def quality_against_cost(path: Path, subjects: Sequence[Subject], scores: Scores) -> None:
    """Draw LPIPS (or CIEDE2000) against milliseconds a photo; a dot's area is the number of parameters."""
    metric = "lpips" if _has_lpips(scores) else "ciede2000"
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes: Axes = figure.subplots()
        for index, subject in enumerate(one for one in subjects if one.colorizer):
            value = interval([getattr(score, metric) for score in scores[subject.label]])
            if value is None:
                continue
            x = milliseconds(scores[subject.label])
            color = COLORS[index % len(COLORS)]
            axes.errorbar(x, value.mean, [[value.mean - value.low], [value.high - value.mean]], color=color, capsize=3)
            axes.scatter(x, value.mean, s=20 + 25 * subject.parameters / 1e6, color=color, alpha=0.7, zorder=3)
            axes.annotate(subject.label, (x, value.mean), textcoords="offset points", xytext=(8, 6), fontsize=10)
        axes.set_xscale("log")
        for format_ in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
            format_(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set(xlabel="milliseconds for a photograph", ylabel="LPIPS (less is better)")
        if metric == "ciede2000":
            axes.set(ylabel="CIEDE2000 (less is better)")
        axes.set_title("Quality against cost; the dot's area is the number of parameters")
        axes.grid()
        axes.margins(x=0.25)
        figure.savefig(path, dpi=110)


def hints(path: Path, curve: Mapping[int, Scores]) -> None:
    """Draw PSNR and LPIPS (or CIEDE2000) against the number of hints, one line a model, with intervals.

    The axis is logarithmic from 1 on, and linear below, where no hints are.
    """
    metrics = ("psnr", "lpips" if _has_lpips(curve[0]) else "ciede2000")
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        for axes, metric in zip(figure.subplots(1, 2), metrics, strict=True):
            for index, label in enumerate(curve[0]):
                found = {
                    n: interval([getattr(score, metric) for score in scores[label]]) for n, scores in curve.items()
                }
                means = {number: value for number, value in found.items() if value}
                color = COLORS[index % len(COLORS)]
                axes.plot(
                    list(means), [value.mean for value in means.values()], label=label, color=color, linewidth=1.8,
                    linestyle=_LINES[index % len(_LINES)], marker=_DOTS[index % len(_DOTS)], markersize=5,
                )  # fmt: skip
                ends = [value.low for value in means.values()], [value.high for value in means.values()]
                axes.fill_between(list(means), *ends, color=color, alpha=0.15, linewidth=0)
            axes.set_xscale("symlog", linthresh=1, linscale=0.5)
            axes.set_xticks(list(curve), [str(number) for number in curve])
            axes.set_xticks([], minor=True)
            axes.set(xlabel="hints", ylabel=METRICS[metric][0])
            axes.grid()
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(path, dpi=110)


def colorfulness(path: Path, subjects: Sequence[Subject], scores: Scores) -> None:
    """Draw predicted against true colorfulness, a dot a photograph and a panel a model: below the line is dull."""
    models = [subject.label for subject in subjects if subject.colorizer]
    columns = min(4, len(models))
    lines = -(-len(models) // columns)
    top = max(max(score.colorfulness, score.true_colorfulness) for label in models for score in scores[label])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(2.6 * columns + 0.8, 3.0 * lines + 0.7), layout="constrained")
        grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(models) :]:
            axes.set_visible(False)
        for axes, label in zip(grid.flat, models, strict=False):
            axes.plot([0, top], [0, top], color="black", linewidth=1, linestyle="--")
            pairs = [(score.true_colorfulness, score.colorfulness) for score in scores[label]]
            axes.scatter(*zip(*pairs, strict=True), s=10, alpha=0.6, color=COLORS[0])
            axes.set_title(label, fontsize=11)
            axes.set_aspect("equal")
            axes.grid()
        figure.supxlabel("true colorfulness (Hasler and Süsstrunk)", fontsize=11)
        figure.supylabel("predicted colorfulness", fontsize=11)
        figure.savefig(path, dpi=110)


def _has_lpips(scores: Scores) -> bool:
    return any(score.lpips == score.lpips for one in scores.values() for score in one)
