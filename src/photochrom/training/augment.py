"""What training does to a photograph before it is learned from: geometry."""

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


def random_square(height: int, width: int, smallest: float, rng: np.random.Generator) -> Box:
    """A random square inside a photograph, its side between ``smallest`` and 1 of the short side."""
    side = min(height, width) * rng.uniform(smallest, 1)
    left, top = rng.uniform(0, width - side), rng.uniform(0, height - side)
    return left, top, left + side, top + side


def center_square(height: int, width: int) -> Box:
    """The largest square in the middle of a photograph."""
    side = min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def resize(picture: np.ndarray, box: Box, size: int) -> np.ndarray:
    """The part ``box`` of ``picture``, uint8 (H, W, 3), at ``size`` pixels a side, without aliasing."""
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC, box=box))
