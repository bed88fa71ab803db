"""Load on `photochrom serve`: many clients with good and bad files at once, for a bounded time.

    python benchmarks/load.py [--seconds 120] [--clients 32]

Starts a server of its own on a free port. Every 200 is compared with the file that the command line writes, every
other answer with what it has to be; the server's memory is sampled from its metrics. Exits with 1 if an answer is
wrong, if there is a 5xx other than 503, or if memory grows by more than a quarter after the first third.
"""

import argparse
import io
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx2
from PIL import Image

COMMAND = Path(sys.executable).with_name("photochrom")
EXAMPLES = Path(__file__).parents[1] / "examples"
LIMITS = ("--megabytes", "1", "--megapixels", "2", "--queue", "8")


@dataclass(frozen=True)
class Request:
    """An upload, and the status and content that are right for it, beside 503."""

    name: str
    content: bytes
    status: int
    expected: bytes | None = None
    options: tuple[tuple[str, str], ...] = ()


def good(folder: Path) -> list[Request]:
    """The examples, in both formats, with what the command line makes of them."""
    requests = []
    for source in sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".jpg", ".png"}):
        for kind, suffix in (("jpeg", ".jpg"), ("png", ".png")):
            target = folder / f"{source.stem}-{source.suffix[1:]}{suffix}"
            subprocess.run([COMMAND, "colorize", source, "-o", target], check=True, capture_output=True)
            requests.append(Request(source.name, source.read_bytes(), 200, target.read_bytes(), (("format", kind),)))
    return requests


def bad() -> list[Request]:
    """What strangers send."""
    whole = (EXAMPLES / "sunset.jpg").read_bytes()
    return [
        Request("text.jpg", b"not a picture", 415),
        Request("empty.jpg", b"", 415),
        Request("cut.jpg", whole[:20_000], 422),
        Request("bomb.png", bomb(30_000), 413),
        Request("large.jpg", bytes(1_000_001), 413),
        Request("model.jpg", whole, 422, options=(("model", "../../etc/passwd"),)),
        Request("option.jpg", whole, 422, options=(("size", "1"),)),
    ]


def bomb(side: int) -> bytes:
    """A small PNG that says it is a square of ``side`` pixels."""
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    head = b"IHDR" + struct.pack(">II", side, side) + file.getvalue()[24:29]
    return file.getvalue()[:12] + head + struct.pack(">I", zlib.crc32(head)) + file.getvalue()[33:]


class Load:
    """What the clients do and count."""

    def __init__(self, url: str, requests: list[Request], until: float) -> None:
        self.url, self.until = url, until
        self.counts: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []
        self._next = cycle(requests)
        self._lock = threading.Lock()

    def client(self) -> None:
        """Send one request after the other until the time is over."""
        with httpx2.Client(base_url=self.url, timeout=300) as client:
            while time.monotonic() < self.until:
                with self._lock:
                    request = next(self._next)
                response = client.post(
                    "/api/v1/colorize", files={"file": (request.name, request.content)}, data=dict(request.options)
                )
                self._judge(request, response)
                if response.status_code == 503:
                    time.sleep(0.2)  # less than it asks for, so that the queue stays full

    def _judge(self, request: Request, response: httpx2.Response) -> None:
        kind = "good" if request.status == 200 else "bad"
        status = response.status_code
        if status == 200 == request.status:
            right = response.content == request.expected
        elif status == 503:
            right = "retry-after" in response.headers
        else:
            right = status == request.status and "\n" not in response.json()["detail"]
        with self._lock:
            self.counts[kind, status] += 1
            if not right:
                self.wrong.append(f"{request.name} {request.options}: {status} {response.text[:80]!r}")


def memory(url: str) -> float:
    """The server's resident memory in MB."""
    told = httpx2.get(f"{url}/metrics", timeout=300).text
    return float(re.search(r"^process_resident_memory_bytes (\S+)", told, re.MULTILINE)[1]) / 1e6


def main() -> int:
    """Run it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=32)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Path(folder, "log").open("w") as log:
        requests = good(Path(folder)) + bad()
        server = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", *LIMITS], stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            url = re.search(r"http://\S+(?=/ )", server.stdout.readline())[0]
            load = Load(url, requests, time.monotonic() + options.seconds)
            threads = [threading.Thread(target=load.client) for _ in range(options.clients)]
            for thread in threads:
                thread.start()
            samples = [memory(url)]
            while time.monotonic() < load.until:
                time.sleep(options.seconds / 24)
                samples.append(memory(url))
            for thread in threads:
                thread.join()
        finally:
            server.terminate()
            server.wait(300)
    return report(load, samples, server.returncode)


def report(load: Load, samples: list[float], code: int) -> int:
    """Print the counts; 1 if something is wrong."""
    for (kind, status), count in sorted(load.counts.items()):
        print(f"{kind:5} {status}  {count:6}")
    third = len(samples) // 3
    early, late = max(samples[: third + 1]), max(samples[third + 1 :])
    print("memory, MB:", " ".join(f"{sample:.0f}" for sample in samples))
    print(f"most in the first third {early:.0f} MB, afterwards {late:.0f} MB: ratio {late / early:.2f}")
    print(f"wrong answers: {len(load.wrong)}; the server ended with {code}")
    print("\n".join(load.wrong[:10]))
    failed = load.wrong or code or late > 1.25 * early or not load.counts["good", 200]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
