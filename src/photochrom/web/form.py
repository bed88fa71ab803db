"""The fields of the forms that clients send, and what refuses all others."""

from typing import Annotated, Any

from fastapi import Depends, File, Form, Request, UploadFile

from photochrom.web.hint_fields import Known
from photochrom.web.refusals import RefusedError
from photochrom.web.settings import LARGEST_SIZE

FIELDS = ("file", "model", "size", "page", "hints", "layer", "reference")  # of a form, for each way to get colors
Upload = Annotated[UploadFile, File(description="The photograph.")]
ModelName = Annotated[str, Form(description="Name of a model, as /api/v1/models lists them.")]
Size = Annotated[
    int | None,
    Form(ge=32, le=LARGEST_SIZE, description="Working size in pixels; by default the one the model asks for."),
]
Saturation = Annotated[
    float, Form(ge=0, le=10, allow_inf_nan=False, description="Strength of the colors; 0 leaves it gray.")
]
Warmth = Annotated[
    float, Form(ge=-1, le=1, allow_inf_nan=False, description="Shift of the colors: -1 is cooler, 1 warmer.")
]
KnownColors = Annotated[Known, Depends()]
Share = Annotated[
    float, Form(ge=0, le=1, allow_inf_nan=False, description="Share of the width (x) or height (y), from the top left.")
]
Page = Annotated[int, Form(ge=1, description="Which page of a file of several, counted from 1.")]


def only_fields(*allowed: str) -> Any:
    """A dependency that refuses what would be ignored: a mistyped option must not mean its default."""

    async def check(request: Request) -> None:
        if request.query_params:
            raise RefusedError(422, "options are fields of the form, not of the query")
        keys = [key for key, _ in (await request.form()).multi_items()]
        if unknown := set(keys) - set(allowed):
            raise RefusedError(422, f"no such option; choose from {', '.join(sorted(allowed))}; {len(unknown)} unknown")
        if len(keys) > len(set(keys)):
            raise RefusedError(422, "every field may be there once; send one photograph a request")

    return Depends(check)
