"""The commands of the page: served with the HTTP API, or as static files."""

import math
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, say
from photochrom.errors import UsageError


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: Annotated[str | None, Parameter(env_var="PHOTOCHROM_TOKEN")] = None,
    allow_host: Annotated[list[str] | None, Parameter(negative=())] = None,
    allow_origin: Annotated[list[str] | None, Parameter(negative=())] = None,
    workers: int = 2,
    queue: int = 16,
    megabytes: float = 64,
    megapixels: float = 100,
    seconds: float = 120,
    films: int = 1,
    film_megabytes: float = 256,
    film_frames: int = 9000,
) -> int:
    """Open the page for the browser, and the HTTP API, until Ctrl-C.

    Parameters
    ----------
    host
        Address to listen on. Any other than this machine's own needs --token.
    port
        Port to listen on.
    token
        Secret that clients must show. Other users of the machine may see it here, but not in the environment.
    allow_host
        Another name under which this server is reached, such as the one of a reverse proxy.
    allow_origin
        Another site whose pages may call the API, such as https://example.org.
    workers
        Photographs colored at the same time.
    queue
        Requests that may wait; all others are answered with 503.
    megabytes
        Size of the largest file that is accepted.
    megapixels
        Size of the largest photograph that is accepted.
    seconds
        Seconds that an upload may take, and again its coloring.
    films
        Films colored at the same time, beside the photographs and behind them; 0 takes none.
    film_megabytes
        Size of the largest film that is accepted.
    film_frames
        Length of the longest film that is accepted; 9000 frames are five minutes at 30 a second.
    """
    try:
        from photochrom.web.server import serve as run
        from photochrom.web.settings import FilmSettings, Settings
    except ModuleNotFoundError as error:
        raise _without_extra(error) from None
    if not all(map(math.isfinite, (megabytes, megapixels, seconds, film_megabytes))):
        raise UsageError("megabytes, megapixels and seconds must be finite; choose large ones")
    hosts = frozenset(name.lower() for name in allow_host or [])
    run(
        host, port,
        Settings(
            token, hosts, tuple(allow_origin or []), workers, queue,
            round(megabytes * 1e6), round(megapixels * 1e6), seconds,
            FilmSettings(films, max_bytes=round(film_megabytes * 1e6), max_frames=film_frames),
        ),
    )  # fmt: skip
    return DONE


def site(
    out: Path,
    /,
    *,
    model: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
) -> int:
    """Write the page as a folder of static files: it colors photographs in the visitor's browser, without a server.

    Any web host will do, or `python -m http.server -d OUT`. It works offline after the first visit.

    Parameters
    ----------
    out
        Folder to make; it must be new or empty.
    model
        Name of a model, or an .onnx file; several may be named, of which the page chooses the first.
    """
    try:
        from photochrom.model import DEFAULT
        from photochrom.web.site import write
    except ModuleNotFoundError as error:
        raise _without_extra(error) from None
    written = write(out, model or [DEFAULT])
    loaded = f"a browser loads {written.download / 1e6:.1f} MB of it once"
    say(f"{out}: {written.files} files, {written.bytes / 1e6:.1f} MB; {loaded}")
    return DONE


def _without_extra(error: ModuleNotFoundError) -> UsageError:
    return UsageError(f"this needs the extra web ({error.name} is missing): pip install -c constraints.txt '.[web]'")
