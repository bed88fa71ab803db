"""An evaluation as a folder that people look at: report.md, report.html, CSV, scores.json and pictures."""

import base64
import csv
import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from photochrom.atomic import replacing
from photochrom.training.evaluation import figures
from photochrom.training.evaluation.hint_curve import Curve
from photochrom.training.evaluation.original_losses import Losses
from photochrom.training.evaluation.scores import Score
from photochrom.training.evaluation.subjects import Subject
from photochrom.training.evaluation.tables import MEANINGS, METRICS, Scores, Table

_COLUMNS = ("photo", *METRICS, "true_colorfulness", "milliseconds")
_CSS = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 82rem; margin: 2rem auto; padding: 0 1rem; }
p, dd, figcaption { max-width: 48rem }
body { color: #1a1a1a; background: #fff }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .6rem } h1 { margin-top: 0 } h3 { font-size: 1rem }
figure { margin: 1.5rem 0; overflow-x: auto } img { max-width: 100%; display: block } .wide { min-width: 38rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .875rem; min-width: 100% }
th, td { border-bottom: 1px solid #ddd; padding: .4rem .5rem; text-align: right; vertical-align: top }
th { vertical-align: bottom } td { white-space: nowrap; font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: #fff; font-weight: 600 }
small, .note, figcaption { color: #555; font-size: .8125rem } small { display: block } .note { margin-top: .5rem }
summary { cursor: pointer; font-size: 1.5rem; font-weight: 700; margin: 2rem 0 .6rem }
dt { font-weight: 600 } dd { margin: 0 0 .5rem }
@media (prefers-color-scheme: dark) {
  body, th:first-child, td:first-child { color: #e6e6e6; background: #16181c } th, td { border-color: #3a3f47 }
  small, .note, figcaption { color: #aaa } img { background: #fff }
}
"""


@dataclass(frozen=True)
class Figure:
    """A picture of the report: its file in the report's folder, what it shows, whether phones must not shrink it."""

    file: str
    caption: str
    is_wide: bool = False


@dataclass(frozen=True)
class Measured:
    """What was measured: scores without hints, the original project's losses, and scores by the number of hints."""

    scores: Scores
    losses: Mapping[str, Losses]
    curve: Curve


def write(
    folder: Path, title: str, introduction: str, tables: Sequence[Table], pictures: Sequence[Figure], measured: Measured
) -> None:
    """Write the report's files into ``folder``, beside the ``pictures`` that are there already."""
    _csv(folder / "scores.csv", ("model",), {(label,): one for label, one in measured.scores.items()})
    values: dict[str, object] = {
        "models": {label: [_plain(score) for score in one] for label, one in measured.scores.items()},
        "losses": {label: asdict(one) for label, one in measured.losses.items()},
    }
    if measured.curve:
        lines: dict[tuple[str, ...], Sequence[Score]] = {
            (label, str(number)): one for number, part in measured.curve.items() for label, one in part.items()
        }
        _csv(folder / "hints.csv", ("model", "hints"), lines)
        values["hints"] = {
            label: {str(number): [_plain(score) for score in part[label]] for number, part in measured.curve.items()}
            for label in measured.curve[0]
        }
    with replacing(folder / "scores.json") as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with replacing(folder / "report.md") as temporary:
        temporary.write_text(_markdown(title, introduction, tables, pictures), encoding="utf-8")
    with replacing(folder / "report.html") as temporary:
        temporary.write_text(_html(folder, title, introduction, tables, pictures), encoding="utf-8")


def draw(
    folder: Path, subjects: Sequence[Subject], measured: Measured, shown: Sequence[Score], files: Mapping[str, Path]
) -> list[Figure]:
    """Draw the report's pictures into ``folder``; ``shown`` are the scores of the first model on ``files``."""
    scores = measured.scores
    models = [subject for subject in subjects if subject.colorizer]
    chosen = figures.comparison(folder / "comparison.png", files, subjects, shown)
    caption = f"The photographs on which {models[0].label} does best, middling and worst, {chosen}."
    drawn = [Figure("comparison.png", caption, is_wide=True)]
    if measured.curve:
        figures.hints(folder / "hints.png", measured.curve)
        caption = "The more hints, the nearer to the original. Means over all photographs with 95 % intervals."
        drawn.append(Figure("hints.png", caption))
    histories = {subject.label: subject.checkpoint.history for subject in models if subject.checkpoint}
    if histories:
        figures.loss_curves(folder / "losses.png", histories)
        drawn.append(Figure("losses.png", "Mean losses on the training photographs, epoch by epoch."))
    figures.quality_against_cost(folder / "cost.png", subjects, scores)
    drawn.append(
        Figure(
            "cost.png",
            "Means over all photographs with 95 % intervals. Best is the lower left: fast, and near the originals.",
        )
    )
    figures.colorfulness(folder / "colorfulness.png", subjects, scores)
    drawn.append(
        Figure(
            "colorfulness.png",
            "Each dot is a photograph: below the line, the result is duller than the original.",
        )
    )
    return drawn


def _markdown(title: str, introduction: str, tables: Sequence[Table], pictures: Sequence[Figure]) -> str:
    parts = [f"# {title}", introduction]
    for picture in pictures:
        parts += [f"![{picture.caption}]({picture.file})", picture.caption]
    for table in sorted(tables, key=lambda table: table.is_part):
        lines = [table.heads, ("---", *["---:"] * (len(table.heads) - 1)), *table.rows]
        parts += [f"## {table.title}", "\n".join(f"| {' | '.join(cells)} |" for cells in lines), table.note]
    parts += ["## Measures", "\n".join(f"- **{name}**: {meaning}" for name, meaning in _measures(tables))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(folder: Path, title: str, introduction: str, tables: Sequence[Table], pictures: Sequence[Figure]) -> str:
    parts = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(introduction)}</p>"]
    parts += [_figure(folder, picture) for picture in pictures]
    parts += [_table(table, "h2") for table in tables if not table.is_part]
    if groups := [_table(table, "h3") for table in tables if table.is_part]:
        parts += ["<details><summary>Group by group</summary>", *groups, "</details>"]
    meanings = (f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in _measures(tables))
    parts += ["<h2>Measures</h2><dl>", *meanings, "</dl>"]
    head = (
        "<meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{_CSS}</style>"
    )
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _figure(folder: Path, picture: Figure) -> str:
    data = base64.b64encode((folder / picture.file).read_bytes()).decode()
    caption = html.escape(picture.caption)
    kind = " class='wide'" if picture.is_wide else ""
    image = f"<img{kind} alt='{caption}' src='data:image/png;base64,{data}'>"
    return f"<figure tabindex='0'>{image}<figcaption>{caption}</figcaption></figure>"


def _table(table: Table, heading: str) -> str:
    heads = (html.escape(head).replace(" ↑", "&nbsp;↑").replace(" ↓", "&nbsp;↓") for head in table.heads)
    head = "".join(f"<th scope='col'>{text}</th>" for text in heads)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    note = f"<p class='note'>{html.escape(table.note)}</p>" if table.note else ""
    title = f"<{heading}>{html.escape(table.title)}</{heading}>"
    return f"{title}<div class='scroll' tabindex='0'><table><tr>{head}</tr>{rows}</table></div>{note}"


def _cell(text: str) -> str:
    """A cell; an interval stands below its mean, so that all columns fit on a screen."""
    mean, bracket, interval = text.partition(" [")
    below = f"<small>[{html.escape(interval)}</small>" if bracket and interval.endswith("]") else ""
    return f"<td>{html.escape(mean)}{below}</td>" if below else f"<td>{html.escape(text)}</td>"


def _measures(tables: Sequence[Table]) -> list[tuple[str, str]]:
    """The measures that ``tables`` have, and what they mean."""
    heads = {head for table in tables for head in table.heads}
    return [(name, text) for name, text in MEANINGS.items() if any(head.startswith(name) for head in heads)]


def _csv(path: Path, keys: tuple[str, ...], scores: Mapping[tuple[str, ...], Sequence[Score]]) -> None:
    """Write a line for each score, after the values of ``keys``, under which ``scores`` has it."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*keys, *_COLUMNS))
        for key, one in scores.items():
            for score in one:
                values = _plain(score)
                writer.writerow((*key, *("" if values[name] is None else values[name] for name in _COLUMNS)))


def _plain(score: Score) -> dict[str, str | float | None]:
    """The columns of one score, with None where a measure is undefined: JSON has no NaN."""
    values = {key: getattr(score, key) for key in _COLUMNS}
    return {
        key: (round(value, 6) if math.isfinite(value) else None) if isinstance(value, float) else value
        for key, value in values.items()
    }
