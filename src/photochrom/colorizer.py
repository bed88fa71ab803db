"""The colorizer: photograph → luma → model → chroma → photograph, with the luma untouched.

What comes after the network, and in which order, is in `photochrom.painted`.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import overload

import numpy as np
from PIL import Image

from photochrom import arrays
from photochrom.answers import MOST, added_hints
from photochrom.distribution import Distribution, Likely
from photochrom.errors import PhotoError
from photochrom.hints import Hints, Point
from photochrom.look import Look
from photochrom.model import DEFAULT, Model, cores, load
from photochrom.painted import Prepared, paint, prepare
from photochrom.photos import formats, reading, writing
from photochrom.photos.layers import known_colors
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import Photo, PhotoFile, ReadOptions
from photochrom.photos.writing import Encoding
from photochrom.pictures import Encoded, Picture
from photochrom.working_size import SMALLEST


class Colorizer:
    """Colors photographs with one model. Holds no state between photographs; threads may share it.

    ``model`` is the name of a model, the path of its ``.onnx`` file, or an opened `Model`; ``size`` the working size in
    pixels (by default the model's own); ``saturation`` scales the colors, 0 leaves the photograph gray; ``warmth``
    shifts them towards blue or orange, from -1 (cooler) to 1 (warmer).
    ``device`` is where the network runs (see `photochrom.model.DEVICES`); ``threads`` how many work on one photograph,
    by default one a core; files of more than ``max_pixels`` are refused.
    Raises `ModelError` for the model and the device, and `ValueError` for the numbers.
    """

    def __init__(
        self,
        model: str | Path | Model = DEFAULT,
        *,
        size: int | None = None,
        saturation: float = 1.0,
        warmth: float = 0.0,
        device: str = "auto",
        threads: int | None = None,
        max_pixels: int = reading.MAX_PIXELS,
    ) -> None:
        if size is not None and not SMALLEST <= size <= 4096:
            raise ValueError(f"size must be between {SMALLEST} and 4096, not {size}")
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        if max_pixels < 1:
            raise ValueError(f"max_pixels must be at least 1, not {max_pixels}")
        self._threads = threads or cores()
        self._model = model if isinstance(model, Model) else load(model, device, self._threads)
        self._size = size or self._model.working_size
        self._look = Look(saturation, warmth)
        self.max_pixels = max_pixels

    @property
    def model(self) -> Model:
        """The opened model."""
        return self._model

    @property
    def provenance(self) -> Provenance:
        """How results are made, as their note says."""
        look = self._look
        return Provenance(model=self._model.name, size=self._size, saturation=look.saturation, warmth=look.warmth)

    @overload
    def colorize(
        self, image: np.ndarray, *,
        saturation: float | None = ..., warmth: float | None = ..., hints: Hints | None = ...,
    ) -> np.ndarray: ...  # fmt: skip

    @overload
    def colorize(
        self, image: Image.Image | Encoded, *,
        saturation: float | None = ..., warmth: float | None = ..., hints: Hints | None = ...,
    ) -> Image.Image: ...  # fmt: skip

    def colorize(
        self,
        image: np.ndarray | Image.Image | Encoded,
        *,
        saturation: float | None = None,
        warmth: float | None = None,
        hints: Hints | None = None,
    ) -> np.ndarray | Image.Image:
        """Color one picture, or an array of several; ``saturation`` and ``warmth`` are those of this call.

        ``hints`` are what is known of one picture's colors. They are obeyed, and saturation and warmth not for them.

        - A Pillow picture of any mode gives one in RGB, or RGBA if it has transparency.
        - A path, the bytes of a photograph's file, or a file object open for reading bytes gives the same, of 8 bit and
          without metadata; of several pages, the first. `colorize_file` keeps all of them.
        - An array (H, W), (H, W, 1) or (H, W, 3), whose colors are ignored, gives (H, W, 3) of the same dtype: uint8,
          uint16, or floats in [0, 1]. Several, (N, H, W), (N, H, W, 1) or (N, H, W, 3), give (N, H, W, 3). Three axes
          are one picture if the last one is 1 or 3 long.

        Raises `PhotoError` for what cannot be read as a photograph, `HintError` for hints that do not fit it, and
        `TypeError` or `ValueError` for anything else.
        """
        if isinstance(image, np.ndarray) and arrays.is_batch(image):
            (hints or Hints()).check_number(len(image), "photographs")
            some = (self.colorize(one, saturation=saturation, warmth=warmth, hints=hints) for one in image)
            return np.stack(list(some))
        return self._colored(Picture.open(image, self.max_pixels), self._look_of(saturation, warmth), hints)

    @overload
    def answers(
        self, image: np.ndarray, count: int = ..., *,
        saturation: float | None = ..., warmth: float | None = ..., hints: Hints | None = ...,
    ) -> list[np.ndarray]: ...  # fmt: skip

    @overload
    def answers(
        self, image: Image.Image | Encoded, count: int = ..., *,
        saturation: float | None = ..., warmth: float | None = ..., hints: Hints | None = ...,
    ) -> list[Image.Image]: ...  # fmt: skip

    def answers(
        self,
        image: np.ndarray | Image.Image | Encoded,
        count: int = MOST,
        *,
        saturation: float | None = None,
        warmth: float | None = None,
        hints: Hints | None = None,
    ) -> Sequence[np.ndarray | Image.Image]:
        """Color one picture in up to ``count`` ways, 1 to 4, that are all plausible and differ from each other.

        The first is what `colorize` gives, and each is what it takes and gives. There are fewer where the model is
        sure. Raises what `colorize` does, and `ModelError` for a model that knows one answer only.
        """
        picture, known, look = Picture.open(image, self.max_pixels), hints or Hints(), self._look_of(saturation, warmth)
        added = self.hints_of_answers(picture.luma[0], count, known)
        return [self._colored(picture, look, more + known) for more in added]

    def hints_of_answers(self, luma: np.ndarray, count: int = MOST, hints: Hints | None = None) -> list[Hints]:
        """What makes each of the `answers`: hints that are to be added to ``hints``, none for the first.

        ``luma`` is a photograph's gray, floats (H, W) in [0, 1]. ``added + hints`` is what `colorize` then takes.
        """
        if not 1 <= count <= MOST:
            raise ValueError(f"count must be between 1 and {MOST}, not {count}")
        return added_hints(self._model, self._seen(luma, hints), count, hints or Hints())

    def suggest(
        self, image: np.ndarray | Image.Image | Encoded, x: float, y: float, hints: Hints | None = None
    ) -> list[Likely]:
        """The colors that are possible at one place, each with its probability, the most likely first.

        ``x`` and ``y`` in [0, 1] are shares of the picture's width and height. A color is red, green and blue from 0 to
        255, as it looks at the luma of the place; the probabilities sum up to 1. Raises what `colorize` does,
        `HintError` for a place outside, and `ModelError` for a model that knows one color a place only.
        """
        place = Point(x, y, "gray")
        seen = self._seen(Picture.open(image, self.max_pixels).luma[0], hints)
        return Distribution.predict(self._model, seen, hints or Hints()).colors(place.x, place.y)

    def colorize_file(
        self,
        source: str | Path | PhotoFile,
        target: str | Path,
        *,
        hints: Hints | None = None,
        overwrite: bool = False,
        encoding: Encoding | None = None,
        white: float | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> Path:
        """Color the photograph in the file ``source`` into the file ``target``, and return ``target``.

        The format follows from the name of ``target``; 16 bit stay 16 bit where it holds them, and every page of
        a TIFF file and every frame of an animation are colored. ``hints`` are what is known of its colors; a file
        of several pages takes none, and all frames of an animation the same. ``encoding`` says how the result is
        compressed; ``white`` is the value of white in floating-point files that do not say. A `PhotoFile` is a source
        that was inspected already, with its own `ReadOptions`. ``on_note`` is told what the format of ``target`` cannot
        hold of the source, each in one line. Raises `PhotoError` for files that cannot be read or written, and for a
        ``target`` that exists, unless ``overwrite``; ``source`` itself is never replaced. Raises `HintError` for hints
        that do not fit the photograph.
        """
        target = Path(target)
        options = ReadOptions(self.max_pixels, white)
        file = source if isinstance(source, PhotoFile) else reading.inspect(Path(source), options)
        with suppress(OSError):  # what is wrong with a name is told where the file is written
            if file.path and target.samefile(file.path):
                raise PhotoError(f"{target}: is the source itself, which is never replaced; name another file")
        count = len(file.pages)
        (hints or Hints()).check_number(count, "pages")

        def tell(note: str) -> None:
            if on_note is not None:
                on_note(f"{target}: {note}")

        moving, kind = file.animation, formats.of_name(target)
        if moving and (moving.still or not (kind and kind.animation)):
            reason = moving.still or "the format holds no animation"
            tell(f"only the first of its {moving.frames} frames is colored, as {reason}")
            moving = None

        def painted(photo: Photo) -> tuple[np.ndarray, Photo]:
            deep = writing.depth(target, photo) == 16
            return self._render(photo.luma, np.dtype(np.uint16 if deep else np.uint8), self._look, hints), photo

        photos = map(painted, file.read_frames() if moving else map(file.read, range(count)))
        first = next(photos)  # what is wrong with it is told before anything is written
        known = []
        if hints and kind in formats.LAYERED:
            rgb, photo = first
            known.append(known_colors(hints.planes(photo.luma[0]), photo.luma, rgb.dtype))
        made = replace(self.provenance, hints=hints.digest if hints else "")
        pages = chain([first], photos)
        for note in writing.write_pages(target, pages, made, overwrite, encoding, file, count, moving, known):
            tell(note)
        return target

    def prepare(self, luma: np.ndarray, shape: tuple[int, int] | None = None, *, hinted: bool = True) -> Prepared:
        """Prepare a photograph for `chroma` with one set of hints after another, as a page does click by click.

        ``luma`` is its gray, floats (H, W) in [0, 1]; ``shape`` the height and width that is painted, by default its
        own. Where it is not ``hinted``, hints are not obeyed. Raises `ValueError` for other arrays and shapes.
        """
        if luma.ndim != 2 or not luma.size or not np.issubdtype(luma.dtype, np.floating):
            raise ValueError(f"luma must be floats (H, W) and not empty, not {luma.dtype} {luma.shape}")
        if shape and min(shape) < 1:
            raise ValueError(f"shape must be (height, width), each at least 1 pixel, not {shape}")
        return prepare(arrays.to_luma(luma)[0], self._size, self._model.multiple_of, shape, hinted)

    def chroma(
        self, luma: np.ndarray | Prepared, shape: tuple[int, int] | None = None, hints: Hints | None = None
    ) -> np.ndarray:
        """The colors alone, Cb and Cr, as the model paints them: without the look, and not fitted to the gamut.

        ``luma`` is a photograph's gray, floats (H, W) in [0, 1]. Returns float32 (2, H, W) in [-0.5, 0.5], or
        (2, *``shape``) for a ``shape`` (height, width) of any size; the network sees the same in either case.
        ``hints`` are obeyed. Instead of ``luma`` and ``shape``, what `prepare` made of them will do.
        `photochrom.color.merge_fitted` puts luma and chroma together. Raises `ValueError` for other arrays and shapes,
        and `HintError` for hints that do not fit the photograph.
        """
        return self.chroma_and_hinted(luma, shape, hints)[:2]

    def chroma_and_hinted(
        self, luma: np.ndarray | Prepared, shape: tuple[int, int] | None = None, hints: Hints | None = None
    ) -> np.ndarray:
        """The same as `chroma`, with a third plane: how far each pixel is hinted, h in [0, 1]; float32 (3, H, W).

        Where colors are saturated later, by s, that is a factor of s - (s - 1) * h; and warmth is added 1 - h times.
        """
        prepared = luma if isinstance(luma, Prepared) else self.prepare(luma, shape, hinted=bool(hints))
        return paint(self._model, prepared, hints, self._threads).planes(self._threads)

    def _seen(self, luma: np.ndarray, hints: Hints | None) -> np.ndarray:
        """What the network sees of a photograph, float32 (h, w). Raises `HintError` for hints that do not fit it."""
        if hints:
            hints.check(*luma.shape)
        return self.prepare(luma, (1, 1)).shrunk

    def _look_of(self, saturation: float | None, warmth: float | None) -> Look:
        """The look of one call."""
        own = self._look
        return Look(own.saturation if saturation is None else saturation, own.warmth if warmth is None else warmth)

    def _colored(self, picture: Picture, look: Look, hints: Hints | None) -> np.ndarray | Image.Image:
        return picture.colored(self._render(picture.luma, picture.dtype, look, hints))

    def _render(self, luma: np.ndarray, dtype: np.dtype, look: Look, hints: Hints | None) -> np.ndarray:
        """luma float32 (1, H, W) → colors (H, W, 3) of ``dtype``."""
        prepared = prepare(luma[0], self._size, self._model.multiple_of, hinted=bool(hints))
        return paint(self._model, prepared, hints, self._threads).rgb(dtype, look, self._threads)
