"""The colorizer: photograph → luma → model → chroma → photograph, with the luma untouched.

The order is: enlarge the chroma, saturate, fit the gamut, round.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from photochrom import photos, writing
from photochrom.chroma import enlarge, resize
from photochrom.color import fit_gamut, merge, rgb_to_luma
from photochrom.errors import PhotoError
from photochrom.model import DEFAULT, Model, load
from photochrom.photos import Photo
from photochrom.writing import Encoding

_SMALLEST = 32  # pixels; below this a deep generator sees nothing
_BAND = 1 << 20  # pixels merged at a time, to bound the memory that float32 planes take

Picture = TypeVar("Picture", Image.Image, np.ndarray)


class Colorizer:
    """Colors photographs with one model. Holds no state between photographs; threads may share it.

    ``model`` is the name of a model or the path of its ``.onnx`` file; ``size`` the working size in
    pixels (by default the model's own); ``saturation`` scales the colors, 0 leaves the photograph gray.
    Raises `ModelError` for the model and `ValueError` for the numbers.
    """

    def __init__(self, model: str | Path = DEFAULT, *, size: int | None = None, saturation: float = 1.0) -> None:
        if size is not None and not _SMALLEST <= size <= 4096:
            raise ValueError(f"size must be between {_SMALLEST} and 4096, not {size}")
        if not 0 <= saturation <= 10:
            raise ValueError(f"saturation must be between 0 and 10, not {saturation}")
        self._model: Model = load(model)
        self._size = size or self._model.working_size
        self._saturation = saturation

    def colorize(self, image: Picture) -> Picture:
        """Color one picture; what comes in comes out.

        A Pillow picture of any mode gives one in RGB, or RGBA if it has transparency. An array (H, W), or
        (H, W, 3) whose colors are ignored, of uint8, uint16, or floats in [0, 1], gives (H, W, 3) of the
        same dtype. Raises `TypeError` or `ValueError` for anything else.
        """
        if isinstance(image, Image.Image):
            photo = photos.from_image(image)
            return writing.to_image(self._render(photo.luma, np.dtype(np.uint8)), photo.alpha)
        if isinstance(image, np.ndarray):
            return self._render(_array_to_luma(image), image.dtype)
        raise TypeError(f"a Pillow picture or a numpy array can be colored, not {type(image).__name__}")

    def colorize_file(
        self,
        source: str | Path,
        target: str | Path,
        *,
        overwrite: bool = False,
        encoding: Encoding | None = None,
        white: float | None = None,
    ) -> Path:
        """Color the photograph in the file ``source`` into the file ``target``, and return ``target``.

        The format follows from the name of ``target``; 16 bit stay 16 bit where it holds them, and every page of
        a TIFF file is colored. ``encoding`` says how the result is compressed; ``white`` is the value of white in
        floating-point files that do not say. Raises `PhotoError` for files that cannot be read or written, and
        for a ``target`` that exists, unless ``overwrite``; ``source`` itself is never replaced.
        """
        source, target = Path(source), Path(target)
        with suppress(OSError):  # what is wrong with a name is told where the file is read or written
            if target.samefile(source):
                raise PhotoError(f"{target}: is the source itself, which is never replaced; name another file")
        count = photos.page_count(source)

        def page(index: int) -> tuple[np.ndarray, Photo]:
            photo = photos.read(source, page=index, white=white)
            deep = writing.depth(target, photo) == 16
            return self._render(photo.luma, np.dtype(np.uint16 if deep else np.uint8)), photo

        pages: Iterator[tuple[np.ndarray, Photo]] = chain([page(0)], map(page, range(1, count)))
        writing.write_pages(target, pages, self._model.name, overwrite, encoding, source, count)
        return target

    def _render(self, luma: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """luma float32 (1, H, W) → colors (H, W, 3) of ``dtype``."""
        _, height, width = luma.shape
        small = working_shape(height, width, self._size, self._model.multiple_of)
        shrunk = resize(luma[0], *small, Image.Resampling.BICUBIC).clip(0, 1)
        chroma = enlarge(self._model(shrunk[None, None])[0], height, width)
        rgb = np.empty((height, width, 3), dtype)
        rows = max(1, _BAND // width)
        for top in range(0, height, rows):
            band = slice(top, top + rows)
            gray, colors = luma[:, band], chroma[:, band] * np.float32(self._saturation)
            rgb[band] = _quantize(merge(gray, fit_gamut(gray, colors)), dtype).transpose(1, 2, 0)
        return rgb


def working_shape(height: int, width: int, size: int, multiple_of: int) -> tuple[int, int]:
    """The height and width at which the network sees a photograph.

    About ``size`` squared in area and near the photograph's aspect, as far as sides that are multiples
    of ``multiple_of`` and at least 32 allow; an extreme aspect is therefore brought closer to a square.
    """
    smallest = -(-_SMALLEST // multiple_of) * multiple_of
    largest = max(smallest, size * size // smallest // multiple_of * multiple_of)
    aspect = (height / width) ** 0.5
    sides = (round(side / multiple_of) * multiple_of for side in (size * aspect, size / aspect))
    first, second = (min(max(side, smallest), largest) for side in sides)
    return first, second


def _array_to_luma(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or 0 in array.shape:
        raise ValueError(f"an array must be (H, W) or (H, W, 3) and not empty, not {array.shape}")
    planes = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    if array.dtype in (np.uint8, np.uint16):
        planes = planes.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    elif np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):  # written so that NaN is refused, too
            raise ValueError("floats must lie in [0, 1]")
        planes = planes.astype(np.float32)
    else:
        raise TypeError(f"the numbers must be uint8, uint16 or floating-point, not {array.dtype}")
    return planes if array.ndim == 2 else rgb_to_luma(planes).clip(0, 1)


def _quantize(rgb: np.ndarray, dtype: np.dtype) -> np.ndarray:
    rgb = rgb.clip(0, 1)  # what is left to clip is float32's rounding
    if np.issubdtype(dtype, np.floating):
        return rgb.astype(dtype)
    return np.rint(rgb * np.float32(np.iinfo(dtype).max)).astype(dtype)
