"""An evaluation as a folder that people look at: report.md, report.html, scores.csv, scores.json and pictures."""

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
from photochrom.training.evaluation.matrix import Losses
from photochrom.training.evaluation.scores import Score
from photochrom.training.evaluation.subjects import Subject
from photochrom.training.evaluation.tables import METRICS, Scores, Table

_COLUMNS = ("photo", *METRICS, "true_colorfulness", "milliseconds")
_CSS = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1a1a1a; background: #fff }
table { border-collapse: collapse; font-size: .85rem; display: block; overflow-x: auto }
th, td { border-bottom: 1px solid #ddd; padding: .35rem .6rem; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
figure { margin: 1.5rem 0 } img { max-width: 100% } .note, figcaption { color: #555; font-size: .9rem }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #16181c } th, td { border-color: #3a3f47 } .note, figcaption { color: #aaa }
  img { background: #fff }
}
"""


@dataclass(frozen=True)
class Figure:
    """A picture of the report: its file in the report's folder and what it shows."""

    file: str
    caption: str


def write(
    folder: Path,
    title: str,
    introduction: str,
    tables: Sequence[Table],
    pictures: Sequence[Figure],
    scores: Scores,
    matrix: Mapping[str, Losses],
) -> None:
    """Write the report's files into ``folder``, beside the ``pictures`` that are there already."""
    _csv(folder / "scores.csv", scores)
    values = {
        "models": {label: [_plain(score) for score in one] for label, one in scores.items()},
        "losses": {label: asdict(losses) for label, losses in matrix.items()},
    }
    with replacing(folder / "scores.json") as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with replacing(folder / "report.md") as temporary:
        temporary.write_text(_markdown(title, introduction, tables, pictures), encoding="utf-8")
    with replacing(folder / "report.html") as temporary:
        temporary.write_text(_html(folder, title, introduction, tables, pictures), encoding="utf-8")


def draw(
    folder: Path, subjects: Sequence[Subject], scores: Scores, shown: Sequence[Score], files: Mapping[str, Path]
) -> list[Figure]:
    """Draw the report's pictures into ``folder``; ``shown`` are the first model's scores on ``files``; there is one."""
    models = [subject for subject in subjects if subject.colorizer]
    chosen = figures.comparison(folder / "comparison.png", files, subjects, shown)
    drawn = [Figure("comparison.png", f"Chosen by {models[0].label}, from best to worst. {chosen}.")]
    histories = {subject.label: subject.checkpoint.history for subject in models if subject.checkpoint}
    if histories:
        figures.loss_curves(folder / "losses.png", histories)
        drawn.append(Figure("losses.png", "Mean losses over the training photographs of each epoch."))
    figures.quality_against_cost(folder / "cost.png", subjects, scores)
    drawn.append(Figure("cost.png", "Mean over all photographs with its 95 % interval; left and low is good."))
    figures.colorfulness(folder / "colorfulness.png", subjects, scores)
    drawn.append(Figure("colorfulness.png", "A dot a photograph. Dots below the line are duller than the original."))
    return drawn


def _markdown(title: str, introduction: str, tables: Sequence[Table], pictures: Sequence[Figure]) -> str:
    parts = [f"# {title}", introduction]
    for table in tables:
        lines = [table.heads, ("---", *["---:"] * (len(table.heads) - 1)), *table.rows]
        parts += [f"## {table.title}", "\n".join(f"| {' | '.join(cells)} |" for cells in lines), table.note]
    for picture in pictures:
        parts += [f"![{picture.caption}]({picture.file})", picture.caption]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(folder: Path, title: str, introduction: str, tables: Sequence[Table], pictures: Sequence[Figure]) -> str:
    parts = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(introduction)}</p>"]
    for table in tables:
        head = "".join(f"<th scope='col'>{html.escape(cell)}</th>" for cell in table.heads)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
        )
        parts += [f"<h2>{html.escape(table.title)}</h2>", f"<table><tr>{head}</tr>{rows}</table>"]
        parts.append(f"<p class='note'>{html.escape(table.note)}</p>" if table.note else "")
    for picture in pictures:
        data = base64.b64encode((folder / picture.file).read_bytes()).decode()
        caption = html.escape(picture.caption)
        parts.append(
            f"<figure><img alt='{caption}' src='data:image/png;base64,{data}'>"
            f"<figcaption>{caption}</figcaption></figure>"
        )
    head = (
        f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{html.escape(title)}</title>"
    )
    return (
        f"<!doctype html><html lang='en'><head>{head}<style>{_CSS}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _csv(path: Path, scores: Scores) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("model", *_COLUMNS))
        for label, one in scores.items():
            for score in one:
                values = _plain(score)
                writer.writerow((label, *("" if values[key] is None else values[key] for key in _COLUMNS)))


def _plain(score: Score) -> dict[str, str | float | None]:
    """The columns of one score, with None where a measure is undefined: JSON has no NaN."""
    values = {key: getattr(score, key) for key in _COLUMNS}
    return {
        key: (round(value, 6) if math.isfinite(value) else None) if isinstance(value, float) else value
        for key, value in values.items()
    }
