"""Speed and memory as ratios, all measured in one run.

    python benchmarks/speed.py PHOTOGRAPH [--repeat 5] [--count 200] [--large]

PHOTOGRAPH is a large one with its own grain, such as a camera's JPEG. Every time is the least of several, for other
programs only add to it; CPU time is given beside wall-clock time, for on a busy machine only that means much.
``--large`` adds 100 megapixels and a panorama of 30,000 by 500.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from photochrom import Colorizer
from photochrom.batch.planning import plan
from photochrom.batch.request import Request
from photochrom.batch.running import run
from photochrom.model import cores

HERE = Path(__file__).parent
IMPORTS = "import numpy, PIL.Image, onnxruntime, cyclopts"
NETWORK = """
from importlib.resources import files
path = str(files("photochrom") / "models" / "default.onnx")
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
session.run(None, {"luma": numpy.zeros((1, 1, 256, 256), "f")})
"""
PEAK = """
import re, sys
from photochrom import Colorizer
Colorizer().colorize_file(sys.argv[1], sys.argv[2], overwrite=True)
# Not getrusage, which on Linux starts a new process at the peak of the one that started it.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024)
"""
Time = tuple[float, float]  # wall-clock and CPU, seconds


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photograph", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--count", type=int, default=200, help="photographs in the folder")
    parser.add_argument("--large", action="store_true")
    given = parser.parse_args()
    print(f"{cores()} cores\n\n| what | wall | CPU | peak memory |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder, Image.open(given.photograph) as image:
        room, gray = Path(folder), image.convert("L")
        one_photograph(room, gray, given.repeat)
        start_up(room, gray, given.repeat)
        side_by_side(room, gray, given.repeat)
        whole_folder(room, gray, given.count)
        if given.large:
            for size in ((10000, 10000), (30000, 500)):
                gray.resize(size).save(room / "large.jpg", quality=92)
                peak = subprocess.check_output([sys.executable, "-c", PEAK, room / "large.jpg", room / "out.jpg"])
                print(f"| {size[0]}x{size[1]}, a process of its own | done | | {float(peak):.0f} MB |")


def one_photograph(room: Path, gray: Image.Image, repeat: int) -> None:
    """12 megapixels by a warm colorizer, against Pillow opening, converting and saving."""
    _fit(gray, 4000, 3000).save(room / "in.jpg", quality=92)

    def pillow() -> None:
        with Image.open(room / "in.jpg") as image:
            image.convert("RGB").save(room / "pillow.jpg", quality=98, subsampling="4:4:4")

    colorizer = Colorizer()
    ours, theirs = _least(
        repeat, lambda: colorizer.colorize_file(room / "in.jpg", room / "out.jpg", overwrite=True), pillow
    )
    peak = subprocess.check_output([sys.executable, "-c", PEAK, room / "in.jpg", room / "out.jpg"])
    _row("12 megapixels, over Pillow alone", ours, theirs, f"{float(peak):.0f} MB")


def start_up(room: Path, gray: Image.Image, repeat: int) -> None:
    """The whole command for 256 by 256 pixels, against its imports, the session and the network alone."""
    _fit(gray, 256, 256).save(room / "small.png")
    command = [Path(sys.executable).with_name("photochrom"), "colorize", room / "small.png", "-o", room / "small"]
    ours, imports, network = _least(
        repeat,
        lambda: subprocess.run([*command, "--overwrite"], check=True, capture_output=True),
        lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True),
        lambda: subprocess.run([sys.executable, "-c", IMPORTS + NETWORK], check=True),
    )
    _row("256x256, a process, over imports, session and network", ours, network)
    allowed = imports[0] + network[0], imports[1] + network[1]  # twice the imports, and session and network
    _row("the same, over twice the imports, session and network", ours, allowed)


def side_by_side(room: Path, gray: Image.Image, repeat: int) -> None:
    """One photograph of 1 megapixel by our command, and by a straightforward script."""
    _fit(gray, 1152, 864).save(room / "middle.jpg", quality=92)
    command = [Path(sys.executable).with_name("photochrom"), "colorize", room / "middle.jpg", "-o", room / "middle"]
    script = [sys.executable, HERE / "straightforward.py", room / "middle.jpg", room / "theirs.jpg"]
    ours, theirs = _least(
        repeat,
        lambda: subprocess.run([*command, "--overwrite"], check=True, capture_output=True),
        lambda: subprocess.run(script, check=True),
    )
    _row("1 megapixel, a process each: a straightforward script over ours", theirs, ours)
    from straightforward import colorize

    colorizer = Colorizer()
    ours, theirs = _least(
        repeat,
        lambda: colorizer.colorize_file(room / "middle.jpg", room / "out.jpg", overwrite=True),
        lambda: colorize(room / "middle.jpg", room / "theirs.jpg"),
    )
    _row("1 megapixel, in one process: a straightforward script over ours", theirs, ours)


def whole_folder(room: Path, gray: Image.Image, count: int) -> None:
    """A folder of 1 megapixel each, one after another with one thread, against two at once."""
    (room / "in").mkdir()
    _fit(gray, 1152, 864).save(room / "in" / "0.jpg", quality=92)
    for index in range(1, count):
        (room / "in" / f"{index}.jpg").write_bytes((room / "in" / "0.jpg").read_bytes())
    taken = []
    for at_once, threads in ((1, 1), (1, 2), (2, 1)):
        colorizer, jobs = Colorizer(threads=threads), plan(Request([room / "in"], room / f"out{at_once}{threads}")).jobs
        taken.append(_time(lambda c=colorizer, j=jobs, n=at_once: list(run(j, c, Request(), at_once=n))))  # type: ignore[misc]
    _row(f"{count} of 1 megapixel: one after another, over two at once", taken[0], taken[2])
    _row(f"{count} of 1 megapixel: one after another with two threads, over two at once", taken[1], taken[2])
    print(f"\nCPU used with two at once: {taken[2][1] / taken[2][0]:.0%} of one core")


def _fit(gray: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of ``gray`` with its own grain, tiled where it is too small."""
    page = Image.new("L", (width, height))
    for top in range(0, height, gray.height):
        for left in range(0, width, gray.width):
            page.paste(gray, (left, top))
    return page


def _least(repeat: int, *tasks: Callable[[], object]) -> list[Time]:
    """The least times of each task, all run in turn, after a first round that does not count."""
    rounds = [[_time(task) for task in tasks] for _ in range(repeat + 1)][1:]
    return [(min(t[0] for t in times), min(t[1] for t in times)) for times in zip(*rounds, strict=True)]


def _time(task: Callable[[], object]) -> Time:
    import os

    def cpu() -> float:
        return sum(os.times()[:4])  # our own and that of finished children

    start, used = time.perf_counter(), cpu()
    task()
    return time.perf_counter() - start, cpu() - used


def _row(what: str, ours: Time, theirs: Time, peak: str = "") -> None:
    print(f"| {what} | {ours[0] / theirs[0]:.2f} | {ours[1] / theirs[1]:.2f} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
