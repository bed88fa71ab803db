from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data

from photochrom.color import rgb_to_chroma
from photochrom.training import simulated_hints
from photochrom.training.simulated_hints import MEASURED_POINTS, measured, nothing, simulate


@pytest.fixture(scope="module")
def rgb() -> torch.Tensor:
    """A real photograph (3, 160, 160)."""
    coffee = torch.from_numpy(data.coffee()).permute(2, 0, 1).float() / 255
    return coffee[:, 40:360:2, 100:420:2].contiguous()


def many(rgb: torch.Tensor, count: int = 400) -> list[torch.Tensor]:
    return [simulate(rgb, 0.65, np.random.default_rng((0, 0, index))) for index in range(count)]


def test_the_same_random_numbers_give_the_same_hints(rgb: torch.Tensor):
    for index in range(30):
        first, again = (simulate(rgb, 1.0, np.random.default_rng((0, index))) for _ in range(2))
        assert torch.equal(first, again)
    assert not torch.equal(first, simulate(rgb, 1.0, np.random.default_rng((1, index))))


def test_shares_are_as_asked(rgb: torch.Tensor):
    sets = many(rgb)
    none = sum(not hints.any() for hints in sets) / len(sets)
    everything = sum(bool((hints[2] == 1).all()) for hints in sets) / len(sets)
    carried = sum(bool(((hints[2] > 0) & (hints[2] < 1)).any()) for hints in sets) / len(sets)
    assert 0.28 < none < 0.42
    assert 0 < everything < 0.03
    assert 0.02 < carried < 0.09
    assert not simulate(rgb, 0.0, np.random.default_rng(0)).any()


def test_every_set_keeps_the_contract(rgb: torch.Tensor):
    for hints in many(rgb):
        assert hints.shape == (3, 160, 160)
        assert hints.dtype == torch.float32
        assert torch.isfinite(hints).all()
        assert 0 <= hints[2].min() <= hints[2].max() <= 1
        assert (hints[:2].abs() <= 0.5 * hints[2] + 1e-6).all(), "chroma times confidence"


def test_numbers_spread_from_one_to_many(rgb: torch.Tensor):
    covered = [float((hints[2] == 1).float().mean()) for hints in many(rgb) if hints.any()]
    few, most = np.quantile(covered, [0.2, 0.9])
    assert few < 0.01
    assert most > 0.03


def test_points_have_the_mean_color_beneath_them(rgb: torch.Tensor):
    hints, chroma = nothing(rgb), rgb_to_chroma(rgb)
    simulated_hints._point(hints, chroma, 9, np.random.default_rng(4))
    known = hints[2] > 0
    assert known.sum() == 81
    assert known.any(dim=0).sum() == known.any(dim=1).sum() == 9
    torch.testing.assert_close(hints[:2, known], chroma[:, known].mean(dim=1, keepdim=True).expand(-1, 81))


def test_strokes_stay_on_one_color(rgb: torch.Tensor):
    chroma, drawn = rgb_to_chroma(rgb), 0
    for seed in range(40):
        hints = nothing(rgb)
        simulated_hints._stroke(hints, chroma, np.random.default_rng(seed))
        known = hints[2] > 0
        if known.any():
            drawn += 1
            assert hints[:, known].unique(dim=1).shape[1] == 1
            assert (chroma[:, known] - hints[:2, known]).norm(dim=0).max() < 2 * 0.06 + 1e-6
    assert drawn > 35


def test_carried_colors_are_near_their_place_uncertain_and_have_holes(rgb: torch.Tensor):
    chroma = rgb_to_chroma(rgb)
    holes, errors, motionless = [], [], []
    for seed in range(20):
        hints = simulated_hints._carried(chroma, np.random.default_rng(seed))
        known = hints[2] > 0
        assert 0.3 <= hints[2, known].min() < hints[2, known].max() <= 1
        carried = hints[:2, known] / hints[2, known]
        errors.append(float((carried - chroma[:, known]).abs().mean()))
        motionless.append(float((chroma.roll(12, -1)[:, known] - chroma[:, known]).abs().mean()))
        holes.append(float((~known).float().mean()))
    assert 0 < np.mean(holes) < 0.35
    assert 0 < np.mean(errors) < 0.5 * np.mean(motionless)


def test_carried_colors_move_no_further_than_four_pixels():
    ramp = torch.linspace(-0.4, 0.4, 160).expand(160, 160)
    chroma = torch.stack((ramp, ramp.t()))  # a pixel away is 0.005 more
    for seed in range(10):
        hints = simulated_hints._carried(chroma, np.random.default_rng(seed))
        inside = (hints[2] > 0) & (ramp.abs() < 0.35) & (ramp.t().abs() < 0.35)
        moved = (hints[:2, inside] / hints[2, inside] - chroma[:, inside]).abs() / (0.8 / 159)
        assert moved.max() <= 4.1


def test_sizes_grow_with_the_photograph(rgb: torch.Tensor):
    large = rgb.repeat_interleave(2, 1).repeat_interleave(2, 2)
    for seed in range(5):
        small_side, large_side = (
            float((measured(planes, np.random.default_rng(seed))[2] > 0).sum()) for planes in (rgb, large)
        )
        assert 2.5 < large_side / small_side < 5.5


def test_validation_has_ten_points(rgb: torch.Tensor):
    hints = measured(rgb, np.random.default_rng(0))
    assert MEASURED_POINTS == 10
    assert 10 * 4**2 * 0.7 < (hints[2] == 1).sum() <= 10 * 4**2


def test_gray_photographs_get_gray_hints():
    gray = torch.from_numpy(data.camera()[::4, ::4].copy()).float()[None].expand(3, -1, -1) / 255
    for seed in range(10):
        hints = simulate(gray, 1.0, np.random.default_rng(seed))
        assert hints[2].any()
        assert hints[:2].abs().max() < 1e-6


def test_small_pictures_have_room_for_hints(tmp_path: Path):
    tiny = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    for seed in range(40):
        assert simulate(tiny, 1.0, np.random.default_rng(seed)).shape == (3, 32, 32)
