import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer


@pytest.fixture
def colorizer(make_model):
    return Colorizer(make_model(factor=(-0.3, 0.4), name="test"))


@pytest.fixture
def layered_and_flat(tmp_path, source, colorizer):
    """A function that colors the same photograph into a file with layers, of the format named, and into (H, W, 3)."""

    def both(suffix):
        colorizer.colorize_file(source, tmp_path / f"new{suffix}")
        flat = colorizer.colorize_file(source, tmp_path / "flat.png")
        return tmp_path / f"new{suffix}", np.asarray(Image.open(flat))

    return both
