"""Middleware: who may use the server, how much may be sent, and the security headers of every answer.

Plain ASGI, because requests must be checked before their body is read.
"""

import asyncio
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photochrom.web.refusals import RefusedError, refuse
from photochrom.web.settings import Settings
from photochrom.web.worker_pool import BusyError

log = logging.getLogger(__name__)

ELSEWHERE = "*"  # in the place of a path: how uploads come in that have no entrance of their own
_FORM = 100_000  # bytes that a form may have beside its file
# With these two, a browser isolates the page from others, and lets it run threads that share memory.
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
_HEADERS = ISOLATION | {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Adds headers to every answer, so that a browser does no more with it than the page needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, and add headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith("/api/") else "no-cache")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class AccessControl:
    """Accepts requests that name this server, come from its own page or an allowed one, and show the token.

    A foreign name in the Host header means that another site's name was made to point to this server (DNS
    rebinding). Addresses cannot be rebound. The page itself needs no token, as it must ask for it.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the app, or with a refusal."""
        if scope["type"] == "http":
            try:
                self._check(scope)
            except RefusedError as refusal:
                return await refuse(refusal, scope, receive, send)
        return await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise RefusedError(421, "the Host header names another server; start this one with --allow-host NAME")
        origin = headers.get("origin")
        if scope["method"] not in {"GET", "HEAD"} and origin is not None and not self._may_call(origin, host):
            raise RefusedError(403, "another site's page may not use this server; see --allow-origin")
        if self._settings.token is not None and scope["path"].startswith(("/api/", "/metrics")):
            scheme, _, shown = headers.get("authorization", "").partition(" ")
            right = secrets.compare_digest(shown.strip().encode(), self._settings.token.encode())
            if scheme.lower() != "bearer" or not right:
                raise RefusedError(401, "this server asks for its token, as the header Authorization: Bearer TOKEN")

    def _may_call(self, origin: str, host: str) -> bool:
        return origin in self._settings.origins or origin.partition("://")[2].lower() == host.lower()

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in {"localhost", *self._settings.hosts}:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class Entrance:
    """How uploads come in: past ``admitted``, which may raise, with at most ``max_bytes`` in at most ``seconds``.

    ``kind`` is what is sent, and ``smaller`` what to do where it is too large.
    """

    admitted: Callable[[], AbstractContextManager[None]]
    max_bytes: int
    seconds: float
    kind: str = "photograph"
    smaller: str = "save it smaller, or as JPEG"

    @property
    def too_large(self) -> str:
        """The message for a file that is too large."""
        return f"the file has more than {self.max_bytes / 1e6:g} MB; {self.smaller}"


def entrance_of(entrances: Mapping[str, Entrance], path: str) -> Entrance:
    """How an upload to ``path`` comes in."""
    return entrances.get(path, entrances[ELSEWHERE])


class Admission:
    """Lets uploads in before their body is read, and limits their size and time: ``entrances`` are by their paths.

    Where a body is too large or too slow, ``receive`` raises an `HTTPException`, which the application answers.
    """

    def __init__(self, app: ASGIApp, entrances: Mapping[str, Entrance]) -> None:
        self._app = app
        self._entrances = entrances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the app, or with a refusal."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS", "DELETE"}:
            await self._app(scope, receive, send)
            return
        entrance = entrance_of(self._entrances, scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > entrance.max_bytes + _FORM:
            await refuse(RefusedError(413, entrance.too_large), scope, receive, send)
            return
        try:
            with entrance.admitted():
                # Receiving and working have limits of their own; this one is for clients that do not read their answer.
                async with asyncio.timeout(3 * entrance.seconds):
                    await self._app(scope, _bounded(receive, entrance), send)
        except BusyError:
            await refuse(RefusedError(503, "the server is busy; try again in a moment"), scope, receive, send)
        except RefusedError as refusal:
            await refuse(refusal, scope, receive, send)
        except TimeoutError:
            log.warning("a client was too slow to read its answer", extra={"fields": {"path": scope["path"]}})


def _bounded(receive: Receive, entrance: Entrance) -> Receive:
    until = time.monotonic() + entrance.seconds
    left = entrance.max_bytes + _FORM
    complete = False

    async def bounded() -> Message:
        nonlocal left, complete
        if complete:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0, until - time.monotonic()))
        except TimeoutError:
            raise HTTPException(408, f"the {entrance.kind} did not arrive in {entrance.seconds:g} s") from None
        complete = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, entrance.too_large)
        return message

    return bounded
