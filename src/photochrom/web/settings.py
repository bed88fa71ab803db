"""The settings and limits of a server."""

from dataclasses import dataclass, field

from photochrom.errors import UsageError

SHORTEST_TOKEN = 12  # characters; a shorter one could be guessed over a network
LARGEST_SIZE = 1024  # of the working size: the memory that a network takes grows with its square


@dataclass(frozen=True)
class FilmSettings:
    """The limits of films. Raises `UsageError` for numbers that make no sense."""

    at_once: int = 1
    """Films colored at the same time; with 0, none are taken."""
    queue: int = 4
    """Films that may wait. As many as these together may be there at all, results included."""
    max_bytes: int = 256_000_000
    """Size of one file."""
    max_frames: int = 9_000
    """Length of one film: five minutes at 30 frames a second."""
    max_pixels: int = 1920 * 1088
    """Width times height of a frame."""
    max_result: int = 512_000_000
    """Size of one result. On the way to it, twice as much is needed on disk."""
    unasked: float = 180.0
    """Seconds after which a film that nobody asks for any more is not colored on."""
    kept: float = 600.0
    """Seconds after which a result that nobody asks for any more is removed."""

    def __post_init__(self) -> None:
        positive = self.max_bytes, self.max_frames, self.max_pixels, self.max_result, self.unasked, self.kept
        if min(positive) <= 0 or min(self.at_once, self.queue) < 0:
            raise UsageError("the limits of films must be above 0, their number and queue not below it")


@dataclass(frozen=True)
class Settings:
    """The limits of one server. Raises `UsageError` for numbers that make no sense."""

    token: str | None = None
    """The bearer token that clients must show; None accepts everybody."""
    hosts: frozenset[str] = frozenset()
    """Names, in lower case, that the Host header may hold beside ``localhost`` and IP addresses."""
    origins: tuple[str, ...] = ()
    """Origins of other pages that may call the API (CORS)."""
    workers: int = 2
    """Photographs colored at the same time."""
    queue: int = 16
    """Requests that may wait for a worker; more are answered with 503."""
    max_bytes: int = 64_000_000
    """Size of one file."""
    max_pixels: int = 100_000_000
    """Width times height of one photograph."""
    seconds: float = 120.0
    """For receiving a request, and again for its waiting and its work together."""
    films: FilmSettings = field(default_factory=FilmSettings)
    """What is taken of films, where the extra ``video`` is installed."""

    def __post_init__(self) -> None:
        if self.token is not None and (len(self.token) < SHORTEST_TOKEN or not self.token.isascii()):
            raise UsageError(f"the token must be at least {SHORTEST_TOKEN} characters of plain ASCII")
        if min(self.workers, self.max_bytes, self.max_pixels) < 1 or self.queue < 0 or self.seconds <= 0:
            raise UsageError("workers, megabytes, megapixels and seconds must be above 0, the queue not below it")
