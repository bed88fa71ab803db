import sys

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from photochrom.errors import UsageError
from photochrom.training.evaluation.frechet import distance, on_inception, on_lpips
from photochrom.training.lpips import Lpips


def test_the_distance_is_that_of_the_paper():
    rng = np.random.default_rng(0)
    made, true = rng.normal(0, 1, (40, 5)), rng.normal(0.5, 2, (40, 5))
    first, second = (np.cov(part, rowvar=False) for part in (made, true))
    between = sqrtm(first @ second).real
    expected = ((made.mean(0) - true.mean(0)) ** 2).sum() + np.trace(first + second - 2 * between)
    assert distance(made.tolist(), true.tolist()) == pytest.approx(expected, rel=1e-4)


def test_a_set_is_no_distance_from_itself_and_one_photograph_has_none():
    rows = np.random.default_rng(0).normal(0, 1, (10, 4)).tolist()
    assert distance(rows, rows) == pytest.approx(0, abs=1e-4)
    assert distance(rows[:1], rows[:1]) is None
    assert distance([[]] * 3, [[]] * 3) is None


def test_features_say_which_they_are():
    weights = {f"lin{i}": torch.rand(1, c, 1, 1) for i, c in enumerate((8, 8, 8, 8, 6))}
    weights |= {"shift": torch.zeros(1, 3, 1, 1), "scale": torch.ones(1, 3, 1, 1)}
    for index, (before, after, side) in enumerate([(3, 8, 11), (8, 8, 5), (8, 8, 3), (8, 8, 3), (8, 6, 3)]):
        weights |= {f"convs.{index}.weight": torch.randn(after, before, side, side)}
        weights |= {f"convs.{index}.bias": torch.zeros(after)}
    features = on_lpips(Lpips(weights))
    assert "AlexNet" in features.name
    assert "FID" not in features.name
    rgb = torch.rand(3, 80, 64)
    assert len(features.of(rgb)) == 6
    assert features.of(rgb) != features.of(rgb.flip(0))


def test_without_torch_fidelity_fid_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    with pytest.raises(UsageError, match="torch-fidelity, which is not usable here"):
        on_inception()
