"""The routes of the API for films: one begins it, and others ask how far it is, take the result and give it up."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from photochrom.model import DEFAULT
from photochrom.web import rendering
from photochrom.web.api import REFUSALS, UPLOAD_REFUSALS, cache_of, checked, pool_of
from photochrom.web.films.jobs import Films, Job, State
from photochrom.web.films.orders import Order
from photochrom.web.form import KnownColors, ModelName, Saturation, Size, Warmth, only_fields
from photochrom.web.hint_fields import Known
from photochrom.web.refusals import Problem, RefusedError

if TYPE_CHECKING:
    from photochrom.video.demuxing import Film

FILMS = "/api/v1/films"
_FIELDS = (
    "file", "model", "size", "saturation", "warmth", "codec", "crf", "format", "hints", "layer", "reference", "frame",
)  # fmt: skip
_FILM_REFUSALS = UPLOAD_REFUSALS | {
    501: {"model": Problem, "description": "No films are taken here"},
    507: {"model": Problem, "description": "No space on the disk"},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No such film, or no longer"}}
_TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska"}


class FilmStatus(BaseModel):
    """A film that is with the server, and how far it is."""

    id: str
    state: Literal["waiting", "working", "done", "failed"]
    before: int = Field(description="How many films come before it, while it waits.")
    frames: int = Field(description="How many frames are done.")
    seen: int = Field(description="How many frames have been looked at for their colors, which runs ahead.")
    total: int = Field(description="How many frames there are; 0 where nothing says it.")
    rate: float = Field(description="Frames a second, from the beginning of the work.")
    left: float | None = Field(description="About how many seconds it will take yet; null where nothing says it.")
    name: str = Field(description="What the result is called.")
    luma: tuple[float, float, float] = Field(
        description="What its luma is of red, green and blue, as its stream has it."
    )
    bytes: int | None = Field(description="Size of the result, once it is there.")
    notes: list[str] = Field(description="What could not be kept or was damaged, a line each.")
    detail: str | None = Field(description="Why it failed, and what to do, in one line.")


router = APIRouter()


@router.post(
    FILMS, status_code=202, dependencies=[only_fields(*_FIELDS)], tags=["films"], responses=_FILM_REFUSALS,
)  # fmt: skip
async def begin(
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="The film.")],
    known: KnownColors,
    model: ModelName = DEFAULT,
    size: Size = None,
    saturation: Saturation = 1.0,
    warmth: Warmth = 0.0,
    codec: Annotated[
        Literal["h264", "h265", "ffv1"], Form(description="ffv1 keeps every luma sample bit for bit.")
    ] = "h264",
    crf: Annotated[
        float, Form(ge=0, le=51, description="How closely h264 and h265 keep the picture: less is better.")
    ] = 16,
    format: Annotated[
        Literal["mp4", "mkv"] | None, Form(description="By default MP4 for MP4 and MOV, else Matroska.")
    ] = None,
    frame: Annotated[int, Form(ge=0, description="The frame that hints and layer are for, from 0.")] = 0,
) -> FilmStatus:
    """Have a film colored: with its sound, at its own size, its luma handed on as it is. Ask how far it is by its id.

    Nothing is kept: whoever does not ask for three minutes gives it up, and a result is removed when it is deleted, ten
    minutes after it was last asked for, or when the server stops. Hints are for one frame; its shot follows.
    """
    from photochrom.video.encoding import VideoEncoding
    from photochrom.web.films import uploads

    films, cache = films_of(request), cache_of(request)
    max_pixels = checked(request, file, *known.files).max_pixels
    folder = await run_in_threadpool(films.folder)

    def work() -> "tuple[Film, str, Order]":
        known.read(cache.get(model), max_pixels)  # what cannot be used is told now
        path = uploads.stored(file.file, file.filename, folder)
        wanted = f".{format}" if format else None
        film, suffix = uploads.inspected(path, wanted, VideoEncoding(codec, crf), films.settings)
        hints, references = _stored(known, frame, folder)
        return film, suffix, Order(
            str(path), str(folder / f"colored{suffix}"), films.settings.max_frames, film.frames, model, size,
            saturation, warmth, codec, crf, hints, references,
        )  # fmt: skip

    try:
        film, suffix, order = (await pool_of(request).run(work, request.is_disconnected)).value
        made_of = film.tags.weights
        luma = made_of.red, 1 - made_of.red - made_of.blue, made_of.blue
        job = films.begin(folder, rendering.result_name(file.filename, suffix), luma, order)
    except BaseException:
        await run_in_threadpool(films.discard, folder)
        raise
    request.state.log_fields = {"model": model}
    response.headers["Location"] = f"{FILMS}/{job.id}/progress"
    return _status(films, job)


@router.get(f"{FILMS}/{{id}}/progress", tags=["films"], responses=REFUSALS | _UNKNOWN)
async def progress(request: Request, id: str) -> FilmStatus:
    """How far a film is."""
    films = films_of(request)
    return _status(films, films.get(id))


@router.get(
    f"{FILMS}/{{id}}/result", tags=["films"], response_class=FileResponse,
    responses=REFUSALS | _UNKNOWN | {
        200: {"description": "The film in color", "content": {kind: {} for kind in _TYPES.values()}},
        206: {"description": "The range of it that was asked for"},
        409: {"model": Problem, "description": "It is not done yet, or failed"},
    },
)  # fmt: skip
async def result(request: Request, id: str) -> FileResponse:
    """The film in color, or a range of it, once it is done."""
    job = films_of(request).get(id)
    if job.state is not State.DONE:
        raise RefusedError(409, job.detail or "this film is not done yet; ask how far it is")
    delivered = BackgroundTask(job.has_been_sent)
    return FileResponse(job.result, media_type=_TYPES[job.result.suffix], filename=job.name, background=delivered)


@router.delete(f"{FILMS}/{{id}}", status_code=204, tags=["films"], responses=REFUSALS | _UNKNOWN)
async def give_up(request: Request, id: str) -> None:
    """Give a film up, whether it waits, is worked on or is done; nothing of it is left."""
    films = films_of(request)
    await films.remove(films.get(id))


def films_of(request: Request) -> Films:
    """The films that are with the server."""
    films: Films = request.app.state.films
    return films


def _stored(known: Known, frame: int, folder: Path) -> tuple[str | None, list[str]]:
    """What is known of colors as files: the folder of hints of single frames, if there are any, and references."""
    hints = folder / "hints"
    hints.mkdir()
    if known.hints is not None:
        (hints / f"{frame}.hints.json").write_text(known.hints.model_dump_json(), encoding="utf-8")
    if known.layer is not None:
        (hints / f"{frame}.hints.png").write_bytes(_content(known.layer))
    references = []
    if known.reference is not None:
        (folder / "reference").write_bytes(_content(known.reference))
        references = [str(folder / "reference")]
    return (str(hints) if known.hints or known.layer else None), references


def _content(file: UploadFile) -> bytes:
    file.file.seek(0)
    return file.file.read()


def _status(films: Films, job: Job) -> FilmStatus:
    moved = job.moved
    return FilmStatus(
        id=job.id, state=job.state.value, before=films.before(job), frames=moved.done, seen=moved.seen,
        total=moved.total, rate=job.rate(), left=job.left(), name=job.name, luma=job.luma,
        bytes=job.result.stat().st_size if job.state is State.DONE else None, notes=job.notes,
        detail=job.detail or None,
    )  # fmt: skip
