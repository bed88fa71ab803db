"""How far the colors of faces are from the true ones, by the tone of the skin.

    python benchmarks/skin.py default own.onnx gray

The faces are those of `faces.csv` beside this file, which `faces.py` found: in data/general/test, and in the
photographs of data/album/train that the recipe of the default model keeps for validation.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.cli.console import table as show
from photochrom.photos.reading import read_rgb
from photochrom.training.evaluation.scores import colored
from photochrom.training.evaluation.skin import Box, Skin, compare, read_faces, table
from photochrom.training.evaluation.subjects import Subject, subjects


def main() -> None:
    """Measure, and print a table for each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="names of models, .onnx files, checkpoints, and gray")
    parser.add_argument("--faces", type=Path, default=Path(__file__).with_name("faces.csv"))
    given = parser.parse_args()
    faces = read_faces(given.faces)
    with TemporaryDirectory() as folder:
        found = subjects(given.models, Path(folder))
        for place in dict.fromkeys(path.parent for path in faces):
            here = {path: boxes for path, boxes in faces.items() if path.parent == place}
            made = table(f"Skin: {place}", {subject.label: _skins(subject, here) for subject in found})
            show(made.title, made.heads, made.rows)
            print(f"{made.note}\n")


def _skins(subject: Subject, faces: dict[Path, list[Box]]) -> list[Skin]:
    skins = []
    for path, boxes in faces.items():
        rgb = read_rgb(path)
        picture = colored(subject, rgb)
        skins += [compare(picture, rgb, box) for box in boxes]
    return skins


if __name__ == "__main__":
    main()
