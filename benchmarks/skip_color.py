"""How often `--skip-color` is right: gray, toned and color photographs told apart.

    python benchmarks/skip_color.py data/scenery/test data/general/test --most 74

Every photograph is taken as it is, in color; turned to gray; and toned like an old print, in one of six ways, faded,
stained and vignetted at random. Each is compressed as JPEG, so that gray has color noise, at a random quality. "Right"
means that a color photograph is left alone and that gray and toned ones are colored. Photographs with hardly any
color (a mean of less than 2 levels of chroma) are no color photographs to anybody, and are left out of that row.
The threshold of color was chosen with `--sweep` on data/scenery/train and data/general/train.
"""

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.batch.finding import find
from photochrom.batch.tint import COLOR_FROM, GRAY_BELOW, measures
from photochrom.color import rgb_to_chroma
from photochrom.photos.reading import read_rgb

# What black and white become: sepia, selenium, cyanotype, gold, faded albumen, yellowed paper.
_TONES = {
    "sepia": ((45, 28, 15), (250, 232, 195)),
    "selenium": ((30, 20, 28), (238, 228, 232)),
    "cyanotype": ((12, 32, 62), (232, 240, 245)),
    "gold": ((28, 25, 40), (245, 238, 225)),
    "albumen": ((85, 60, 48), (235, 220, 180)),
    "yellowed": ((30, 28, 24), (240, 228, 190)),
}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=10_000, help="photographs to take from each folder")
    parser.add_argument("--sweep", action="store_true", help="print the figures for other thresholds, too")
    given = parser.parse_args()
    random = np.random.default_rng(0)
    found: dict[str, list[tuple[float, float]]] = {"gray": [], "toned": [], "color": []}
    worst = []
    for folder in given.folders:
        files = find(folder)
        for path in files[:: max(1, len(files) // given.most)]:
            rgb = read_rgb(path)
            luma = np.tensordot(rgb, (0.299, 0.587, 0.114), (0, 0)) / 255
            found["gray"].append(measures(_compressed(np.repeat(luma[None], 3, axis=0), random)))
            found["toned"].append(measures(_compressed(_toned(luma, random), random)))
            if abs(rgb_to_chroma(rgb / 255)).mean() >= 2 / 255:
                measured = measures(_compressed(rgb / 255, random))
                found["color"].append(measured)
                worst.append((measured[1], path.name))
    for threshold in np.arange(0.003, 0.016, 0.001) if given.sweep else [COLOR_FROM]:
        rights = {kind: _right(kind, values, threshold) for kind, values in found.items()}
        print(f"{threshold:.4f}", *(f"{kind} {len(found[kind])}: {100 * r:.2f} %" for kind, r in rights.items()))
    told = np.mean([strength < GRAY_BELOW for strength, _ in found["gray"]])
    toned = np.mean([strength >= GRAY_BELOW for strength, _ in found["toned"]])
    print(f"told as gray: {100 * told:.2f} % of gray; told as toned: {100 * toned:.2f} % of toned")
    print("dullest color photographs:", *(f"{name} {value:.4f}" for value, name in sorted(worst)[:10]))


def _right(kind: str, values: list[tuple[float, float]], threshold: float) -> float:
    colored = np.array([remains >= threshold for _, remains in values])
    return float(np.mean(colored if kind == "color" else ~colored))


def _toned(luma: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """luma (H, W) in [0, 1] → a toned, faded, stained print (3, H, W)."""
    black, white = (np.array(end) / 255 for end in list(_TONES.values())[random.integers(len(_TONES))])
    strength = random.uniform(0.5, 1)
    curve = luma[None] ** random.uniform(0.7, 1.4)
    tone = (black + (white - black) * curve[0][..., None]).transpose(2, 0, 1)
    print_ = strength * tone + (1 - strength) * luma[None]
    rows, columns = np.meshgrid(*(np.linspace(-1, 1, side) for side in luma.shape), indexing="ij")
    middle = random.uniform(-0.4, 0.4, 2)
    far = ((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2)[None] / 2
    edge = (1 - random.uniform(0, 0.5) * far).clip(0, 1)  # a vignette, dark
    paper = np.array((0.93, 0.88, 0.75))[:, None, None]
    fading = random.uniform(0, 0.5) * far.clip(0, 1)  # and fading to the color of the paper, from the edges
    faded: np.ndarray = (print_ * edge * (1 - fading) + paper * fading).clip(0, 1)
    return faded


def _compressed(planes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(3, H, W) in [0, 1] → uint8 of the same shape, after JPEG at some quality."""
    image = Image.fromarray(np.rint(planes.transpose(1, 2, 0) * 255).astype(np.uint8))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(random.integers(50, 96)))
    with Image.open(buffer) as compressed:
        return np.asarray(compressed.convert("RGB")).transpose(2, 0, 1)


if __name__ == "__main__":
    main()
