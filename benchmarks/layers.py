"""How near the layers of a result come to the result itself, by the formulas of programs that blend them.

    python benchmarks/layers.py data/general/test data/scenery/test --most 74

Every photograph is turned to gray and colored, and its layers are blended in mode Color as programs do it:

- Compositing and Blending Level 1 of the W3C, which ISO 32000 (PDF) has too: luminosity 0.3 R + 0.59 G + 0.11 B is
  kept. Photoshop, MyPaint, and browsers.
- Krita's: the same with 0.299 R + 0.587 G + 0.114 B. Its blend mode Color, for .psd and .ora.
- GIMP's LCh color: CIE lightness is kept, chroma and hue are the layer's. What GIMP 2.10 makes of Color in a .psd.
- GIMP's HSL color: half the sum of the least and the greatest of R, G and B is kept. What it makes of it in an .ora.

Printed are CIEDE2000 to the result, over all pixels of a photograph (mean, 99th percentile), averaged over photographs,
and the greatest of these means. Blended colors are rounded to 8 bit, as the result is. Needs scikit-image.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from skimage.color import deltaE_ciede2000, hsv2rgb, rgb2hsv

from photochrom import Colorizer
from photochrom.batch.finding import find
from photochrom.color import fit_gamut, lab_to_rgb, rgb_to_chroma, rgb_to_lab, rgb_to_luma
from photochrom.photos.reading import read_rgb

# Below and above, (3, H, W) in [0, 1], to what both show.
Blend = Callable[[np.ndarray, np.ndarray], np.ndarray]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=10_000, help="photographs to take from each folder")
    parser.add_argument("--model", default="default")
    parser.add_argument("--saturation", type=float, default=1.0)
    given = parser.parse_args()
    colorizer = Colorizer(given.model, saturation=given.saturation)
    means: dict[str, list[float]] = {name: [] for name in BLENDS}
    tops: dict[str, list[float]] = {name: [] for name in BLENDS}
    for folder in given.folders:
        files = find(folder)
        for path in files[:: max(1, len(files) // given.most)][: given.most]:
            gray = np.rint(rgb_to_luma(read_rgb(path).astype(np.float32)))[0].astype(np.uint8)
            flat = colorizer.colorize(gray).transpose(2, 0, 1) / 255
            wanted = rgb_to_lab(flat).transpose(1, 2, 0)
            for name, blend in BLENDS.items():
                blended = np.rint(blend(np.repeat(gray[None], 3, 0) / 255, flat).clip(0, 1) * 255) / 255
                distance = deltaE_ciede2000(wanted, rgb_to_lab(blended).transpose(1, 2, 0))
                means[name].append(float(distance.mean()))
                tops[name].append(float(np.percentile(distance, 99)))
    print(f"{len(means['W3C'])} photographs")
    for name in BLENDS:
        print(f"{name:6} mean {np.mean(means[name]):.2f}, 99 % {np.mean(tops[name]):.2f}, worst {max(means[name]):.2f}")


def _w3c(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    weights = np.array([0.3, 0.59, 0.11])[:, None, None]
    luminosity = (weights * below).sum(0, keepdims=True)
    color = above + luminosity - (weights * above).sum(0, keepdims=True)
    least, most = color.min(0, keepdims=True), color.max(0, keepdims=True)
    up = luminosity + (color - luminosity) * luminosity / (luminosity - least).clip(1e-9)
    color = np.where(least < 0, up, color)
    down = luminosity + (color - luminosity) * (1 - luminosity) / (most - luminosity).clip(1e-9)
    return np.where(most > 1, down, color)


def _krita(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    luma, chroma = rgb_to_luma(below), rgb_to_chroma(above)
    fitted = fit_gamut(luma, chroma)
    merged: np.ndarray = luma + (above - rgb_to_luma(above)) * _share(fitted, chroma)
    return merged


def _share(fitted: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    strength = abs(chroma).sum(0, keepdims=True)
    return np.where(strength > 1e-9, abs(fitted).sum(0, keepdims=True) / strength.clip(1e-9), 1)


def _lch(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    return lab_to_rgb(np.concatenate([rgb_to_lab(below)[:1], rgb_to_lab(above)[1:]]))


def _hsl(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    lightness = (below.min(0) + below.max(0)) / 2
    half, width = (above.min(0) + above.max(0)) / 2, above.max(0) - above.min(0)
    saturation = width / (1 - abs(2 * half - 1)).clip(1e-9)
    spread = (1 - abs(2 * lightness - 1)) * saturation / 2
    top = lightness + spread
    hue = rgb2hsv(above.transpose(1, 2, 0))[..., 0]
    mixed = np.stack([hue, 2 * spread / top.clip(1e-9), top], -1)
    return hsv2rgb(mixed.clip(0, 1)).transpose(2, 0, 1)


BLENDS: dict[str, Blend] = {"W3C": _w3c, "Krita": _krita, "LCh": _lch, "HSL": _hsl}

if __name__ == "__main__":
    main()
