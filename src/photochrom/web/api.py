"""The routes of the API, version 1."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from photochrom.colorizer import Colorizer
from photochrom.model import DEFAULT
from photochrom.version import __version__
from photochrom.web import rendering
from photochrom.web.access_control import entrance_of
from photochrom.web.films.limits import FilmLimits, film_limits, without_films
from photochrom.web.form import FIELDS, KnownColors, ModelName, Page, Saturation, Size, Upload, Warmth, only_fields
from photochrom.web.model_cache import Card, ModelCache
from photochrom.web.refusals import Problem, RefusedError
from photochrom.web.rendering import Rendering
from photochrom.web.settings import Settings
from photochrom.web.worker_pool import Done, WorkerPool

DESCRIPTION = """\
Black-and-white photographs in, color photographs out. Nothing is kept: an upload is gone when its answer is sent.

Options are fields of the form, beside `file`. Whatever is refused comes with `{"detail": "one line"}`; after 503,
come back after `Retry-After` seconds. If the server has a token, send it as `Authorization: Bearer TOKEN`.
"""
PAGES = "X-Photochrom-Pages"
NOTES = "X-Photochrom-Notes"
HEADERS = ("X-Photochrom-Model", "Server-Timing", PAGES, NOTES)

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The form cannot be parsed"},
    401: {"model": Problem, "description": "The token is missing or wrong"},
    403: {"model": Problem, "description": "Asked from another site's page"},
    421: {"model": Problem, "description": "The Host header names another server"},
    422: {"model": Problem, "description": "An option makes no sense, or the photograph is damaged"},
}
UPLOAD_REFUSALS = REFUSALS | {
    408: {"model": Problem, "description": "The photograph arrived too slowly"},
    413: {"model": Problem, "description": "Too many bytes or pixels"},
    415: {"model": Problem, "description": "Not a picture of a kind that can be read"},
    503: {
        "model": Problem, "description": "Busy, or out of time",
        "headers": {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}},
    },
}  # fmt: skip
_PAGES_HEADER = {PAGES: {"description": "Number of pages that the upload has", "schema": {"type": "integer"}}}
_ANSWER_HEADERS = {
    "X-Photochrom-Model": {"description": "The model that predicted the colors", "schema": {"type": "string"}},
    "Server-Timing": {"description": "Milliseconds of waiting and of work", "schema": {"type": "string"}},
} | _PAGES_HEADER
_NOTES_HEADER = {
    NOTES: {
        "description": "What the result cannot hold of the photograph, percent-encoded; absent if it holds all",
        "schema": {"type": "string"},
    }
}


def _picture(description: str, *kinds: str, headers: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that sends a picture, for the OpenAPI document."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {**UPLOAD_REFUSALS, 200: {"description": description, "content": content, "headers": headers}}


class Health(BaseModel):
    """That the server is there."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Limits(BaseModel):
    """How large an upload may be."""

    bytes: int
    pixels: int
    films: FilmLimits | None = Field(description="Those of films; null where none are taken.")


class Models(BaseModel):
    """The models at hand, the limits of this server, the suffixes of the files that it reads, the formats it writes."""

    models: list[Card]
    limits: Limits
    suffixes: list[str]
    formats: list[str]
    films_problem: str = Field(description="Why no films are taken, in one line; empty where they are.")


router = APIRouter()


@router.post(
    "/api/v1/colorize",
    dependencies=[only_fields(*FIELDS, "saturation", "warmth", "format")], tags=["photographs"],
    response_class=Response,
    responses=_picture(
        "The photograph in color", *(kind.media_type for kind in rendering.FORMATS_BY_NAME.values()),
        headers=_ANSWER_HEADERS | _NOTES_HEADER,
    ),
)  # fmt: skip
async def colorize(
    request: Request,
    file: Upload,
    known: KnownColors,
    model: ModelName = DEFAULT,
    size: Size = None,
    saturation: Saturation = 1.0,
    warmth: Warmth = 0.0,
    format: Annotated[
        Literal["png", "jpeg", "tiff", "psd", "ora"] | None,
        Form(
            description="By default JPEG for a JPEG photograph, TIFF for several pages, else PNG. PSD and OpenRaster "
            "have layers: the photograph, and its colors in blend mode Color. /api/v1/models lists which are there."
        ),
    ] = None,
    page: Annotated[
        int | None, Form(ge=1, description="Only this page of a file of several, counted from 1; by default all.")
    ] = None,
) -> Response:
    """Color a photograph: the same size, its metadata kept, the very file that the command line writes.

    A file of several pages becomes a TIFF of as many; all others hold one of them, which `page` chooses. Hints are
    for one page, and for every frame of an animation.
    """
    settings, cache = checked(request, file, *known.files), cache_of(request)
    kind = rendering.FORMATS_BY_NAME[format] if format else None

    def work() -> Rendering:
        limit = settings.max_pixels
        opened = cache.get(model)
        colorizer = Colorizer(opened, size=size, saturation=saturation, warmth=warmth, max_pixels=limit)
        hints = known.read(opened, limit)
        return rendering.colorized(file.file, colorizer, kind, page, hints)

    done = await pool_of(request).run(work, request.is_disconnected)
    result = done.value
    name = rendering.result_name(file.filename, result.format.suffixes[0], page if result.pages > 1 else None)
    headers = _headers(request, model, done) | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(result.content, media_type=result.format.media_type, headers=headers)


@router.post(
    "/api/v1/chroma", dependencies=[only_fields(*FIELDS, "format")], tags=["photographs"],
    response_class=Response,
    responses=_picture(
        "Cb, Cr and how far each pixel is hinted, as red, green and blue", "image/png", "image/jpeg",
        headers=_ANSWER_HEADERS,
    ),
)  # fmt: skip
async def chroma(
    request: Request, file: Upload, known: KnownColors, model: ModelName = DEFAULT, size: Size = None, page: Page = 1,
    format: Annotated[
        Literal["png", "jpeg"],
        Form(description="PNG is exact; JPEG is for quick previews: off by a few levels, and of 600 pixels at most."),
    ] = "png",
) -> Response:  # fmt: skip
    """Only the colors, by a model and by hints, for clients that blend them themselves, as the page does.

    A level v of red and green means a chroma of (v - 128) / 254. Blue is from 0 to 255 how far a pixel is hinted: where
    that is a share h of all, a saturation s is to be s - (s - 1) * h, and a warmth w is to be w * (1 - h). Above 4
    million pixels the picture is smaller than the photograph. For quick answers, send a small copy of the photograph.
    """
    settings, cache = checked(request, file, *known.files), cache_of(request)

    def work() -> Rendering:
        colorizer = Colorizer(cache.get(model), size=size, max_pixels=settings.max_pixels)
        hints = known.read(colorizer.model, settings.max_pixels)
        return rendering.chroma(file.file, colorizer, page, hints, rendering.FORMATS_BY_NAME[format])

    done = await pool_of(request).run(work, request.is_disconnected)
    media_type = done.value.format.media_type
    return Response(done.value.content, media_type=media_type, headers=_headers(request, model, done))


@router.post(
    "/api/v1/preview", dependencies=[only_fields("file", "page")], tags=["photographs"], response_class=Response,
    responses=_picture("The photograph in gray, upright, at its full size", "image/jpeg", headers=_PAGES_HEADER),
)  # fmt: skip
async def preview(request: Request, file: Upload, page: Page = 1) -> Response:
    """A photograph in gray, for showing formats that browsers do not know."""
    settings = checked(request, file)
    done = await pool_of(request).run(
        lambda: rendering.preview(file.file, settings.max_pixels, page), request.is_disconnected
    )
    headers = {PAGES: str(done.value.pages)}
    return Response(done.value.content, media_type=done.value.format.media_type, headers=headers)


@router.get("/api/v1/models", tags=["server"], responses=REFUSALS)
async def models(request: Request) -> Models:
    """The models at hand with their cards, and how large a photograph may be."""
    settings: Settings = request.app.state.settings
    cards = await run_in_threadpool(cache_of(request).cards)
    problem = without_films(settings.films)
    films = None if problem else film_limits(settings.films)
    limits = Limits(bytes=settings.max_bytes, pixels=settings.max_pixels, films=films)
    return Models(
        models=cards, limits=limits, suffixes=rendering.readable(), formats=rendering.writable(), films_problem=problem
    )


@router.get("/healthz", tags=["server"], responses={421: REFUSALS[421]})
async def health() -> Health:
    """Whether the server is there."""
    return Health()


def checked(request: Request, *files: UploadFile | None) -> Settings:
    """The settings. Raises `RefusedError` if the files together are larger than they allow."""
    settings: Settings = request.app.state.settings
    entrance = entrance_of(request.app.state.entrances, request.url.path)
    if sum(file.size or 0 for file in files if file) > entrance.max_bytes:
        raise RefusedError(413, entrance.too_large)
    return settings


def _headers(request: Request, model: str, done: Done[Rendering]) -> dict[str, str]:
    """The headers that say how a picture was made."""
    headers = made_headers(request, model, done) | {PAGES: str(done.value.pages)}
    return headers | ({NOTES: quote("; ".join(done.value.notes))} if done.value.notes else {})


def made_headers(request: Request, model: str, done: Done[Any]) -> dict[str, str]:
    """The headers that say how a response was made; the log and the metrics get the same."""
    request.state.log_fields = {"model": model, "waited": round(done.waited, 4), "worked": round(done.worked, 4)}
    request.app.state.metrics.work.labels(model).observe(done.worked)
    timing = f"queue;dur={done.waited * 1000:.1f}, work;dur={done.worked * 1000:.1f}"
    return {"X-Photochrom-Model": model, "Server-Timing": timing}


def pool_of(request: Request) -> WorkerPool:
    """The pool that does the work of requests."""
    pool: WorkerPool = request.app.state.pool
    return pool


def cache_of(request: Request) -> ModelCache:
    """The models that are open."""
    cache: ModelCache = request.app.state.cache
    return cache
