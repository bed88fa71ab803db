"""The log, one line of JSON for each request, and Prometheus metrics. Neither has names of files."""

import json
import logging
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photochrom.web.films.jobs import Films, Job
from photochrom.web.films.orders import Failed, Made
from photochrom.web.worker_pool import WorkerPool

log = logging.getLogger("photochrom.web")


class JsonLines(logging.Formatter):
    """Formats a record as a JSON object on one line, with the record's ``fields`` as members."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self, pool: WorkerPool, films: Films) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "photochrom_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "photochrom_request_seconds", "From a request's start to its answer's end", ("route",),
            registry=self.registry, buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
        )  # fmt: skip
        self.work = Histogram(
            "photochrom_work_seconds", "A worker's time for one photograph", ("model",),
            registry=self.registry, buckets=(0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
        )  # fmt: skip
        self.films = Counter("photochrom_films", "Films that ended", ("outcome",), registry=self.registry)
        self.frames = Counter("photochrom_frames", "Frames of films colored", ("model",), registry=self.registry)
        active = Gauge(
            "photochrom_inside", "Uploads being received, waiting, worked on or sent", registry=self.registry
        )
        active.set_function(lambda: pool.active)
        films_inside = Gauge("photochrom_films_inside", "Films waiting, worked on or kept", registry=self.registry)
        films_inside.set_function(lambda: len(films.jobs))

    def film_ended(self, job: Job, told: Made | Failed) -> None:
        """Count a film, and log that it ended, without its name."""
        self.films.labels(job.state.value).inc()
        self.frames.labels(job.order.model).inc(job.moved.done)
        fields = {
            "outcome": job.state.value, "model": job.order.model, "frames": job.moved.done,
            "seconds": round(time.monotonic() - job.began, 3),
        }  # fmt: skip
        if isinstance(told, Failed) and told.traceback:
            fields["traceback"] = told.traceback
        log.info("film", extra={"fields": fields})


class RequestLog:
    """Logs and counts every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, and keep count."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = time.perf_counter()
        status, received, sent = 0, 0, 0

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def counted_send(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, counted_receive, counted_send)
        finally:
            seconds = time.perf_counter() - begun
            route = _route(scope)
            self._metrics.requests.labels(_method(scope), route, status).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            fields = {
                "client": (scope.get("client") or ("",))[0], "method": scope["method"], "path": _path(scope),
                "status": status, "seconds": round(seconds, 4), "received": received, "sent": sent,
                **scope.get("state", {}).get("log_fields", {}),
            }  # fmt: skip
            log.info("request", extra={"fields": fields})


def _route(scope: Scope) -> str:
    """The route's pattern: few values, whatever clients ask for."""
    path = getattr(scope.get("route"), "path", "")
    if path:
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else "other"


def _path(scope: Scope) -> str:
    """The path, without the id of a film: whoever knows that may have the film."""
    return _route(scope) if scope.get("path_params") else str(scope["path"])


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "DELETE", "OPTIONS"} else "other"
