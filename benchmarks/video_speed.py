"""How fast `photochrom video` is, beside the same steps with frames left gray, and how much memory it takes (Unix).

    python benchmarks/video_speed.py data/video [--repeat 1]

The films, enlarged to 854x480 and turned to gray, become one film, --repeat times over. It is colored by the command,
with its defaults: decoding, motion, the network, H.264 by x264's `fast`. Then it is decoded and encoded in the same way
without colors. Each is a process of its own, timed from its start to its end; memory is the most that it held.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from photochrom.video.demuxing import frames, inspect
from photochrom.video.encoding import VideoEncoding
from photochrom.video.planes import as_it_was

WIDTH, HEIGHT, RATE = 854, 480, 24


@dataclass(frozen=True)
class Timed:
    """A process: seconds of all of it, CPU seconds, and megabytes at most."""

    seconds: float
    cpu: float
    megabytes: float


def timed(*command: str | Path) -> Timed:
    """Run a command. Raises `SystemExit` if it fails."""
    start = time.perf_counter()
    _, status, used = os.wait4(subprocess.Popen([sys.executable, *command]).pid, 0)
    if status:
        sys.exit(f"{command}: failed")
    return Timed(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def join(films: list[Path], repeat: int, target: Path) -> int:
    """Write one gray film of all; returns how many frames it has."""
    count = 0
    with av.open(target, "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"crf": "16", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in (picture for _ in range(repeat) for film in films for picture in pictures(film)):
            picture.pts, picture.time_base = count, Fraction(1, RATE)
            out.mux(stream.encode(picture))
            count += 1
        out.mux(stream.encode(None))
    return count


def pictures(film: Path) -> Iterator[av.VideoFrame]:
    """The frames of a film, large and gray."""
    with av.open(film) as container:
        for frame in container.decode(video=0):
            yield frame.reformat(WIDTH, HEIGHT, "gray").reformat(format="yuv420p")


def leave_gray(source: Path, target: Path) -> None:
    """Decode and encode a film as the command does, without colors."""
    film, encoding = inspect(source), VideoEncoding()
    with av.open(target, "w", format="nut") as out:
        stream = encoding.add_to(out, film)
        for frame in frames(film):
            picture = as_it_was(frame.picture, encoding.layout(film), film.tags)
            picture.pts, picture.time_base = frame.index, 1 / film.rate
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", type=Path, help="a folder of films")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--gray", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.gray:
        leave_gray(arguments.films, arguments.gray)
        return
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder, "film.mp4")
        count = join(sorted(arguments.films.glob("*.mp4")), arguments.repeat, film)
        colored = timed("-m", "photochrom", "video", film, "--quiet")
        gray = timed(__file__, film, "--gray", Path(folder, "gray.nut"))
    print(f"| {count} frames | frames a second | CPU, ms a frame | memory, MB |\n| --- | ---: | ---: | ---: |")
    for name, run in (("colored", colored), ("left gray", gray)):
        print(f"| {name} | {count / run.seconds:.1f} | {1000 * run.cpu / count:.1f} | {run.megabytes:.0f} |")
    print(f"\nColoring takes {colored.seconds / gray.seconds:.1f} times as long.")


if __name__ == "__main__":
    main()
