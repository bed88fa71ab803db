"""What the server tells the process that colors a film, and what that tells the server: values as lines of JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Order:
    """A film to color: the file ``source`` into ``target``, named .mp4 or .mkv, and how.

    It has ``total`` frames, as its file says, or 0 where that says nothing. ``hints`` is a folder of hints for single
    frames, as `photochrom.video.key_frames` reads it.
    """

    source: str
    target: str
    max_frames: int
    total: int
    model: str
    size: int | None = None
    saturation: float = 1.0
    warmth: float = 0.0
    codec: str = "h264"
    crf: float = 16.0
    hints: str | None = None
    references: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Moved:
    """How far it is; see `photochrom.video.Progress`."""

    done: int
    total: int
    seen: int


@dataclass(frozen=True)
class Made:
    """The result is there; ``notes`` are what could not be kept or was damaged, a line each."""

    notes: list[str]


@dataclass(frozen=True)
class Failed:
    """There will be no result; ``detail`` says why in one line, and ``traceback`` where that is a fault of ours."""

    detail: str
    traceback: str = ""


Told: TypeAlias = Moved | Made | Failed
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (Order, Moved, Made, Failed)}


def to_line(value: Order | Told) -> bytes:
    """A value as one line."""
    return json.dumps([type(value).__name__, asdict(value)]).encode() + b"\n"


def from_line(line: bytes) -> Any:
    """The value of a line of `to_line`."""
    kind, fields = json.loads(line)
    return _KINDS[kind](**fields)
