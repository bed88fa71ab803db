"""How well chroma keeps to the edges of a photograph when it is enlarged from the working size.

    python benchmarks/edges.py FOLDER [--side 1024] [--sizes 128 192 256] [--sheet docs/edges.jpg]

Every color photograph is made ``--side`` pixels short (one that is smaller is left out), its true chroma is reduced to
the working size and enlarged again, bilinearly and along the edges, and merged with its luma. Printed is the mean
CIEDE2000 to the photograph within 3 pixels of strong edges of the luma (Canny, sigma 1.5, thresholds 0.1
and 0.2), and elsewhere. Needs scikit-image and SciPy.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.feature import canny

from photochrom.batch.finding import find
from photochrom.color import merge_fitted, rgb_to_chroma, rgb_to_luma
from photochrom.upsampling import Enlargement, resize
from photochrom.working_size import working_shape

BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR
CELL = 200  # pixels of a detail on the sheet, before it is doubled


def main() -> None:
    """Measure, print a table, and draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 192, 256])
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    rows, details = [], []
    for path in find(given.photographs):
        with Image.open(path) as image:
            if min(image.size) < given.side:
                continue
            scale = given.side / min(image.size)
            size = round(image.width * scale), round(image.height * scale)
            rgb = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))
        planes = rgb.transpose(2, 0, 1).astype(np.float32) / 255
        edges = canny(rgb_to_luma(planes)[0], sigma=1.5, low_threshold=0.1, high_threshold=0.2)
        near = binary_dilation(edges, np.ones((3, 3)), iterations=3)
        true = rgb2lab(rgb)
        for size in given.sizes:
            versions = enlarged(planes, size)
            errors = [deltaE_ciede2000(true, rgb2lab(version)) for version in versions]
            rows.append([size, *(float(error[mask].mean()) for mask in (near, ~near) for error in errors)])
            plain, along = rows[-1][1:3]
            print(f"{path.name}, {size}: {plain:.2f} -> {along:.2f} ({along / plain - 1:+.0%})", flush=True)
        details.append(worst_detail(errors[0], near, (*versions, rgb)))
    print("| working size | photographs | bilinear, at edges | along the edges | | elsewhere | along the edges |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in given.sizes:
        values = np.array([row[1:] for row in rows if row[0] == size])
        plain, along, far_plain, far_along = values.mean(axis=0)
        print(f"| {size} | {len(values)} | {plain:.3f} | {along:.3f} | {along / plain - 1:+.1%} ", end="")
        print(f"| {far_plain:.3f} | {far_along:.3f} |")
    if given.sheet:
        page = np.concatenate([np.concatenate(pieces, axis=1) for pieces in details])
        Image.fromarray(page).save(given.sheet, quality=70, optimize=True, progressive=True)


def enlarged(rgb: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """``rgb`` float32 (3, H, W) with its chroma from working ``size``, bilinear and along edges: uint8 (H, W, 3)."""
    luma, chroma = rgb_to_luma(rgb), rgb_to_chroma(rgb)
    full = luma.shape[1:]
    small = working_shape(*full, size, 16)
    colors = np.stack([resize(plane, *small, BICUBIC) for plane in chroma])
    plain = np.stack([resize(plane, *full, BILINEAR) for plane in colors])
    along = Enlargement(colors, resize(luma[0], *small, BICUBIC), *full).band(0, luma[0])
    first, second = (np.rint(merge_fitted(luma, each).clip(0, 1) * 255).astype(np.uint8) for each in (plain, along))
    return first.transpose(1, 2, 0), second.transpose(1, 2, 0)


def worst_detail(error: np.ndarray, near: np.ndarray, pictures: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """The square of all ``pictures`` in which the bilinear ``error`` at edges is largest."""
    sums = (error * near).cumsum(axis=0).cumsum(axis=1)
    squares = sums[CELL:, CELL:] - sums[:-CELL, CELL:] - sums[CELL:, :-CELL] + sums[:-CELL, :-CELL]
    top, left = np.unravel_index(squares.argmax(), squares.shape)
    return [picture[top : top + CELL, left : left + CELL].repeat(2, axis=0).repeat(2, axis=1) for picture in pictures]


if __name__ == "__main__":
    main()
