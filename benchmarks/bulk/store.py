"""An S3-compatible store for the proofs, on this machine only: moto, with a log, a gate and a trap.

    python benchmarks/bulk/store.py --port 5300 --log requests.tsv

- Every request is a line of the log: when it began and ended (seconds), its method, path and status.
- `POST /-/refuse/10` shuts the gate for ten seconds: by turns, requests get a 503, and their connection is cut.
- Who reads an object with "poison" in its name is killed at once, as a decoder's crash would kill it.
"""

import argparse
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any, TextIO
from urllib.parse import unquote

from moto.server import MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

SLOW_DOWN = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"


class Quiet(MotoRequestHandler):
    """Writes no log of its own."""

    def log(self, *args: Any) -> None:
        """Nothing."""


class Gate:
    """The application in front of moto's."""

    def __init__(self, log: TextIO) -> None:
        self._moto = create_backend_app("s3")
        self._log = log
        self._refuse_until = 0.0
        self._turns = itertools.cycle((True, False))
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        began, method, path = time.time(), environ["REQUEST_METHOD"], environ["PATH_INFO"]
        statuses = ["cut"]

        def started(status: str, headers: Any, exc_info: Any = None) -> Any:
            statuses.append(status.split()[0])
            return start(status, headers)

        try:
            if order := re.fullmatch(r"/-/refuse/(\d+)", path):
                self._refuse_until = began + int(order[1])
                started("204 No Content", [])
                return []
            if began < self._refuse_until:
                return self._refuse(environ, started)
            if method == "GET" and "poison" in path:
                kill_reader(environ)
            return list(self._moto(environ, started))
        finally:
            query = environ.get("QUERY_STRING", "")
            key = unquote(path.encode("latin-1").decode()) + ("?" + query if query else "")
            with self._lock:
                print(f"{began:.4f}", f"{time.time():.4f}", method, statuses[-1], key, sep="\t", file=self._log)

    def _refuse(self, environ: dict[str, Any], started: Any) -> list[bytes]:
        if next(self._turns):
            body = b"" if environ["REQUEST_METHOD"] == "HEAD" else SLOW_DOWN
            started("503 Slow Down", [("Content-Length", str(len(body)))])
            return [body]
        with suppress(OSError):
            environ["werkzeug.socket"].shutdown(SHUT_RDWR)
        return []


def kill_reader(environ: dict[str, Any]) -> None:
    """Kill the process at the other end of the connection (Linux)."""
    here, there = int(environ["SERVER_PORT"]), int(environ["REMOTE_PORT"])
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    ends = (f":{there:04X}", f":{here:04X}")
    inodes = {f"socket:[{row[9]}]" for row in rows if (row[1][-5:], row[2][-5:]) == ends}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in inodes:
                os.kill(int(link.parts[2]), signal.SIGKILL)
                return


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args()
    with options.log.open("a", buffering=1) as log:
        run_simple("127.0.0.1", options.port, Gate(log), threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main()
