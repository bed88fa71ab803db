"""Photochrom turns black-and-white photographs into color.

>>> from photochrom import Colorizer
>>> Colorizer().colorize_file("old.jpg", "old-color.jpg")  # doctest: +SKIP
>>> from photochrom import colorize_folder
>>> colorize_folder("old-photos", "colored", saturation=1.3).results  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any, overload

from photochrom import privacy
from photochrom.version import __version__

privacy.refuse_telemetry()  # before anything imports ONNX Runtime

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from PIL import Image

    from photochrom.batch.running import colorize_folder
    from photochrom.colorizer import Colorizer
    from photochrom.errors import HintError, ModelError, PhotochromError, PhotoError
    from photochrom.hints import Hints, Point
    from photochrom.model import Model
    from photochrom.photos.writing import Encoding
    from photochrom.pictures import Encoded

__all__ = [
    "Colorizer",
    "Encoding",
    "HintError",
    "Hints",
    "ModelError",
    "PhotoError",
    "PhotochromError",
    "Point",
    "__version__",
    "colorize",
    "colorize_folder",
]

_HOMES = {
    "Colorizer": "colorizer",
    "Encoding": "photos.writing",
    "HintError": "errors",
    "Hints": "hints",
    "ModelError": "errors",
    "PhotoError": "errors",
    "PhotochromError": "errors",
    "Point": "hints",
    "colorize_folder": "batch.running",
}


@overload
def colorize(
    image: "np.ndarray",
    model: "str | Path | Model" = ...,
    *,
    size: int | None = ...,
    saturation: float = ...,
    warmth: float = ...,
    hints: "Hints | None" = ...,
) -> "np.ndarray": ...
@overload
def colorize(
    image: "Image.Image | Encoded",
    model: "str | Path | Model" = ...,
    *,
    size: int | None = ...,
    saturation: float = ...,
    warmth: float = ...,
    hints: "Hints | None" = ...,
) -> "Image.Image": ...
def colorize(
    image: "np.ndarray | Image.Image | Encoded",
    model: "str | Path | Model" = "default",
    *,
    size: int | None = None,
    saturation: float = 1.0,
    warmth: float = 0.0,
    hints: "Hints | None" = None,
) -> "np.ndarray | Image.Image":
    """Color one picture: a Pillow picture, an array, a path, bytes or a file object; see `Colorizer.colorize`.

    Opens the model anew every time: for more than one picture, keep a `Colorizer`.
    """
    from photochrom.colorizer import Colorizer

    return Colorizer(model, size=size, saturation=saturation, warmth=warmth).colorize(image, hints=hints)


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `import photochrom`, and with it `photochrom --help`, stays quick.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"photochrom.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})  # so that help() and completion show what is loaded when asked for
