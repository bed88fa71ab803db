"""Whether films are taken here, and which."""

from importlib.util import find_spec

from pydantic import BaseModel, Field

from photochrom.web.settings import FilmSettings

_NEEDED = ("av", "cv2")  # of the extra ``video``


class FilmLimits(BaseModel):
    """What is taken of films, and what becomes of them."""

    bytes: int
    frames: int
    pixels: int = Field(description="Width times height of a frame.")
    at_once: int = Field(description="How many are colored at the same time.")
    waiting: int = Field(description="How many more may wait.")
    result_bytes: int
    unasked_seconds: float = Field(description="After so long without a question, a film is not colored on.")
    kept_seconds: float = Field(description="After so long without a question, a result is removed.")
    suffixes: list[str]


def without_films(settings: FilmSettings) -> str:
    """Why no films are taken, in one line; empty where they are."""
    if not settings.at_once:
        return "this server takes no films; color them with the command line"
    missing = next((name for name in _NEEDED if find_spec(name) is None), None)
    return f"this server takes no films: it lacks the extra video ({missing} is missing)" if missing else ""


def film_limits(settings: FilmSettings) -> FilmLimits:
    """The limits under ``settings``, where films are taken."""
    from photochrom.video.opening import SUFFIXES

    return FilmLimits(
        bytes=settings.max_bytes, frames=settings.max_frames, pixels=settings.max_pixels, at_once=settings.at_once,
        waiting=settings.queue, result_bytes=settings.max_result, unasked_seconds=settings.unasked,
        kept_seconds=settings.kept, suffixes=list(SUFFIXES),
    )  # fmt: skip
