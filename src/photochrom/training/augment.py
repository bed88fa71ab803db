"""What training does to a photograph before it is learned from: geometry, and the gray that an old film made of it."""

import numpy as np
from PIL import Image, ImageDraw

from photochrom.color import BLUE, GREEN, RED

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


def age(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What an old film made of the scene: rgb (3, H, W) → luma (1, H, W), float32 in [0, 1].

    In the order in which it happens: the lens blurs (up to 1.5 pixels), the film weighs the light's colors
    (panchromatic to orthochromatic, which hardly sees red), its tone curve bends (gamma 0.6 to 1.6), grain
    (σ 0.02 to 0.06) lies on it, the print fades (black up to 0.1, white down to 0.9), dust and scratches
    settle. ``rng`` decides all of it: the same state gives the same picture.
    """
    light = _to_linear(_blurred(rgb, rng.uniform(0, 1.5)))
    gamma = np.exp(rng.uniform(np.log(0.6), np.log(1.6)))
    luma = _to_gamma_coded(np.tensordot(_film(rng), light, 1).clip(0, 1)) ** gamma
    luma += _grain(luma.shape, rng) * rng.uniform(0.02, 0.06)
    black, white = rng.uniform(0, 0.1), rng.uniform(0.9, 1)
    luma = black + luma.clip(0, 1) * (white - black)
    return _scratched(luma.astype(np.float32), rng)[None]


def _film(rng: np.random.Generator) -> np.ndarray:
    """How much of red, green and blue light a film sees, (3,) with the sum 1: from panchromatic to orthochromatic."""
    panchromatic, orthochromatic = np.array([RED, GREEN, BLUE]), np.array([0.03, 0.47, 0.50])
    weights = panchromatic + rng.uniform(0, 1) * (orthochromatic - panchromatic)
    weights = weights * np.exp(rng.normal(0, 0.15, 3))  # no two emulsions are alike
    film: np.ndarray = (weights / weights.sum()).astype(np.float32)
    return film


def _to_linear(coded: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4))


def _to_gamma_coded(linear: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))


def _blurred(planes: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of planes (..., H, W) by ``sigma`` pixels; the edges are repeated."""
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    for axis in (-1, -2):
        length = planes.shape[axis]
        beside = [(reach, reach) if axis % planes.ndim == a else (0, 0) for a in range(planes.ndim)]
        padded = np.pad(planes, beside, mode="edge")
        planes = sum(w * np.take(padded, range(i, i + length), axis) for i, w in enumerate(weights))
    return planes


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Noise (H, W) of mean 0 and deviation 1, in clumps of about a pixel as silver has them."""
    noise = _blurred(rng.standard_normal(shape).astype(np.float32), rng.uniform(0.3, 0.8))
    grain: np.ndarray = (noise - noise.mean()) / noise.std()
    return grain


def _scratched(luma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A few specks of dust and, now and then, scratches, dark or light, on luma (H, W)."""
    height, width = luma.shape
    for light, number in ((1.0, rng.poisson(2)), (0.0, rng.poisson(2))):
        mask = Image.new("L", (width, height))
        pen = ImageDraw.Draw(mask)
        for _ in range(number):
            x, y, opacity = rng.uniform(0, width), rng.uniform(0, height), int(rng.uniform(80, 220))
            if rng.random() < 0.2:  # along the way the film runs, slightly bent
                pen.line([(x, 0), (x + rng.normal(0, 2), y), (x + rng.normal(0, 4), height)], opacity)
            else:
                radius = rng.uniform(0.3, 1.5, 2)
                pen.ellipse([(x - radius[0], y - radius[1]), (x + radius[0], y + radius[1])], opacity)
        share = np.asarray(mask, dtype=np.float32) / 255
        luma = luma + share * (light - luma)
    return luma
