"""How long hints take: one click on a page, and 12 megapixels with hints over the same without.

    python benchmarks/hints.py PHOTOGRAPH [--model default] [--repeat 9]

A click is what a page waits for: the photograph is prepared already, the network is run with one more point, and the
chroma of a preview of 1,200 pixels is painted. It is given in milliseconds, as the median and the least. Everything
else is a ratio of times that were taken in turn, as the median of all rounds, of wall-clock and of CPU time. PHOTOGRAPH
is a large one with its own grain, such as a camera's JPEG: a smooth one is encoded in less time, and ratios are larger.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from photochrom import Colorizer, Hints, Point
from photochrom.model import cores

LARGE, PREVIEW = (4000, 3000), (900, 1200)  # width and height; height and width
Time = tuple[float, float]  # wall-clock and CPU, seconds


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photograph", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--repeat", type=int, default=9)
    given = parser.parse_args()
    colorizer = Colorizer(given.model)
    with Image.open(given.photograph) as image:
        gray = image.convert("L").resize(LARGE, Image.Resampling.BICUBIC)
    clicks(colorizer, np.asarray(gray, np.float32) / 255, given.repeat)
    print(f"{cores()} cores\n\n| 12 megapixels with | wall, over none | CPU, over none |\n| --- | ---: | ---: |")
    large_photograph(colorizer, gray, given.repeat)


def clicks(colorizer: Colorizer, luma: np.ndarray, repeat: int) -> None:
    """One point more each time, as somebody corrects a photograph."""
    prepared = colorizer.prepare(luma, PREVIEW)
    points = _points(3 * repeat).known
    taken = []
    for count in range(1, len(points) + 1):
        hints = Hints(points[:count])
        taken.append(_time(lambda h=hints: colorizer.chroma_and_hinted(prepared, hints=h)))  # type: ignore[misc]
    wall, used = (np.array(times) * 1000 for times in zip(*taken[1:], strict=True))  # the first one warms up
    print(
        f"A click: {median(wall):.0f} ms, at least {min(wall):.0f} ms; CPU {median(used):.0f} ms, {min(used):.0f} ms\n"
    )


def large_photograph(colorizer: Colorizer, gray: Image.Image, repeat: int) -> None:
    """A file of 12 megapixels, with points and with a painted layer."""
    painted = Image.new("RGBA", gray.size)
    for index in range(12):
        start = (300 * index, 200 * index)
        ImageDraw.Draw(painted).line([start, (start[0] + 600, start[1] + 200)], (20 * index, 90, 200, 255), 40)
    sets = {f"{count} points": _points(count) for count in (1, 10, 100)}
    sets["12 strokes in a layer"] = Hints.from_layer(painted)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jpg"), Path(folder, "out.jpg")
        gray.save(source, quality=92)

        def task(hints: Hints | None) -> Callable[[], object]:
            return lambda: colorizer.colorize_file(source, target, hints=hints, overwrite=True)

        for name, hints in sets.items():
            # Each is between two without hints, so that what else the machine does is shared.
            rounds = [[_time(task(each)) for each in (None, hints, None)] for _ in range(repeat + 1)][1:]
            wall, used = (median(2 * b[kind] / (a[kind] + c[kind]) for a, b, c in rounds) for kind in (0, 1))
            print(f"| {name} | {wall:.2f} | {used:.2f} |", flush=True)


def _points(count: int) -> Hints:
    """As many points of any color anywhere, always the same."""
    chance = np.random.default_rng(0)
    places, colors = chance.random((count, 2)), chance.integers(0, 256, (count, 3))
    return Hints.from_points(Point(x, y, tuple(color)) for (x, y), color in zip(places, colors, strict=True))


def _time(task: Callable[[], object]) -> Time:
    start, used = time.perf_counter(), time.process_time()
    task()
    return time.perf_counter() - start, time.process_time() - used


if __name__ == "__main__":
    main()
