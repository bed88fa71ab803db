"""How fast `photochrom bulk` is beside `photochrom colorize`, what a skip costs, and how memory grows (Linux).

    python benchmarks/bulk/scale.py [--scans 1000] [--keep FOLDER] [--only colorize one two skip]

Colors one folder of small scans with `colorize --jobs 2` and with `bulk` of one and two workers, all on this machine.
A rate is taken between the first result and the last, so that it leaves out the start; the whole time is beside it.
Then `bulk` runs again, where all there is to do is to skip. Memory is what a process shares with no other, sampled
every two seconds: the most in the second quarter of the samples, and in the last.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import scans
from cluster import descendants

PHOTOCHROM = (sys.executable, "-m", "photochrom")
PICTURES = {".jpg", ".png", ".tif"}
EVERY = 2.0  # seconds between samples


@dataclass(frozen=True)
class Timed:
    """A run: seconds of all of it, results, results per second between the first and the last; megabytes by process."""

    seconds: float
    results: int
    rate: float
    memory: dict[str, list[float]]


def timed(command: Sequence[str | Path], out: Path) -> Timed:
    """Run a command that puts results into ``out``, and watch it."""
    before, memory = time.time(), defaultdict(list)
    with tempfile.TemporaryFile() as output:
        run = subprocess.Popen(command, stdout=output, stderr=output)
        while True:
            try:
                run.wait(EVERY)
                break
            except subprocess.TimeoutExpired:
                for kind, megabytes in sample(run.pid).items():
                    memory[kind].append(megabytes)
    seconds = time.time() - before
    times = sorted(file.stat().st_mtime for file in out.rglob("*") if file.suffix.lower() in PICTURES)
    new = [moment for moment in times if moment > before]
    rate = (len(new) - 1) / (new[-1] - new[0]) if len(new) > 1 else 0.0
    return Timed(seconds, len(new), rate, dict(memory))


def sample(pid: int) -> dict[str, float]:
    """Megabytes of the driver, of the largest worker that colors, of the node and its objects, and of all others."""
    found = dict.fromkeys(("driver", "worker", "node", "objects", "others"), 0.0)
    for process in descendants(pid):
        private, shared = process.megabytes
        if process.pid == pid:
            found["driver"] = private
        elif process.colors:
            found["worker"] = max(found["worker"], private)
        elif "raylet/raylet" in process.title:
            found["node"], found["objects"] = private, shared
        else:
            found["others"] += private
    return found


def show(memory: dict[str, list[float]]) -> None:
    """Print the most in the second quarter of the samples, and in the last."""
    for kind, samples in memory.items():
        quarter = len(samples) // 4
        if quarter and max(samples):
            early, late = max(samples[quarter : 2 * quarter]), max(samples[-quarter:])
            print(f"  {kind:8} {early:6.0f} MB, at the end {late:6.0f} MB")


def main() -> int:
    """Run it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=1000)
    parser.add_argument("--keep", type=Path, help="a folder for scans and results")
    parser.add_argument("--only", nargs="*", choices=("colorize", "one", "two", "skip"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        folder = options.keep or Path(temporary)
        source = folder / f"scans-{options.scans}"
        if not source.exists():
            scans.make(source, options.scans)
        bulk = [*PHOTOCHROM, "bulk", source]
        runs: dict[str, list[str | Path]] = {
            "colorize": [*PHOTOCHROM, "colorize", source, "-o", folder / "colorize", "--jobs", "2", "-q"],
            "one": [*bulk, folder / "one", "--workers", "1"],
            "two": [*bulk, folder / "two", "--workers", "2"],
            "skip": [*bulk, folder / "two", "--workers", "2"],
        }
        print(f"{'run':10} {'seconds':>8} {'results':>8} {'a second':>9}")
        for name in options.only or runs:
            out = folder / ("two" if name == "skip" else name)
            if name != "skip":
                shutil.rmtree(out, ignore_errors=True)
            run = timed(runs[name], out)
            print(f"{name:10} {run.seconds:8.1f} {run.results:8} {run.rate:9.1f}", flush=True)
            show(run.memory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
