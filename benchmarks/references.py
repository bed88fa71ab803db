"""Measure what a reference gains: PSNR in color with it, less PSNR without, on pairs of photographs.

    python benchmarks/references.py data/video data/general/test data/kodachrome/test --model default

Needs ffmpeg. Of each film in the first folder, the first, the middle and the last frame are taken. Pairs are

- far: two of these frames of one film;
- others: one of these frames, and as references a frame of two other films and a photograph of each further folder;
- crops: of photographs in the further folders, the left and the right 60 %, which share a third.

``--half`` takes every second film and its pairs only: the numbers in `photochrom.hints.reference` were chosen on the
first half and are judged by the second. ``--scene`` and ``--place`` try others. Intervals are bootstrapped
over films, or photographs, at 95 %.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom import Colorizer, Hints
from photochrom.hints import reference
from photochrom.hints.reference import References

_PHOTOGRAPHS = 16  # of each further folder
_CROP = 0.6  # of the width


@dataclass(frozen=True)
class Pair:
    """A photograph, whose colors are known, and a reference for it; ``group`` is what is one draw in the interval."""

    kind: str
    group: str
    photograph: Image.Image
    other: Image.Image


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path)
    parser.add_argument("photographs", type=Path, nargs="+")
    parser.add_argument("--model", default="default")
    parser.add_argument("--half", type=int, choices=(1, 2))
    parser.add_argument("--scene", type=float, nargs=2, default=reference._SCENE)
    parser.add_argument("--place", type=float, nargs=2, default=reference._PLACE)
    parser.add_argument("--kinds", nargs="+", default=["far", "others", "crops"])
    given = parser.parse_args()
    reference._SCENE, reference._PLACE = given.scene, given.place
    colorizer, rows = Colorizer(given.model), []
    for pair in _pairs(given.films, given.photographs, given.half):
        if pair.kind in given.kinds:
            without = _psnr(colorizer.colorize(pair.photograph), pair.photograph)
            hints = Hints((References.read(colorizer.model, [pair.other]),))
            rows.append(
                (
                    pair.kind,
                    pair.group,
                    without,
                    _psnr(colorizer.colorize(pair.photograph, hints=hints), pair.photograph),
                )
            )
    _print(rows)


def _pairs(films: Path, folders: list[Path], half: int | None) -> Iterator[Pair]:
    frames = {film.stem: _frames(film) for film in sorted(films.glob("*.mp4"))}
    further = [[Image.open(path).convert("RGB") for path in _some(folder)] for folder in folders]
    names = list(frames)
    for index, name in enumerate(names):
        if half in (None, index % 2 + 1):
            for one, other in permutations(frames[name], 2):
                yield Pair("far", name, one, other)
            for number, one in enumerate(frames[name]):
                for step in (1, len(names) // 2):
                    yield Pair("others", name, one, frames[names[(index + step) % len(names)]][number])
                for some in further:
                    yield Pair("others", name, one, some[(3 * index + number) % len(some)])
    if half is None:
        for some in further:
            for number, photograph in enumerate(some):
                width = round(_CROP * photograph.width)
                left = photograph.crop((0, 0, width, photograph.height))
                right = photograph.crop((photograph.width - width, 0, photograph.width, photograph.height))
                yield Pair("crops", f"{id(some)} {number}", left, right)


def _frames(film: Path) -> list[Image.Image]:
    """The first, the middle and the last frame."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", film, "-fps_mode", "passthrough", f"{folder}/%05d.png"], check=True
        )
        paths = sorted(Path(folder).iterdir())
        return [Image.open(paths[index]).convert("RGB") for index in (0, len(paths) // 2, -1)]


def _some(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return paths[:: max(1, len(paths) // _PHOTOGRAPHS)][:_PHOTOGRAPHS]


def _psnr(picture: Image.Image, original: Image.Image) -> float:
    difference = np.asarray(picture, np.float64) - np.asarray(original, np.float64)
    return float(-10 * np.log10((difference**2).mean() / 255**2))


def _print(rows: list[tuple[str, str, float, float]]) -> None:
    print("| pairs | | without | with | gain | interval | worst | within 0.1 dB or better |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |")
    for kind in dict.fromkeys(row[0] for row in rows):
        _print_row(kind, [row for row in rows if row[0] == kind])
    for name in dict.fromkeys(group for kind, group, *_ in rows if kind == "far"):
        _print_row(f"far: {name}", [row for row in rows if row[:2] == ("far", name)])


def _print_row(name: str, rows: list[tuple[str, str, float, float]]) -> None:
    without, gains = np.array([row[2] for row in rows]), np.array([row[3] - row[2] for row in rows])
    groups = [
        [gain for row, gain in zip(rows, gains, strict=True) if row[1] == group] for group in {row[1] for row in rows}
    ]
    means, rng = np.array([np.mean(group) for group in groups]), np.random.default_rng(0)
    drawn = means[rng.integers(0, len(means), (2000, len(means)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    interval = f"{low:+.2f} to {high:+.2f}" if len(means) > 1 else ""
    shares = f"{gains.min():+.2f} | {(gains > -0.1).mean():.0%}"
    print(
        f"| {name} | {len(rows)} | {without.mean():.2f} | {(without + gains).mean():.2f} | {gains.mean():+.2f} "
        f"| {interval} | {shares} |"
    )


if __name__ == "__main__":
    main()
