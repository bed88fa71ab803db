"""What the store's log says: which scan was read when, and which result was stored when."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """A line of the log: when it began and ended in seconds, and what was asked and answered."""

    began: float
    ended: float
    method: str
    status: str
    key: str

    @property
    def reads(self) -> bool:
        """Whether an object was read, with success."""
        return self.method == "GET" and self.status in {"200", "206"} and "?" not in self.key

    @property
    def stores(self) -> bool:
        """Whether an object was there afterwards: one that was sent whole, or the last step of one sent in parts."""
        whole = self.method == "PUT" and "partNumber=" not in self.key
        parts = self.method == "POST" and "uploadId=" in self.key
        return (whole or parts) and self.status == "200"


@dataclass(frozen=True)
class Colorings:
    """How often scans were read, and their results stored.

    ``stored`` is how many results were. ``twice`` are scans that were read when their result was there already.
    ``begun_again`` are those that were read or stored again by someone who had begun before the result was there: they
    were in flight when something was killed.
    """

    stored: int
    twice: list[str]
    begun_again: list[str]


def requests(log: Path) -> list[Request]:
    """The log's lines, but a last one that is not whole."""
    rows = (line.split("\t") for line in log.read_text().splitlines())
    return [Request(float(row[0]), float(row[1]), *row[2:]) for row in rows if len(row) == 5]


def colorings(log: Path, sources: str, results: str) -> Colorings:
    """What was done between the folders ``sources`` and ``results`` (as /bucket/folder); names are without a suffix."""
    read, stored = defaultdict(list), defaultdict(list)
    for request in requests(log):
        if request.reads and (name := below(request.key, sources)):
            read[name].append(request.began)
        elif request.stores and (name := below(request.key, results)):
            stored[name].append(request.ended)
    twice = sorted(name for name, begun in read.items() if name in stored and max(begun) > min(stored[name]))
    repeated = {name for many in (read, stored) for name, times in many.items() if len(times) > 1}
    again = sorted(name for name in repeated - {*twice} if name in stored)
    return Colorings(len(stored), twice, again)


def below(key: str, folder: str) -> str:
    """The path of ``key`` below ``folder`` without query and suffix, where that is a picture, else empty."""
    match = re.fullmatch(re.escape(folder) + r"/(.+)\.(?:jpe?g|png|tiff?)", key.split("?")[0], re.IGNORECASE)
    return match[1] if match else ""
