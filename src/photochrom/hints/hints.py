"""`Hints`: all that is known of a photograph's colors, from whatever source, as planes that a network is given.

A hint is chroma at a place with a confidence m in [0, 1]. A set of hints is an ordered pile: where two of them know
something, the upper one wins by its confidence.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.color import fit_gamut
from photochrom.errors import HintError
from photochrom.hints import files
from photochrom.hints.layers import ChromaField, Known, Painting
from photochrom.hints.points import Point
from photochrom.hints.reference import Picture, References, luma_of
from photochrom.model import DEFAULT, Model, load

_STRETCH = 0.01  # by which the aspect of a layer may differ from the photograph's, beside a pixel of rounding


@dataclass(frozen=True)
class Hints:
    """What is known of one photograph's colors, in the order in which it was said; the later wins.

    Two sets are joined by ``+``. A set without anything is false. Errors are `HintError`.
    """

    known: tuple[Known | References, ...] = ()

    @classmethod
    def from_points(cls, points: Iterable[Point]) -> "Hints":
        """Places where somebody named the color."""
        return cls(tuple(points))

    @classmethod
    def from_layer(cls, picture: Image.Image) -> "Hints":
        """A picture of the photograph's aspect, of any size, transparent where nothing is known."""
        return cls((Painting(picture),))

    @classmethod
    def from_chroma(cls, planes: np.ndarray) -> "Hints":
        """Chroma that another picture brings: ``planes`` (3, h, w) of any size are Cb·m, Cr·m and m."""
        return cls((ChromaField(planes),))

    @classmethod
    def from_reference(
        cls, photograph: Picture, references: Picture | Iterable[Picture], model: str | Path | Model = DEFAULT
    ) -> "Hints":
        """The colors of photographs of the same things, where ``photograph`` looks like them.

        All are paths, the bytes of files, or Pillow pictures. ``model`` says how places look; it must have features.
        Raises `PhotoError` for a photograph that cannot be read, `HintError` for a reference that cannot be read or is
        gray, and `ModelError`.
        """
        opened = model if isinstance(model, Model) else load(model)
        pictures = [references] if isinstance(references, Picture) else references
        return cls((References.read(opened, pictures),)).matched(luma_of(photograph))

    @classmethod
    def load(cls, path: str | Path) -> "Hints":
        """What a file knows: JSON that `save` or a person wrote, or a layer painted as a PNG file."""
        return cls(files.read(Path(path)))

    @classmethod
    def from_json(cls, text: str) -> "Hints":
        """What JSON says, as a file holds it; see `photochrom.hints.files`."""
        return cls(files.from_json(text))

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write all of it as ``.json``, or a painted layer that is all there is as ``.png``; return the path."""
        files.write(Path(path), self._alone(), overwrite)
        return Path(path)

    def to_json(self) -> str:
        """All of it as text, which `from_json` reads again."""
        return files.to_json(self._alone())

    def __add__(self, other: "Hints") -> "Hints":
        return Hints(self.known + other.known) if isinstance(other, Hints) else NotImplemented

    def __bool__(self) -> bool:
        return bool(self.known)

    def planes(self, luma: np.ndarray) -> np.ndarray:
        """What is known of a photograph, ``luma`` float32 (h, w) in [0, 1] of any size: float32 (3, h, w).

        The planes are Cb·m, Cr·m and m. A color keeps its hue exactly, and its saturation as far as the gamut has room
        at the luma of each pixel.
        """
        planes = np.zeros((3, *luma.shape), np.float32)
        for one in self._laid(luma):
            one.lay(planes, 0, luma.shape[0])
        chroma = planes[:2] / planes[2].clip(min=1e-6)
        planes[:2] = fit_gamut(luma[None], chroma) * planes[2]
        return planes

    def told(self, model: Model, luma: np.ndarray) -> np.ndarray | None:
        """What ``model`` is given beside ``luma`` float32 (h, w), at the working size: its `planes`, (1, 3, h, w).

        None where nothing is known, or the model takes no hints.
        """
        return self.planes(luma)[None] if self and model.takes_hints else None

    def matched(self, luma: np.ndarray) -> "Hints":
        """The hints for the one photograph ``luma`` float32 (h, w), with what references know of it in their place."""
        return Hints(self._laid(luma))

    def _alone(self) -> tuple[Known, ...]:
        """All of it that a file can hold. Raises `HintError` where references are yet to be matched."""
        known = tuple(one for one in self.known if not isinstance(one, References))
        if len(known) < len(self.known):
            raise HintError("references are no hints for one photograph yet; match them by `Hints.from_reference`")
        return known

    def _laid(self, luma: np.ndarray) -> tuple[Known, ...]:
        return tuple(one.match(luma) if isinstance(one, References) else one for one in self.known)

    def lay_exact(self, planes: np.ndarray, top: int, height: int) -> None:
        """Lay what is known in full detail over the rows from ``top`` on of ``planes`` (3, rows, width), in place.

        Those are points and paintings, as long as no field of chroma, which is as coarse as its source, lies on them.
        Colors are as they were given, not fitted to a luma.
        """
        exact: list[Point | Painting] = []
        for one in self.known:
            if isinstance(one, Point | Painting):
                exact.append(one)
            else:
                exact.clear()
        for one in exact:
            one.lay(planes, top, height)

    def check(self, height: int, width: int) -> None:
        """Raise `HintError` for a layer whose aspect is not that of a photograph of ``height`` by ``width`` pixels."""
        for one in self.known:
            if isinstance(one, Point | References):
                continue
            across, down = one.size
            # How far the layer's height is from what its width asks for, in its own pixels.
            expected = across * height / width
            if abs(down - expected) > max(1.0, height / width) + _STRETCH * expected:
                raise HintError(
                    f"the layer has {across}x{down} pixels and the photograph {width}x{height}: another aspect; "
                    "paint on a copy of the photograph, and do not crop it"
                )

    @property
    def are_for_one(self) -> bool:
        """Whether any of it is for one photograph only, and not matched to each."""
        return not all(isinstance(one, References) for one in self.known)

    def check_number(self, count: int, what: str) -> None:
        """Raise `HintError` where ``count`` of ``what`` are to be colored, and any of it is for one photograph."""
        if count > 1 and self.are_for_one:
            raise HintError(f"hints are for one photograph, and here are {count} {what}; color them one by one")

    @property
    def digest(self) -> str:
        """A short name of what is known, the same wherever it is; empty if nothing is."""
        if not self:
            return ""
        whole = hashlib.sha256()
        for one in self.known:
            if isinstance(one, Point):
                whole.update(repr((float(one.x), float(one.y), one.rgb, float(one.radius))).encode())
            elif isinstance(one, References):
                whole.update(one.digest.encode())
            elif isinstance(one, Painting):
                whole.update(repr(one.size).encode() + one.digest)
            else:
                whole.update(repr(one.size).encode() + one.planes.tobytes())
        return whole.hexdigest()[:12]
