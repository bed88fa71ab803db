"""Scores → the tables of a report: means with intervals, differences to the first, cost, the original's losses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from photochrom.training.evaluation.frechet import distance
from photochrom.training.evaluation.matrix import PUBLISHED, Losses
from photochrom.training.evaluation.scores import Measures, Score
from photochrom.training.evaluation.statistics import Interval, groups, interval, paired
from photochrom.training.evaluation.subjects import Subject

Scores = Mapping[str, Sequence[Score]]
UNDEFINED = "–"  # a cell that has no value; the table's note says why


@dataclass(frozen=True)
class Table:
    """A table as text: its title, the heads of its columns, its rows, and a note below it."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""


# Attribute of a score → head and decimals.
METRICS = {
    "psnr": ("PSNR, dB ↑", 2),
    "ssim": ("SSIM ↑", 4),
    "lpips": ("LPIPS ↓", 4),
    "ciede2000": ("CIEDE2000 ↓", 2),
    "colorfulness": ("colorfulness", 1),
    "colorfulness_distance": ("its distance, per photo ↓", 1),
    "luma_error": ("luma error, levels ↓", 2),
}


def tables(scores: Scores, subjects: Sequence[Subject], measures: Measures) -> list[Table]:
    """Everything that can be told of the photographs: quality per group, paired differences to the first subject."""
    parts = groups([score.photo for score in next(iter(scores.values()))])
    made = [_quality(title, members, scores, measures) for title, members in parts.items()]
    if len(subjects) > 1:
        made += [_differences(title, members, scores) for title, members in parts.items()]
    return made


def cost(subjects: Sequence[Subject], scores: Scores, memory: Mapping[str, float | None]) -> Table:
    """What each subject costs; ``memory`` is its peak in millions of bytes."""
    rows: list[tuple[str, ...]] = []
    for subject in subjects:
        if subject.colorizer is None:
            continue
        peak = memory.get(subject.label)
        rows.append(
            (
                subject.label, subject.generator, f"{subject.parameters / 1e6:.2f}", f"{subject.megabytes:.1f}",
                f"{milliseconds(scores[subject.label]):.0f}", f"{peak:.0f}" if peak else UNDEFINED,
            )
        )  # fmt: skip
    heads = ("model", "generator", "parameters, M", "file, MB", "ms a photo (median)", "peak memory, MB")
    note = (
        "Milliseconds are of coloring one photograph on this machine, as busy as it was; memory is the process's peak."
    )
    return Table("Cost", heads, rows, note)


def milliseconds(scores: Sequence[Score]) -> float:
    """The median time of coloring one photograph."""
    return median(score.milliseconds for score in scores)


def matrix(losses: Mapping[str, Losses], generators: Mapping[str, str], weights: Collection[float]) -> Table:
    """The original project's four losses beside what it published for the same generator; ``weights`` weigh L1."""
    heads = ("model", "generator loss", "L1", "total", "discriminator loss", "published by the original")
    rows = []
    for label, values in losses.items():
        published = PUBLISHED.get(generators[label])
        beside = " / ".join(_loss(value) for value in _all(published)) if published else UNDEFINED
        rows.append((label, *map(_loss, _all(values)), beside))
    weight = " or ".join(f"{one:g}" for one in sorted(weights))
    note = (
        f"On the raw output at training size; L1 is that of RGB in [-1, 1], total is adversarial + {weight} × L1. "
        "The published figures were measured on other photographs, and most of the published totals are not the sum of "
        "the published terms."
    )
    return Table("The original's losses", heads, rows, note)


def _all(values: Losses) -> tuple[float | None, ...]:
    return values.adversarial, values.l1, values.total, values.discriminator


def _loss(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.4f}"


def _chosen(scores: Sequence[Score], members: Sequence[str]) -> list[Score]:
    wanted = set(members)
    return [score for score in scores if score.photo in wanted]


def _quality(title: str, members: Sequence[str], scores: Scores, measures: Measures) -> Table:
    rows, undefined = [], 0
    for label, all_scores in scores.items():
        chosen = _chosen(all_scores, members)
        cells = [label]
        for metric, (_, decimals) in METRICS.items():
            value = interval([getattr(score, metric) for score in chosen])
            undefined += value.undefined if value else 0
            cells.append(with_interval(value, decimals))
            if metric == "colorfulness" and value:
                true = sum(score.true_colorfulness for score in chosen) / len(chosen)
                cells.append(f"{abs(value.mean - true):.1f}")
        if title == "all" and measures.features:
            value_ = distance([s.features for s in chosen], [s.true_features for s in chosen])
            cells.append(UNDEFINED if value_ is None else f"{value_:.3f}")
        rows.append(tuple(cells))
    heads = ["model", *(head for head, _ in METRICS.values())]
    heads.insert(list(METRICS).index("colorfulness") + 2, "its distance, of the means ↓")
    if title == "all" and measures.features:
        heads.append(f"{measures.features.name} ↓")
    true = sum(score.true_colorfulness for score in chosen) / len(chosen)
    note = f"{len(members)} photographs, whose true colorfulness is {true:.1f}. Means with 95 % bootstrap intervals."
    if not measures.lpips:
        note += " LPIPS was not measured: its weights were not given (--lpips-weights)."
    if undefined:
        note += " Photographs on which a measure is undefined (equal pictures have no PSNR) are left out of its mean."
    return Table(f"Quality: {title}", tuple(heads), rows, note)


def _differences(title: str, members: Sequence[str], scores: Scores) -> Table:
    (first, base), *others = scores.items()
    shown = {key: value for key, value in METRICS.items() if key not in ("colorfulness", "luma_error")}
    rows = []
    for label, all_scores in others:
        cells = [label]
        for metric, (_, decimals) in shown.items():
            both = ({s.photo: getattr(s, metric) for s in _chosen(part, members)} for part in (all_scores, base))
            cells.append(with_interval(paired(*both), decimals, signed=True))
        rows.append(tuple(cells))
    heads = ("model", *(head for head, _ in shown.values()))
    note = f"Photograph by photograph, model minus {first}. An interval that spans 0 tells nothing apart."
    return Table(f"Difference to {first}: {title}", heads, rows, note)


def with_interval(value: Interval | None, decimals: int, signed: bool = False) -> str:
    """A mean and its interval as a cell: ``1.23 [1.10, 1.36]``, with ``signed`` as the difference that it is."""
    if value is None:
        return UNDEFINED
    sign = "+" if signed else ""
    if value.number < 2:  # one photograph says nothing of others
        return f"{value.mean:{sign}.{decimals}f}"
    return f"{value.mean:{sign}.{decimals}f} [{value.low:{sign}.{decimals}f}, {value.high:{sign}.{decimals}f}]"
