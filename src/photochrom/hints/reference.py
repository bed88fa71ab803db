"""References: photographs in color, whose colors the places of another photograph take that look like theirs.

How a place looks is what the encoder of the model sees there: its maps at 1/8 and 1/16 of the working size, each of
unit length, joined. Two places are as alike as the cosine between them. A place takes the mean color of all places of
the references, of which the most alike count most: grass looks like any grass, and no piece of it is the right one. How
clear that is has two parts. Two photographs of one scene are more alike than any others, so what counts first is how
alike the places of both are, on average, to the best of the other; and then, at each place, how alike it and its
neighbors are. The bounds were chosen on films, by `benchmarks/references.py`.

Matching by the deep features of two photographs, and spreading the colors of one: He et al. 2018, "Deep
Exemplar-based Colorization", arXiv:1807.06587. Departure: the network is the one that paints; nothing was trained for
it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from photochrom.color import is_gray, rgb_to_chroma, rgb_to_luma
from photochrom.errors import HintError, PhotoError
from photochrom.hints.layers import ChromaField
from photochrom.model import Model
from photochrom.photos import reading
from photochrom.photos.reading import ReadOptions
from photochrom.upsampling import resize
from photochrom.working_size import working_shape

_SHARPNESS = 0.03  # by how much less alike a place may be to count 1/e as much
# Likeness up to which nothing is known, and from which all is: of the whole photographs, and of a place.
_SCENE, _PLACE = (0.57, 0.62), (0.5, 0.7)
_LARGEST = 512  # working size at which photographs are compared: a model's own may have too many places
_ROWS = 512  # places that are compared with all others at a time

Picture: TypeAlias = str | Path | bytes | Image.Image


@dataclass(frozen=True, eq=False)
class _Places:
    """A photograph in color: ``looks`` (n, C) of unit length and ``chroma`` (n, 2) of its places."""

    looks: np.ndarray
    chroma: np.ndarray


@dataclass(frozen=True, eq=False)
class References:
    """Photographs in color as ``model`` sees them, to be matched to any number of others.

    ``digest`` is a short name of them, the same wherever they are.
    """

    model: Model
    places: tuple[_Places, ...]
    digest: str

    @classmethod
    def read(cls, model: Model, pictures: Iterable[Picture], options: ReadOptions | None = None) -> "References":
        """Files, their contents, or Pillow pictures; of several pages, the first.

        Raises `HintError` for one that cannot be read or is gray, and where there are none; `ModelError` for a model
        without features.
        """
        model.refuse_without_features()
        digest, places = hashlib.sha256(), []
        for picture in pictures:
            rgb = _colors(picture, options, model.working_size)
            digest.update(repr(rgb.shape).encode() + rgb.tobytes())
            places.append(_places(model, rgb.astype(np.float32) / 255))
        if not places:
            raise HintError("no reference is named; name a photograph in color")
        return cls(model, tuple(places), digest.hexdigest()[:12])

    def match(self, luma: np.ndarray) -> ChromaField:
        """What the references know of a photograph, luma float32 (H, W) in [0, 1] of any size."""
        looks = looks_of(self.model, luma, _size(self.model))
        shape = looks.shape[:2]
        known = matched(looks, [(one.looks, one.chroma) for one in self.places])
        # In the photograph's own aspect, which the working size only comes near to.
        side = max(shape) / max(luma.shape)
        height, width = (max(1, round(pixels * side)) for pixels in luma.shape)
        return ChromaField(np.stack([resize(plane, height, width, Image.Resampling.BILINEAR) for plane in known]))


def matched(looks: np.ndarray, references: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Chroma for the places of a photograph, and how clear it is: float32 (3, h, w), which are Cb·m, Cr·m and m.

    ``looks`` float32 (h, w, C) are how they look; each reference is how its n places look, (n, C), and their chroma,
    (n, 2). All looks are of unit length.
    """
    height, width, _ = looks.shape
    flat = looks.reshape(height * width, -1)
    best, weights, sums = (np.zeros((height * width, *rest), np.float32) for rest in ((), (), (2,)))
    for others, chroma in references:
        alike, mean, back = _vote(flat, others, chroma)
        one_scene = smoothstep((alike.mean() + back) / 2, *_SCENE)
        clear = one_scene * smoothstep(mean_of_neighbors(alike.reshape(height, width)), *_PLACE).ravel()
        weight = clear * np.exp((alike - 1) / _SHARPNESS)
        best = np.maximum(best, clear)
        weights += weight
        sums += weight[:, None] * mean
    chroma = sums / weights.clip(min=1e-30)[:, None]
    planes: np.ndarray = np.concatenate((chroma * best[:, None], best[:, None]), axis=1).T
    return planes.reshape(3, height, width)


def _vote(looks: np.ndarray, others: np.ndarray, chroma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.float32]:
    """How alike the place is that is most alike to each of ``looks``, (N,), and the mean ``chroma`` of such, (N, 2).

    The last is how alike, on average, those of ``looks`` are that are most alike to each of ``others``.
    """
    alike, means = np.empty(len(looks), np.float32), np.empty((len(looks), 2), np.float32)
    back = np.full(len(others), -1, np.float32)
    for start in range(0, len(looks), _ROWS):
        rows = slice(start, start + _ROWS)
        cosines = looks[rows] @ others.T
        alike[rows] = cosines.max(axis=1)
        np.maximum(back, cosines.max(axis=0), out=back)
        weights = np.exp((cosines - alike[rows, None]) / _SHARPNESS)
        means[rows] = weights @ chroma / weights.sum(axis=1, keepdims=True)
    return alike, means, back.mean()


def smoothstep(alike: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    """0 up to ``lowest``, 1 from ``highest`` on, and smooth between them."""
    share = ((alike - lowest) / (highest - lowest)).clip(0, 1)
    result: np.ndarray = share * share * (3 - 2 * share)
    return result


def mean_of_neighbors(plane: np.ndarray) -> np.ndarray:
    """Of each place (h, w) and its eight neighbors."""
    height, width = plane.shape
    padded = np.pad(plane, 1, mode="edge")
    nine = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.asarray(np.mean(nine, axis=0))


def looks_of(model: Model, luma: np.ndarray, size: int) -> np.ndarray:
    """How each place of a photograph, luma (H, W), looks to the model at ``size``: float32 (h, w, C) of unit length.

    Raises `ModelError` for a model without features.
    """
    height, width = luma.shape
    shape = working_shape(height, width, size, model.multiple_of)
    seen = model.features(resize(luma, *shape, Image.Resampling.BICUBIC).clip(0, 1)[None, None])
    height, width = seen[0].shape[-2:]
    joined = []
    for maps in seen:
        fine = np.stack([resize(plane, height, width, Image.Resampling.BILINEAR) for plane in maps[0]], axis=-1)
        joined.append(fine / np.linalg.norm(fine, axis=-1, keepdims=True).clip(min=1e-6) / len(seen) ** 0.5)
    return np.concatenate(joined, axis=-1)


def _places(model: Model, rgb: np.ndarray) -> _Places:
    luma: np.ndarray = rgb_to_luma(rgb)
    looks = looks_of(model, luma[0], _size(model))
    height, width, channels = looks.shape
    chroma = [resize(plane, height, width, Image.Resampling.BOX) for plane in rgb_to_chroma(rgb)]
    return _Places(looks.reshape(-1, channels), np.stack(chroma, axis=-1).reshape(-1, 2))


def _size(model: Model) -> int:
    """The size at which photographs are compared."""
    return min(model.working_size, _LARGEST)


def luma_of(picture: Picture) -> np.ndarray:
    """luma float32 (H, W) of a photograph. Raises `PhotoError`."""
    if isinstance(picture, Image.Image):
        photo = reading.from_image(picture)
    else:
        photo = reading.read(picture if isinstance(picture, bytes) else Path(picture))
    return np.asarray(photo.luma[0])


def _colors(picture: Picture, options: ReadOptions | None, size: int) -> np.ndarray:
    """rgb uint8 (3, H, W) of a reference that is to be seen at the working ``size``. Raises `HintError`."""
    if isinstance(picture, Image.Image):
        name, rgb = "the reference", reading.rgb_from_image(picture)
    else:
        source = picture if isinstance(picture, bytes) else Path(picture)
        name = "the reference" if isinstance(source, bytes) else str(source)
        try:
            rgb = reading.inspect(source, options, name).read_rgb()
        except PhotoError as error:
            raise HintError(f"{error}") from None
    rgb = _reduced(rgb, size)
    if is_gray(rgb / np.float32(255)):
        raise HintError(f"{name}: is gray, and a reference lends its colors; name a photograph in color")
    return rgb


def _reduced(rgb: np.ndarray, size: int) -> np.ndarray:
    """``rgb`` uint8 (3, H, W), made smaller where it is far larger than ``size``; of floats, a scan has many."""
    _, height, width = rgb.shape
    factor = min(int((height * width) ** 0.5 / (2 * size)), height, width)
    if factor < 2:
        return rgb
    reduced = Image.fromarray(rgb.transpose(1, 2, 0)).reduce(factor)
    return np.asarray(reduced).transpose(2, 0, 1)
