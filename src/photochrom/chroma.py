"""From the working size to the photograph's: the enlargement of the chroma planes."""

import numpy as np
from PIL import Image


def enlarge(chroma: np.ndarray, height: int, width: int) -> np.ndarray:
    """``chroma`` float32 (2, h, w) → (2, ``height``, ``width``), bilinear: nothing overshoots at an edge."""
    return np.stack([resize(plane, height, width, Image.Resampling.BILINEAR) for plane in chroma])


def resize(plane: np.ndarray, height: int, width: int, filter: Image.Resampling) -> np.ndarray:
    """One float32 plane (h, w) → (``height``, ``width``), with no aliasing where it shrinks."""
    return np.asarray(Image.fromarray(plane).resize((width, height), filter))
