"""Scores → the tables of a report: means with intervals, differences to the first, cost, published losses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from photochrom.training.evaluation.frechet import distance
from photochrom.training.evaluation.original_losses import PUBLISHED, Losses
from photochrom.training.evaluation.scores import Measures, Score
from photochrom.training.evaluation.statistics import ALL, Interval, groups, interval, paired
from photochrom.training.evaluation.subjects import Subject

Scores = Mapping[str, Sequence[Score]]
UNDEFINED = "–"  # a cell that has no value; the table's note says why


@dataclass(frozen=True)
class Table:
    """A table as text: its title, the heads of its columns, its rows, and a note below it.

    ``is_part`` says that it is of one group of the photographs, where another table has them all.
    """

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""
    is_part: bool = False


# Attribute of a score → head and decimals.
METRICS = {
    "psnr": ("PSNR, dB ↑", 2),
    "ssim": ("SSIM ↑", 4),
    "lpips": ("LPIPS ↓", 4),
    "ciede2000": ("CIEDE2000 ↓", 2),
    "colorfulness": ("colorfulness", 1),
    "colorfulness_distance": ("colorfulness error ↓", 1),
    "luma_error": ("luma error ↓", 2),
}
_ERROR_OF_MEANS = "error of the means ↓"
# Head → what the measure says.
MEANINGS = {
    "PSNR": "peak signal-to-noise ratio of the pixels, in decibels. More is better. It favors dull colors.",
    "SSIM": "structural similarity, at most 1 (Wang et al. 2004). More is better.",
    "LPIPS": "difference of two pictures as a network sees it, AlexNet, which agrees with people better than the "
    "others (Zhang et al. 2018). Less is better.",
    "CIEDE2000": "difference of colors as the eye sees it; about 1 is just visible. Less is better.",
    "colorfulness": "strength of the colors (Hasler and Süsstrunk 2003): 0 is gray, 33 moderate, 82 high. Best near "
    "the true one.",
    "colorfulness error": "its distance from the original's, photograph by photograph. Less is better.",
    "error of the means": "distance of the mean colorfulness from the originals' mean. Less is better.",
    "luma error": "largest change of a photograph's own brightness, in levels of 255. Less is better; below 1 is "
    "rounding.",
    "Fréchet distance": "difference of all results together from all originals together, on a network's features. Less "
    "is better.",
}


def tables(scores: Scores, subjects: Sequence[Subject], measures: Measures) -> list[Table]:
    """The quality and the paired differences to the first subject, of each group of photographs and then of all."""
    parts = groups([score.photo for score in next(iter(scores.values()))])
    made = []
    for title, members in parts.items():
        made.append(_quality(title, members, scores, measures))
        if len(subjects) > 1:
            made.append(_differences(title, members, scores))
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
        "Milliseconds are for coloring one photograph on this machine, beside whatever else it did; memory is the "
        "process's peak."
    )
    return Table("Cost", heads, rows, note)


def milliseconds(scores: Sequence[Score]) -> float:
    """The median time of coloring one photograph."""
    return median(score.milliseconds for score in scores)


def original_losses(losses: Mapping[str, Losses], generators: Mapping[str, str], weights: Collection[float]) -> Table:
    """The original project's four losses beside those it published for the same generator; ``weights`` weigh L1."""
    heads = ("model", "generator loss", "L1", "total", "discriminator loss", "published")
    rows = []
    for label, values in losses.items():
        published = PUBLISHED.get(generators[label])
        beside = " / ".join(_loss(value) for value in _all(published)) if published else UNDEFINED
        rows.append((label, *map(_loss, _all(values)), beside))
    weight = " or ".join(f"{one:g}" for one in sorted(weights))
    note = (
        f"Of the network's own output at the training size. L1 is of RGB in [-1, 1]; total is generator loss + "
        f"{weight} × L1. The student project that Photochrom grew out of published the same four (last column), of "
        "other photographs; most of its totals are not the sum of its terms."
    )
    return Table("Losses beside the published ones", heads, rows, note)


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
        if title == ALL and measures.features:
            value_ = distance([s.features for s in chosen], [s.true_features for s in chosen])
            cells.append(UNDEFINED if value_ is None else f"{value_:.3f}")
        rows.append(tuple(cells))
    heads = ["model", *(head for head, _ in METRICS.values())]
    heads.insert(list(METRICS).index("colorfulness") + 2, _ERROR_OF_MEANS)
    if title == ALL and measures.features:
        heads.append(f"{measures.features.name} ↓")
    true = sum(score.true_colorfulness for score in chosen) / len(chosen)
    note = f"{counted(len(members))} with a mean colorfulness of {true:.1f}. Means with 95 % bootstrap intervals."
    if not measures.lpips:
        note += " LPIPS was not measured, as its weights were not given."
    if undefined:
        note += " Photographs on which a measure is undefined (equal pictures have no PSNR) are left out of its mean."
    return Table(f"Quality: {title}", tuple(heads), rows, note, title != ALL)


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
    note = (
        f"Model minus {first}, photograph by photograph ({counted(len(members))}). Where the interval holds 0, "
        "the difference may be chance."
    )
    return Table(f"Compared with {first}: {title}", heads, rows, note, title != ALL)


def counted(number: int) -> str:
    """How many photographs, in words."""
    return f"{number} photograph{'s' if number > 1 else ''}"


def with_interval(value: Interval | None, decimals: int, signed: bool = False) -> str:
    """A mean and its interval as a cell: ``1.23 [1.10, 1.36]``, with ``signed`` as the difference that it is."""
    if value is None:
        return UNDEFINED
    sign = "+" if signed else ""
    if value.number < 2:  # one photograph says nothing of others
        return f"{value.mean:{sign}.{decimals}f}"
    return f"{value.mean:{sign}.{decimals}f} [{value.low:{sign}.{decimals}f}, {value.high:{sign}.{decimals}f}]"
