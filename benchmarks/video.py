"""How steady and how right the colors of films are: frame by frame, steadily, and from one frame that is known.

    python benchmarks/video.py data/video --lpips data/weights/lpips_alexnet.pt [--frames 50] [--model default]

The films are in color. Each is turned to gray (BT.601, 8 bit) and colored in three ways: every frame by itself, with
`photochrom.video.color_frames`, and with the same given the true first frame. Figures are means over films:

- CDC, color distribution consistency (Liu et al. 2021, "Temporally Consistent Video Colorization", arXiv 2110.04562):
  the Jensen-Shannon divergence between histograms (256 bins, natural logarithm) of red, green and blue, frames 1, 2 and
  4 apart. The true films have one, too.
- Warp error: mean difference of Cb and Cr, in levels of 8 bit, between frames 1 and 5 apart, along the flow of the true
  luma (DIS, preset medium), where the way there and back agrees.
- PSNR of red, green and blue, and LPIPS (AlexNet) of every fourth frame.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from PIL import Image

from photochrom import Colorizer, Hints
from photochrom.color import rgb_to_chroma
from photochrom.training.lpips import Lpips
from photochrom.video import color_frames

_LAGS, _APART = (1, 2, 4), (1, 5)
_EVERY = 4  # frames, of which one is compared by LPIPS
Frames = Sequence[np.ndarray]


def main() -> None:
    """Measure, and print a table in Markdown for each film and for the mean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path)
    parser.add_argument("--only", nargs="+", default=())
    parser.add_argument("--frames", type=int)
    parser.add_argument("--lpips", type=Path)
    parser.add_argument("--model", default="default")
    given = parser.parse_args()
    colorizer = Colorizer(given.model)
    lpips = Lpips.from_file(given.lpips) if given.lpips else None
    ways: dict[str, Callable[[Frames, Frames], Frames]] = {
        "true": lambda gray, true: true,
        "frame by frame": lambda gray, true: [colorizer.colorize(frame) for frame in gray],
        "steady": lambda gray, true: list(color_frames(gray, colorizer.model)),
        "first frame known": lambda gray, true: list(
            color_frames(gray, colorizer.model, hints={0: Hints.from_layer(Image.fromarray(true[0]))})
        ),
    }
    print("| film | colors | CDC × 1000 | warp, 1 apart | warp, 5 apart | PSNR, dB | LPIPS |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    rows: dict[str, list[list[float]]] = {}
    for film in sorted(given.films.glob("*.mp4")):
        if given.only and film.stem not in given.only:
            continue
        true = list(_frames(film, given.frames))
        gray = [np.asarray(Image.fromarray(frame).convert("L")) for frame in true]
        pairs = list(_pairs(gray))
        for way, color in ways.items():
            figures = _figures(color(gray, true), true, pairs, lpips)
            rows.setdefault(way, []).append(figures)
            _print(film.stem, way, figures)
    for way, some in rows.items():
        _print(f"**mean of {len(some)}**", way, [float(figure) for figure in np.mean(some, axis=0)])


def _print(film: str, way: str, figures: Sequence[float]) -> None:
    cdc, near, far, psnr, lpips = figures
    right = "" if way == "true" else f"{psnr:.2f}"
    print(f"| {film} | {way} | {1000 * cdc:.2f} | {near:.2f} | {far:.2f} | {right} | {lpips:.3f} |", flush=True)


def _figures(
    colored: Frames, true: Frames, pairs: list[tuple[int, int, np.ndarray, np.ndarray]], lpips: Lpips | None
) -> list[float]:
    near, far = (_warp_error(colored, pairs, apart) for apart in _APART)
    return [_cdc(colored), near, far, _psnr(colored, true), _lpips(colored, true, lpips)]


def _frames(film: Path, count: int | None) -> Iterator[np.ndarray]:
    with av.open(str(film)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == count:
                return
            yield frame.to_ndarray(format="rgb24")


def _cdc(frames: Frames) -> float:
    histograms = [
        [np.bincount(frame[..., channel].ravel(), minlength=256) / frame[..., channel].size for channel in range(3)]
        for frame in frames
    ]
    of_lags = []
    for lag in _LAGS:
        of_pairs = [
            _divergence(one[channel], other[channel])
            for one, other in zip(histograms, histograms[lag:], strict=False)
            for channel in range(3)
        ]
        of_lags.append(np.mean(of_pairs))
    return float(np.mean(of_lags))


def _divergence(first: np.ndarray, second: np.ndarray) -> float:
    mean = (first + second) / 2
    return 0.5 * _relative_entropy(first, mean) + 0.5 * _relative_entropy(second, mean)


def _relative_entropy(first: np.ndarray, second: np.ndarray) -> float:
    there = first > 0
    return float((first[there] * np.log(first[there] / second[there])).sum())


def _pairs(gray: Frames) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
    """Frames that are `_APART`: where each pixel of the later one is in the earlier, and where that is consistent."""
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    down, across = np.indices(gray[0].shape, np.float32)
    for apart in _APART:
        for index in range(len(gray) - apart):
            back = search.calc(gray[index + apart], gray[index], None)
            forth = search.calc(gray[index], gray[index + apart], None)
            places = np.stack((across, down), axis=-1) + back
            returned = cv2.remap(forth, places, None, cv2.INTER_LINEAR)
            gap = np.square(back + returned).sum(axis=-1)
            far = np.square(back).sum(axis=-1) + np.square(returned).sum(axis=-1)
            yield apart, index, places, gap < 0.01 * far + 0.5


def _warp_error(frames: Frames, pairs: list[tuple[int, int, np.ndarray, np.ndarray]], wanted: int) -> float:
    chroma = [255 * rgb_to_chroma(frame.transpose(2, 0, 1).astype(np.float32) / 255) for frame in frames]
    errors = []
    for apart, index, places, consistent in pairs:
        if apart == wanted and consistent.any():
            warped = cv2.remap(chroma[index].transpose(1, 2, 0), places, None, cv2.INTER_LINEAR).transpose(2, 0, 1)
            errors.append(abs(chroma[index + apart] - warped)[:, consistent].mean())
    return float(np.mean(errors))


def _psnr(colored: Frames, true: Frames) -> float:
    if colored is true:
        return float("inf")
    errors = (np.square(one.astype(np.float32) - other).mean() for one, other in zip(colored, true, strict=True))
    return float(np.mean([10 * np.log10(255**2 / error) for error in errors]))


def _lpips(colored: Frames, true: Frames, lpips: Lpips | None) -> float:
    if lpips is None:
        return float("nan")
    with torch.inference_mode():
        pairs = zip(colored[::_EVERY], true[::_EVERY], strict=True)
        return float(np.mean([lpips(_tensor(one), _tensor(other)).item() for one, other in pairs]))


def _tensor(frame: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(frame.transpose(2, 0, 1)[None].astype(np.float32) / 255)


if __name__ == "__main__":
    main()
