"""How far the colors of faces are from the true ones, by the tone of the skin.

    python benchmarks/skin.py default own.onnx gray

The faces are those of `faces.csv` beside this file, which `faces.py` found: in data/general/test, and in the
photographs of data/album/train that the recipe of the default model keeps for validation.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.photos.reading import read_rgb
from photochrom.training.evaluation.scores import colored
from photochrom.training.evaluation.skin import TONES, Box, Skin, compare, read_faces, table
from photochrom.training.evaluation.subjects import Subject, subjects
from photochrom.training.evaluation.tables import UNDEFINED


def main() -> None:
    """Measure, and print a table for each model, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="names of models, .onnx files, checkpoints, and gray")
    parser.add_argument("--faces", type=Path, default=Path(__file__).with_name("faces.csv"))
    given = parser.parse_args()
    faces = read_faces(given.faces)
    places = list(dict.fromkeys(path.parent for path in faces))
    with TemporaryDirectory() as folder:
        for subject in subjects(given.models, Path(folder)):
            columns = {}
            for place in places:
                here = {path: boxes for path, boxes in faces.items() if path.parent == place}
                made = table("", {subject.label: _skins(subject, here)})
                columns[place] = {tone: cells for _, tone, *cells in made.rows}
            print(f"{subject.label}. {made.note}\n")
            print("\n".join(_markdown(columns)), end="\n\n")


def _markdown(columns: dict[Path, dict[str, list[str]]]) -> Iterator[str]:
    """A table with a line for each tone, and for each folder how many faces show it, and the means of its figures."""
    heads = [f"{place}: faces | CIEDE2000 ↓ | hue error, degrees ↓" for place in columns]
    yield f"| tone | {' | '.join(heads)} |"
    yield "| --- |" + " ---: |" * 3 * len(columns)
    for tone in (*TONES, "all", "worst / best tone"):
        if any(tone in column for column in columns.values()):
            cells = [cell for column in columns.values() for cell in column.get(tone, ["0", UNDEFINED, UNDEFINED])]
            yield f"| {tone} | {' | '.join(cells)} |"


def _skins(subject: Subject, faces: dict[Path, list[Box]]) -> list[Skin]:
    skins = []
    for path, boxes in faces.items():
        rgb = read_rgb(path)
        picture = colored(subject, rgb)
        skins += [compare(picture, rgb, box) for box in boxes]
    return skins


if __name__ == "__main__":
    main()
