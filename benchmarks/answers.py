"""How much nearer to the truth the best of several answers is than the first one.

    python benchmarks/answers.py data/general/test --lpips-weights lpips.pt --out answers.csv

Each photograph is turned to gray and colored in up to four ways. The best is told by the true colors, which whoever
chooses by eye may know: by the highest PSNR for PSNR, by the lowest LPIPS for LPIPS. As a floor, the same is told of
three casts that know nothing of the photograph: the first answer with its colors shifted towards blue, orange and
green. `--draw` also draws the answers of the photographs, side by side.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from photochrom.answers import MOST
from photochrom.batch.finding import find
from photochrom.color import merge_fitted, rgb_to_chroma, rgb_to_lab, rgb_to_luma
from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import SheetRow, draw, from_planes, shrunk
from photochrom.photos.reading import read_rgb
from photochrom.training.evaluation.statistics import interval
from photochrom.training.lpips import Lpips
from photochrom.training.metrics import ciede2000_map, psnr

_CASTS = ((0.05, 315), (0.05, 135), (0.03, 270))  # of chroma, and degrees from Cb to Cr
_HEIGHT = 240  # of a photograph that is drawn


def main() -> None:
    """Measure, and print the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="+", help="folders of color photographs, or photographs")
    parser.add_argument("--model", default="default")
    parser.add_argument("--count", type=int, default=MOST)
    parser.add_argument("--limit", type=int, help="measure so many photographs only, spread over all")
    parser.add_argument("--lpips-weights", type=Path)
    parser.add_argument("--out", type=Path, help="CSV of every photograph to write")
    parser.add_argument("--draw", type=Path, help="PNG or JPEG to draw instead of measuring")
    given = parser.parse_args()
    colorizer = Colorizer(given.model)
    paths = [path for place in given.folder for path in (find(place) if place.is_dir() else [place])]
    paths = paths[:: max(1, len(paths) // given.limit)] if given.limit else paths
    if given.draw:
        draw(given.draw, [_row(path, colorizer, given.count) for path in paths], _heads(given.count), _HEIGHT)
        return
    lpips = Lpips.from_file(given.lpips_weights) if given.lpips_weights else None
    rows = [_measured(path, colorizer, given.count, lpips) for path in paths]
    for name in rows[0]:
        if name != "photo":
            print(f"{name}: {_mean([row[name] for row in rows])}")
    if given.out:
        with given.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _measured(path: Path, colorizer: Colorizer, count: int, lpips: Lpips | None) -> dict[str, object]:
    """The scores of one photograph."""
    true = read_rgb(path)
    gray = np.rint(255 * rgb_to_luma(true.astype(np.float32) / 255))[0].astype(np.uint8)
    original = _tensor(true.transpose(1, 2, 0))
    made = [_tensor(one) for one in colorizer.answers(gray, count)]
    ratios = [psnr(one, original) for one in made]
    casts = [psnr(_tensor(one), original) for one in _casts(made[0].numpy(), gray)]
    scores: dict[str, object] = {
        "photo": path.name, "answers": len(made), "psnr": ratios[0], "psnr_best": max(ratios),
        "psnr_gain": max(ratios) - ratios[0], "psnr_gain_casts": max(0.0, *(one - ratios[0] for one in casts)),
    }  # fmt: skip
    if lpips:
        with torch.no_grad():
            distances = [float(lpips(one[None], original[None])) for one in made]
        scores |= {"lpips": distances[0], "lpips_best": min(distances), "lpips_gain": distances[0] - min(distances)}
    labs = [rgb_to_lab(one[None].double()) for one in made]
    apart = [float(ciede2000_map(a, b).mean()) for index, a in enumerate(labs) for b in labs[:index]]
    return scores | {"ciede2000_between": float(np.mean(apart)) if apart else 0.0}


def _casts(first: np.ndarray, gray: np.ndarray) -> list[np.ndarray]:
    """The first answer, rgb (3, H, W), with three casts: (H, W, 3) in [0, 1]."""
    luma = gray[None].astype(np.float32) / 255
    angles = [(strength, np.radians(angle)) for strength, angle in _CASTS]
    shifts = [strength * np.array([np.cos(angle), np.sin(angle)]) for strength, angle in angles]
    chroma = rgb_to_chroma(first)
    shifted = [chroma + shift.astype(np.float32).reshape(2, 1, 1) for shift in shifts]
    return [merge_fitted(luma, one).transpose(1, 2, 0) for one in shifted]


def _row(path: Path, colorizer: Colorizer, count: int) -> SheetRow:
    rgb = read_rgb(path)
    gray = from_planes(rgb_to_luma(rgb.astype(np.float32) / 255).clip(0, 1))
    made = [shrunk(one, _HEIGHT) for one in colorizer.answers(gray, count)]
    blank = [Image.new("RGB", made[0].size, "white")] * (count - len(made))
    return SheetRow([shrunk(gray, _HEIGHT), *made, *blank], path.name)


def _heads(count: int) -> tuple[str, ...]:
    return ("black-and-white", *(f"answer {number}" for number in range(1, count + 1)))


def _mean(values: list[object]) -> str:
    found = interval([float(str(value)) for value in values])
    return f"{found.mean:.4f} [{found.low:.4f}, {found.high:.4f}]" if found else "none"


def _tensor(rgb: np.ndarray) -> torch.Tensor:
    """(H, W, 3) in 8 bit or [0, 1] → (3, H, W) in [0, 1]."""
    scaled = rgb.astype(np.float32) / 255 if rgb.dtype == np.uint8 else rgb
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))


if __name__ == "__main__":
    main()
