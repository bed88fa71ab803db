"""Running the application: where it listens, how it logs, how it stops."""

import ipaddress
import logging
import socket
import sys
from contextlib import suppress

import uvicorn

from photochrom.errors import PhotochromError, UsageError
from photochrom.web.app import create
from photochrom.web.observability import JsonLines, log
from photochrom.web.settings import Settings

_CONNECTIONS = 512  # open at once; more are answered with 503


def serve(host: str, port: int, settings: Settings) -> None:
    """Serve until stopped by a signal, then finish what was accepted.

    Beyond loopback a token is required. Raises `UsageError` for that, and `PhotochromError` where nobody can listen.
    """
    if not is_loopback(host) and settings.token is None:
        raise UsageError(f"{host} can be reached from other machines: choose a secret, and give it as `token`")
    listening = _listen(host, port)
    _log_as_json()
    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    url = f"http://{shown}:{port}/"
    access = "a token is required" if settings.token else "no token is required"
    log.info("listening", extra={"fields": {"url": url, "access": access, "workers": settings.workers}})
    print(f"Photochrom is at {url} ({access}); Ctrl-C stops it", flush=True)
    server = uvicorn.Server(
        uvicorn.Config(
            create(settings), log_config=None, access_log=False, server_header=False, proxy_headers=False,
            limit_concurrency=_CONNECTIONS, timeout_graceful_shutdown=int(3 * settings.seconds) + 1,
        )
    )  # fmt: skip
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again that it has obeyed
        server.run(sockets=[listening])
    log.info("stopped", extra={"fields": {}})


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PhotochromError(f"cannot listen on {host}, port {port} ({reason}); choose another `port`") from None


def _log_as_json() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("photochrom", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
