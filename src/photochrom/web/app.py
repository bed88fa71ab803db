"""The application: its routes, and the layers around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import resources
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from photochrom.version import __version__
from photochrom.web import api, choices
from photochrom.web.access_control import ELSEWHERE, AccessControl, Admission, Entrance, SecurityHeaders
from photochrom.web.films import routes
from photochrom.web.films.jobs import Films
from photochrom.web.head_requests import HeadRequests
from photochrom.web.model_cache import ModelCache
from photochrom.web.observability import Metrics, RequestLog, log
from photochrom.web.refusals import RefusedError, response
from photochrom.web.settings import Settings
from photochrom.web.worker_pool import BusyError, GoneError, OverdueError, WorkerPool

_STATIC = Path(__file__).with_name("static")


def create(settings: Settings) -> FastAPI:
    """The page and the API under ``settings``; each application has its own pool, models and metrics."""
    pool = WorkerPool(settings.workers, settings.queue, settings.seconds)
    films = Films(settings.films)
    metrics = Metrics(pool, films)
    films.on_end = metrics.film_ended

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with films.opened():
            yield
        pool.close()

    app = FastAPI(
        title="Photochrom", version=__version__, description=api.DESCRIPTION, lifespan=lifespan, docs_url=None,
        redoc_url=None,
    )  # fmt: skip
    app.state.settings, app.state.pool, app.state.metrics, app.state.cache = settings, pool, metrics, ModelCache()
    app.state.films, app.state.entrances = films, _entrances(pool, films, settings)
    _pages(app, metrics)
    # `AccessControl` checks the token; this only puts it into the OpenAPI document.
    for router in (api.router, choices.router, routes.router):
        app.include_router(router, dependencies=[Depends(HTTPBearer(auto_error=False))] if settings.token else [])
    _answers(app)
    # The last one added is the outermost.
    app.add_middleware(HeadRequests)
    app.add_middleware(Admission, entrances=app.state.entrances)
    app.add_middleware(AccessControl, settings=settings)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization"], expose_headers=[*api.HEADERS, "Content-Disposition", "Retry-After"],
        )  # fmt: skip
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, metrics=metrics)
    return app


def _entrances(pool: WorkerPool, films: Films, settings: Settings) -> dict[str, Entrance]:
    """How uploads come in, by their path; films are larger, and have as much time for each byte."""
    slower = max(1.0, settings.films.max_bytes / settings.max_bytes)
    return {
        ELSEWHERE: Entrance(pool.admitted, settings.max_bytes, settings.seconds),
        routes.FILMS: Entrance(
            films.admitted, settings.films.max_bytes, slower * settings.seconds, "film",
            "cut it, or color it with the command line",
        ),
    }  # fmt: skip


def _pages(app: FastAPI, metrics: Metrics) -> None:
    page = partial(FileResponse, media_type="text/html")

    @app.get("/", include_in_schema=False)
    async def index() -> Response:
        return page(_STATIC / "index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return page(_STATIC / "docs.html")

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return FileResponse(_STATIC / "icon.svg")

    @app.get("/metrics", include_in_schema=False)
    async def metrics_text() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    # Swagger UI as a package brings it: it is Apache-2.0, 1.7 MB, and nothing of ours.
    swagger = Path(str(resources.files("fastapi_offline"))) / "static"
    app.mount("/swagger", StaticFiles(directory=swagger), name="swagger")


def _answers(app: FastAPI) -> None:
    """Whatever goes wrong is answered in the same form."""

    async def answer(_: Request, error: Exception) -> JSONResponse:
        match error:
            case RefusedError(status=status, detail=detail):
                return response(status, detail)
            case BusyError():
                return response(503, "the server is busy; try again in a moment")
            case OverdueError():
                return response(503, f"took longer than {app.state.settings.seconds:g} s; try a smaller photograph")
            case GoneError():
                return response(499, "nobody waits for this any more")  # as nginx calls it, for the log
            case RequestValidationError():
                first = error.errors()[0]
                place = ".".join(str(part) for part in first["loc"][1:])
                return response(422, f"{place}: {first['msg']}" if place else str(first["msg"]))
            case HTTPException(status_code=status, detail=detail):
                answered = response(status, str(detail))
                answered.headers.update(error.headers or {})
                return answered
        log.error("failed", exc_info=error)
        return response(500, "the server failed; its log says why")

    for kind in (RefusedError, BusyError, OverdueError, GoneError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
