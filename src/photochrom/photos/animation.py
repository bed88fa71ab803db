"""Animations: the frames of GIF, PNG, WebP and AVIF files, in and out."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from photochrom.atomic import CheckedFile
from photochrom.photos import formats, png_pixels
from photochrom.photos.formats import Format
from photochrom.photos.pillow import open_picture


@dataclass(frozen=True)
class Animation:
    """That a file holds ``frames`` pictures, to be shown ``plays`` times one after the other; 0 is for ever.

    ``still`` is why its still picture or first frame alone is read, if so.
    """

    frames: int
    plays: int
    still: str = ""


def inspect(content: bytes, kind: Format) -> Animation | None:
    """The animation in a file; None for a still picture. Raises what the format's reader raises for damage."""
    if not kind.animation:
        return None
    if kind is formats.PNG:
        count = png_pixels.frame_count(content)
        if count == 1:
            return None
        if png_pixels.is_deep(content):
            return Animation(count, 0, "those of 16 bit are not read")
    with open_picture(io.BytesIO(_pixels(content, kind)), kind.name) as image:
        count, repeated = getattr(image, "n_frames", 1), image.info.get("loop")
    if count == 1:
        return None
    if kind is formats.GIF:  # it says how often they are shown again
        return Animation(count, 1 if repeated is None else repeated and repeated + 1)
    return Animation(count, repeated or 0)


def frames(content: bytes, kind: Format) -> Iterator[tuple[Image.Image, float]]:
    """Each frame as it is shown, with its duration in milliseconds. Raises what `inspect` does."""
    with open_picture(io.BytesIO(_pixels(content, kind)), kind.name) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
            yield image.copy(), float(image.info.get("duration") or 0)


def save(
    path: Path,
    kind: Format,
    pictures: list[tuple[Image.Image, float]],
    plays: int,
    options: dict[str, Any],
) -> None:
    """Write ``pictures``, each with its duration in milliseconds; ``options`` are those of Pillow's ``save``."""
    (first, _), *others = pictures
    durations = [round(duration) for _, duration in pictures]
    options = options | {"save_all": True, "append_images": [picture for picture, _ in others], "duration": durations}
    if kind is formats.PNG:  # every frame is whole: it takes the place of the one before
        options |= {"loop": plays, "disposal": 0, "blend": 0}
    elif kind is formats.WEBP:
        options |= {"loop": plays}
    with CheckedFile(path) as file:
        first.save(file, format=kind.name, **options)


def _pixels(content: bytes, kind: Format) -> bytes:
    return png_pixels.alone(content, animated=True) if kind is formats.PNG else content
