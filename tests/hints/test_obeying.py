import numpy as np
import pytest

from photochrom.hints import Hints, Point
from photochrom.hints.obeying import Obedience


def test_saturation_is_not_for_what_is_hinted():
    chroma = np.full((2, 20, 30), 0.1, np.float32)
    Obedience(Hints.from_points([Point(0.5, 0.5, "teal", 0.1)]), 20).obey(chroma, 0, 2.0)
    assert chroma[:, 0, 0] == pytest.approx(0.2)
    known = Hints.from_points([Point(0.5, 0.5, "teal", 0.1)]).planes(np.full((20, 30), 0.35, np.float32))
    assert chroma[:, 10, 15] == pytest.approx(known[:2, 10, 15], abs=0.01)
