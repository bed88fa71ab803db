"""Refused requests: a status and a message of one line, sent as ``{"detail": line}``."""

from pydantic import BaseModel, Field
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

RETRY_SECONDS = 5  # that a client should wait when the server is busy


class RefusedError(Exception):
    """A request that is answered with ``status`` and one line that says what is wrong and what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Problem(BaseModel):
    """How every refusal looks."""

    detail: str = Field(description="What is wrong, and what to do, in one line.")


def response(status: int, detail: str) -> JSONResponse:
    """The answer for a refusal, with the headers that its status asks for."""
    answer = JSONResponse({"detail": detail}, status)
    headers = MutableHeaders(raw=answer.raw_headers)
    if status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    elif status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="photochrom"'
    return answer


async def refuse(refusal: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with ``refusal`` in a middleware, where no exception handler is."""
    await response(refusal.status, refusal.detail)(scope, receive, send)
