"""Films opened for FFmpeg, which sees the bytes of the file and nothing else: not its name, no other file, no network.

FFmpeg takes some names for addresses, patterns of names or lists, and some files name others that are to be read in
their place (playlists, lists of `concat`, references in MOV).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from photochrom.batch.finding import special_kind
from photochrom.errors import PhotoError

SUFFIXES = (
    ".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".mpg", ".mpeg", ".m2v", ".ts", ".m2ts", ".vob", ".wmv", ".flv",
    ".3gp", ".ogv", ".mxf", ".nut", ".dv",
)  # fmt: skip
_ALONE = {"protocol_whitelist": "none"}  # for whatever a file names; its own bytes come from here
_READ = 1 << 18  # bytes at a time


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container at ``path``, to read from. Raises `PhotoError`."""
    if special := special_kind(path):
        raise PhotoError(f"{path}: is a {special}, not a file; store the film in one")
    try:
        file = io.FileIO(path)
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file; check the name") from None
    except OSError as error:
        raise PhotoError(f"{path}: cannot be read ({error.strerror}); check the file") from None
    with file:
        if not path.stat().st_size:
            raise PhotoError(f"{path}: is empty; copy it anew")
        suffix = path.suffix.lower()
        file.name = f"film{suffix if suffix in SUFFIXES else ''}"  # by the suffix, FFmpeg tells some formats apart
        try:
            container = av.open(file, "r", metadata_errors="replace", buffer_size=_READ, container_options=dict(_ALONE))
        except (FFmpegError, OSError) as error:
            reason = error.strerror or str(error)
            raise PhotoError(f"{path}: cannot be read as a film ({reason}); it may be cut off, or no film") from None
        with container:
            yield container


def video_of(container: InputContainer, path: Path) -> VideoStream:
    """The stream that is colored: the first that is no cover picture. Raises `PhotoError`."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            if stream.codec_context is None:
                raise PhotoError(f"{path}: its video has a codec that cannot be decoded; convert it first")
            stream.thread_type = "AUTO"
            return stream
    raise PhotoError(f"{path}: holds no video")
