"""`photochrom bulk` on a cluster of two nodes and an S3-compatible store, while things are killed (Linux).

    python benchmarks/bulk/prove.py [--scans 2000] [--harm worker node driver store] [--keep FOLDER]

Makes scans and colors them with `photochrom colorize --jobs 2`, which says what is right. Then colors them from one
bucket into another, and meanwhile kills a worker, a node, and the driver, which is started again, and has the store
refuse for ten seconds; one scan kills each worker that reads it. In the end there has to be exactly one result for each
scan, of the same bytes. A scan counts as colored twice if it was read when its result was there already; as begun again
if it was in flight when something was killed. Exits with 1 if anything is not as it has to be.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import access
import fsspec
import scans
from cluster import Cluster

PHOTOCHROM = (sys.executable, "-m", "photochrom")
PORT = 5310
URL = f"http://127.0.0.1:{PORT}"
SOURCES, RESULTS = "archive/scans", "archive/colored"
STORE = {
    "AWS_ENDPOINT_URL": URL,
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
HARMS = ("worker", "node", "driver", "store")
SHARE = {"worker": 0.15, "node": 0.3, "driver": 0.45, "store": 0.6}  # of the results, when it happens
PATIENCE = 900  # seconds


@dataclass
class Run:
    """What is under way: the cluster, the driver, and what has happened."""

    cluster: Cluster
    log: Path
    output: Path
    driver: subprocess.Popen[bytes] = field(init=False)
    happened: list[tuple[str, int]] = field(default_factory=list)

    def start(self) -> None:
        """Start the driver, which goes on where an earlier one was."""
        command = [*PHOTOCHROM, "bulk", f"s3://{SOURCES}", f"s3://{RESULTS}", "--ray", self.cluster.address]
        with self.output.open("ab") as output:
            self.driver = subprocess.Popen([*command, "--workers", "2"], stdout=output, stderr=output)

    def stored(self) -> int:
        """How many results there are."""
        return access.colorings(self.log, f"/{SOURCES}", f"/{RESULTS}").stored

    def harm(self, what: str) -> None:
        """Do it, and note how many results there were."""
        self.happened.append((what, self.stored()))
        harms: dict[str, Callable[[], None]] = {
            "worker": lambda: self.cluster.workers()[0].kill(),
            "node": self._node,
            "driver": self._driver,
            "store": refuse,
        }
        harms[what]()

    def _node(self) -> None:
        self.cluster.kill_node()
        time.sleep(5)
        self.cluster.add_node()

    def _driver(self) -> None:
        self.driver.kill()
        self.driver.wait()
        self.start()


def refuse(seconds: int = 10) -> None:
    """Have the store refuse."""
    urllib.request.urlopen(urllib.request.Request(f"{URL}/-/refuse/{seconds}", method="POST"))


def main() -> int:
    """Run it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=2000)
    parser.add_argument("--harm", nargs="*", choices=HARMS, default=HARMS)
    parser.add_argument("--keep", type=Path, help="a folder for scans, results and logs")
    options = parser.parse_args()
    os.environ |= STORE
    with tempfile.TemporaryDirectory(prefix="proof-") as temporary:
        folder = options.keep or Path(temporary)
        expected = by_command_line(folder, options.scans)
        server = serve(folder)
        try:
            upload(folder / "scans")
            with Cluster(Path(temporary, "ray")) as cluster:
                run = Run(cluster, folder / "requests.tsv", folder / "bulk.log")
                code = colored(run, options.scans, options.harm)
                return judge(run, expected, code)
        finally:
            server.kill()
            server.wait()


def by_command_line(folder: Path, count: int) -> dict[str, bytes]:
    """Make the scans, and color them on the command line: the results by their names."""
    if not (folder / "scans").exists():
        scans.make(folder / "scans", count)
        scans.add_poison(folder / "scans")
    out = folder / "expected"
    if not out.exists():
        command = [*PHOTOCHROM, "colorize", folder / "scans", "-o", out, "--jobs", "2", "-q"]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    files = {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    return {name: content for name, content in files.items() if name != scans.POISON}


def serve(folder: Path) -> subprocess.Popen[bytes]:
    """Start the store, and wait for it."""
    log = folder / "requests.tsv"
    log.unlink(missing_ok=True)
    command = [sys.executable, Path(__file__).with_name("store.py"), "--port", str(PORT), "--log", log]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(PATIENCE):
        if log.exists():
            return server
        time.sleep(1)
    raise SystemExit("the store does not start")


def upload(folder: Path) -> None:
    """Put the scans into the store."""
    store = fsspec.filesystem("s3")
    store.mkdir(SOURCES.split("/")[0])
    store.put(f"{folder}/", f"{SOURCES}/", recursive=True)


def colored(run: Run, count: int, harms: list[str]) -> int:
    """Color the scans, and do every harm at its time; the code that the driver ended with."""
    run.start()
    for what in sorted(harms, key=HARMS.index):
        while run.stored() < SHARE[what] * count and run.driver.poll() is None:
            time.sleep(1)
        run.harm(what)
    return run.driver.wait(PATIENCE)


def judge(run: Run, expected: dict[str, bytes], code: int) -> int:
    """Compare the results with what is right, run once more, which must color nothing, and print the table."""
    found = results()
    first = access.colorings(run.log, f"/{SOURCES}", f"/{RESULTS}")
    run.start()
    again_code = run.driver.wait(PATIENCE)
    second = access.colorings(run.log, f"/{SOURCES}", f"/{RESULTS}")
    for what, stored in run.happened:
        print(f"{what:8} killed" if what != "store" else f"{what:8} refused", f"after {stored} results")
    checks = {
        "scans with no result": len(expected.keys() - found.keys()),
        "results of no scan": len(found.keys() - expected.keys()),
        "results of other bytes": sum(found[name] != expected[name] for name in expected.keys() & found.keys()),
        "colored twice": len(first.twice),
        "stored by a second run": second.stored - first.stored,
        "read by a second run": len(second.twice) - len(first.twice),
    }
    print(f"{len(expected)} results expected, {len(found)} found; in flight and begun again: {len(first.begun_again)}")
    for what, number in checks.items():
        print(f"{what:24} {number:5}")
    print(f"the command ended with {code}, a second one with {again_code}")
    return 1 if any(checks.values()) else 0


def results() -> dict[str, bytes]:
    """The pictures among what is in the store for results, by their names."""
    store = fsspec.filesystem("s3")
    store.invalidate_cache()
    files = store.find(RESULTS)
    return {
        file.removeprefix(f"{RESULTS}/"): content
        for file, content in store.cat(files).items()
        if access.below(f"/{file}", f"/{RESULTS}")
    }


if __name__ == "__main__":
    sys.exit(main())
