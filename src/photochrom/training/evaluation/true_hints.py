"""Hints that tell the truth, at random places: what colorizers that take hints are measured with.

They are those of Zhang et al., "Real-Time User-Guided Image Colorization with Learned Deep Priors", 2017, as the
authors' program draws them when it plots PSNR against their number: squares of 6 pixels, of a photograph of 256, at
places that are normally distributed about the center, with a standard deviation of a quarter of the height and width.
Each tells the mean color of what it covers. The photograph keeps its own size and aspect here, and squares are larger
where it is larger.
"""

import hashlib

import numpy as np
from PIL import Image

from photochrom.hints import Hints

MOST = 10_000  # hints on one photograph
_SIDE = 6 / 256  # of a square, as a share of the photograph's shorter side
_SPREAD = 1 / 4  # standard deviation of the places, as a share of the room that a square has


def true_hints(rgb: np.ndarray, number: int) -> Hints:
    """The first ``number`` hints for a photograph, rgb uint8 (3, H, W), which alone decides where they are.

    They are a painted layer, as a person could give it. More hints hold the fewer: what the fewer know has the same
    color in both.
    """
    return Hints.from_layer(Image.fromarray(layer(rgb, number)))


def layer(rgb: np.ndarray, number: int) -> np.ndarray:
    """What `true_hints` knows, as a picture: RGBA uint8 (H, W, 4), transparent outside the squares."""
    painted = np.zeros((*rgb.shape[1:], 4), np.uint8)
    height, width = rgb.shape[1:]
    side = max(1, round(_SIDE * min(height, width)))
    room = np.array([height - side, width - side])
    # The numbers come row by row, so that the first rows are the same however many follow.
    draws = np.random.default_rng(seed(rgb)).standard_normal((number, 2))
    places = np.rint((room / 2 + draws * room * _SPREAD).clip(0, room)).astype(int)
    for top, left in places[::-1]:  # where two squares overlap, the first one stays
        square = np.s_[top : top + side, left : left + side]
        painted[square] = (*np.rint(rgb[:, *square].mean(axis=(1, 2))), 255)
    return painted


def seed(rgb: np.ndarray) -> int:
    """A number for random generators that only the pixels of ``rgb`` decide."""
    return int.from_bytes(hashlib.sha256(rgb.tobytes()).digest()[:8], "big")
