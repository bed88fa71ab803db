"""A picture in memory, or in a file, that is colored and given back as what it was: an array, or a Pillow picture."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from PIL import Image

from photochrom import arrays
from photochrom.photos import reading, writing
from photochrom.photos.reading import Photo, ReadOptions

# A photograph's file: where it is, its content, or a file object open for reading bytes.
Encoded: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO


@dataclass(frozen=True)
class Picture:
    """One picture: its ``luma`` float32 (1, H, W), the ``dtype`` of its levels, and its transparency, if any."""

    luma: np.ndarray
    dtype: np.dtype
    is_array: bool
    alpha: np.ndarray | None = None

    @classmethod
    def open(cls, image: np.ndarray | Image.Image | Encoded, max_pixels: int) -> "Picture":
        """An array (H, W[, 1 or 3]), a Pillow picture, or a file of at most ``max_pixels``.

        Raises `PhotoError` for what cannot be read as a photograph, `TypeError` and `ValueError` for anything else.
        """
        if isinstance(image, np.ndarray):
            if arrays.is_batch(image):
                raise ValueError(f"one picture at a time, not several {image.shape}")
            return cls(arrays.to_luma(image), image.dtype, is_array=True)
        photo = reading.from_image(image) if isinstance(image, Image.Image) else _read(image, ReadOptions(max_pixels))
        return cls(photo.luma, np.dtype(np.uint8), is_array=False, alpha=photo.alpha)

    def colored(self, rgb: np.ndarray) -> np.ndarray | Image.Image:
        """The result ``rgb`` (H, W, 3) as what the picture was."""
        return rgb if self.is_array else writing.to_image(rgb, self.alpha)


def _read(source: Encoded, options: ReadOptions) -> Photo:
    if isinstance(source, str | os.PathLike):
        return reading.read(Path(source), options)
    content = source.read() if hasattr(source, "read") else source
    if not isinstance(content, bytes | bytearray | memoryview):
        kind = f"a file of {type(content).__name__}" if content is not source else type(source).__name__
        raise TypeError(f"a Pillow picture, an array, a path, bytes or a file of bytes can be colored, not {kind}")
    return reading.read(bytes(content), options)
