"""How good the colors of the installed command line are, on photographs whose colors are known.

    python benchmarks/quality.py data/scenery/test --lpips-weights data/weights/lpips_alexnet.pt [--model NAME]

Every photograph is turned to gray, colored by `photochrom colorize` at its own size, and compared with the
original; the gray version itself is measured beside it. Means over the photographs of each group, the part of
a name before the first "-". Needs the training half, for PyTorch.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from photochrom.photos import find
from photochrom.training.lpips import Lpips
from photochrom.training.metrics import ciede2000, colorfulness, psnr, ssim


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--lpips-weights", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--size", type=int)
    given = parser.parse_args()
    lpips = Lpips.from_file(given.lpips_weights)
    rows: dict[str, list[list[float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        gray, colored = Path(folder, "gray"), Path(folder, "colored")
        gray.mkdir()
        originals = {path.stem: path for path in find(given.photographs)}
        for name, path in originals.items():
            Image.open(path).convert("L").save(gray / f"{name}.png")
        command = [
            Path(sys.executable).with_name("photochrom"),
            "colorize",
            gray,
            "-o",
            colored,
            "--model",
            given.model,
        ]
        subprocess.run([*command, *(["--size", str(given.size)] if given.size else [])], check=True)
        for name, path in originals.items():
            original = _tensor(path)
            pictures = (_tensor(gray / f"{name}.png"), _tensor(colored / f"{name}.png"))
            row = [value for picture in pictures for value in _measure(picture, original, lpips)]
            rows[name.partition("-")[0]].append([*row, colorfulness(original)])
    print("| photographs | number | | PSNR | SSIM | LPIPS | CIEDE2000 | colorfulness (true) |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for group, values in [*sorted(rows.items()), ("all", [row for part in rows.values() for row in part])]:
        means = np.mean(values, axis=0)
        for version, (db, similarity, distance, difference, colors) in zip(
            ("left gray", "colored"), means[:-1].reshape(2, -1), strict=True
        ):
            print(f"| {group} | {len(values)} | {version} | {db:.2f} | {similarity:.4f} | {distance:.4f} ", end="")
            print(f"| {difference:.2f} | {colors:.1f} ({means[-1]:.1f}) |")


@torch.no_grad()
def _measure(picture: torch.Tensor, original: torch.Tensor, lpips: Lpips) -> list[float]:
    distance = float(lpips(picture[None], original[None]))
    both = (picture, original)
    return [psnr(*both), ssim(*both), distance, ciede2000(*both), colorfulness(picture)]


def _tensor(path: Path) -> torch.Tensor:
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float() / 255


if __name__ == "__main__":
    main()
