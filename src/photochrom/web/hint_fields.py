"""Hints as fields of a form: points as JSON, in the format of files of hints; a layer and a reference as files."""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Annotated, Any, Literal

from fastapi import File, Form
from fastapi import UploadFile as Upload  # which forms are declared with; what arrives may be Starlette's
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, model_validator
from starlette.datastructures import UploadFile

from photochrom.errors import HintError, ModelError
from photochrom.hints import Hints, Point
from photochrom.hints.files import read_layer
from photochrom.hints.points import RADIUS
from photochrom.hints.reference import References
from photochrom.model import Model
from photochrom.photos.reading import ReadOptions
from photochrom.web.refusals import RefusedError

_MOST_POINTS = 1000
_MOST_BYTES = 1_000_000  # of JSON
_MOST_SQUARES = 1.0  # of all radii together: every disk takes time for every pixel in it
_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "hints": [
        {"x": 0.42, "y": 0.61, "color": "firebrick"},
        {"x": 0.8, "y": 0.15, "color": [110, 140, 190], "radius": 0.03},
    ],
}
_Share = Annotated[float, Field(ge=0, le=1)]
_Level = Annotated[int, Field(ge=0, le=255)]


class HintPoint(BaseModel):
    """A place in the photograph whose color is known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    x: _Share = Field(description="Share of the width of the upright photograph, from its left.")
    y: _Share = Field(description="Share of its height, from its top.")
    color: str | tuple[_Level, _Level, _Level] = Field(
        description="A CSS color, such as firebrick or #b22222, or red, green and blue from 0 to 255."
    )
    radius: float = Field(default=RADIUS, gt=0, le=1, description="Share of the longer side.")


class HintSet(BaseModel):
    """What is known of a photograph's colors: the JSON of a file of hints. Where points meet, the later one wins."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": _EXAMPLE})

    version: Literal[1]
    hints: list[HintPoint] = Field(max_length=_MOST_POINTS)

    @model_validator(mode="after")
    def _are_small(self) -> "HintSet":
        if sum(point.radius**2 for point in self.hints) > _MOST_SQUARES:
            raise ValueError("the points together are too large; make their radii smaller, or send them as a layer")
        return self


def _text(sent: object) -> object:
    """The text of a field that was sent as a file."""
    if not isinstance(sent, UploadFile):
        return sent
    if (sent.size or 0) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES / 1e6:g} MB; send fewer points, or a layer")
    return sent.file.read()


HintJson = Annotated[Json[HintSet], BeforeValidator(_text)]


@dataclass(frozen=True)
class Known:
    """The fields of a form that say what is known of a photograph's colors. Where they meet, the first of them wins."""

    hints: Annotated[
        HintJson | None,
        Form(description="Colors that are known at some places, as JSON, as in a file of hints. They are obeyed."),
    ] = None
    layer: Annotated[
        Upload | None,
        File(
            description="Colors that are known, as a PNG of the photograph's aspect, painted where one is known and "
            "transparent elsewhere. Where `hints` say something, too, those win."
        ),
    ] = None
    reference: Annotated[
        Upload | None,
        File(
            description="A photograph in color of the same things or people: where the photograph looks like it, it "
            "takes its colors. `hints` and `layer` win."
        ),
    ] = None

    @property
    def files(self) -> list[Upload]:
        """The uploads among them."""
        return [file for file in (self.layer, self.reference) if file is not None]

    def read(self, model: Model, max_pixels: int) -> Hints | None:
        """What they know for ``model``; pictures have at most ``max_pixels``. None if it is nothing.

        Raises `RefusedError`.
        """
        some = filter(None, (self._of_reference(model, max_pixels), self._of_layer(max_pixels), self._of_points()))
        return reduce(add, some, Hints()) or None

    def _of_reference(self, model: Model, max_pixels: int) -> Hints | None:
        if self.reference is None:
            return None
        try:
            content = self.reference.file.read()
            return Hints((References.read(model, [content], ReadOptions(max_pixels)),))
        except (HintError, ModelError) as error:
            raise RefusedError(422, str(error)) from None

    def _of_layer(self, max_pixels: int) -> Hints | None:
        if self.layer is None:
            return None
        try:
            return Hints((read_layer(self.layer.file.read(), "layer", max_pixels),))
        except HintError as error:
            raise RefusedError(422, str(error)) from None

    def _of_points(self) -> Hints | None:
        if self.hints is None:
            return None
        try:
            return Hints.from_points(Point(**point.model_dump()) for point in self.hints.hints)
        except HintError as error:
            raise RefusedError(422, f"hints: {error}") from None


def from_hints(hints: Hints) -> HintSet:
    """Hints that are points, as the JSON of a file of hints."""
    return HintSet.model_validate_json(hints.to_json())
