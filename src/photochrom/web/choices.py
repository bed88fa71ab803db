"""The routes of the API for those who choose: several answers for a photograph, and the colors of one place."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from photochrom.answers import MOST
from photochrom.colorizer import Colorizer
from photochrom.model import DEFAULT
from photochrom.web import rendering
from photochrom.web.api import UPLOAD_REFUSALS, cache_of, checked, made_headers, pool_of
from photochrom.web.form import FIELDS, KnownColors, ModelName, Page, Share, Size, Upload, only_fields
from photochrom.web.hint_fields import HintSet, from_hints

T = TypeVar("T")


class Answers(BaseModel):
    """Several versions of a photograph, each as what it adds to the hints that were sent."""

    answers: list[HintSet]


class Suggestion(BaseModel):
    """A color that is possible at a place: red, green and blue from 0 to 255, and its probability."""

    color: tuple[int, int, int]
    probability: float


class Suggestions(BaseModel):
    """The colors that are possible at a place, the most likely first."""

    colors: list[Suggestion]


router = APIRouter()


@router.post("/api/v1/answers", dependencies=[only_fields(*FIELDS, "count")], tags=["photographs"],
    responses=UPLOAD_REFUSALS)  # fmt: skip
async def answers(
    request: Request, file: Upload, known: KnownColors, response: Response, model: ModelName = DEFAULT,
    size: Size = None, page: Page = 1,
    count: Annotated[int, Form(ge=1, le=MOST, description="How many answers are wanted at most.")] = MOST,
) -> Answers:  # fmt: skip
    """Several plausible versions of a photograph, each as the hints that make it. The first adds none.

    Send an answer's hints to colorize or chroma, with those that were known before, which come last. There are fewer
    answers where the model is sure of the colors.
    """
    settings, cache = checked(request, file, *known.files), cache_of(request)

    def work() -> Answers:
        colorizer = Colorizer(cache.get(model), size=size, max_pixels=settings.max_pixels)
        hints = known.read(colorizer.model, settings.max_pixels)
        return Answers(
            answers=[from_hints(one) for one in rendering.added_hints(file.file, colorizer, count, page, hints)]
        )

    return await _told(request, response, model, work)


@router.post("/api/v1/suggest", dependencies=[only_fields(*FIELDS, "x", "y")], tags=["photographs"],
    responses=UPLOAD_REFUSALS)  # fmt: skip
async def suggest(
    request: Request, file: Upload, known: KnownColors, response: Response, x: Share, y: Share,
    model: ModelName = DEFAULT, size: Size = None, page: Page = 1,
) -> Suggestions:  # fmt: skip
    """The colors that are possible at one place, the most likely first; their probabilities sum up to 1."""
    settings, cache = checked(request, file, *known.files), cache_of(request)

    def work() -> Suggestions:
        colorizer = Colorizer(cache.get(model), size=size, max_pixels=settings.max_pixels)
        hints = known.read(colorizer.model, settings.max_pixels)
        found = rendering.suggested(file.file, colorizer, (x, y), page, hints)
        return Suggestions(colors=[Suggestion(color=one.color, probability=one.probability) for one in found])

    return await _told(request, response, model, work)


async def _told(request: Request, response: Response, model: str, work: Callable[[], T]) -> T:
    """What ``work`` tells in a worker, with the headers of answers."""
    done = await pool_of(request).run(work, request.is_disconnected)
    response.headers.update(made_headers(request, model, done))
    return done.value
