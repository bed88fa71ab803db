from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.color import rgb_to_chroma
from photochrom.training.evaluation.true_hints import layer, true_hints


@pytest.fixture
def rgb(photographs: Path) -> np.ndarray:
    """A photograph of 256 by 320 pixels."""
    with Image.open(photographs / "coffee-0.jpg") as image:
        return np.asarray(image.convert("RGB").resize((320, 256))).transpose(2, 0, 1)


def test_a_hint_is_the_mean_true_color_of_a_square_of_six_pixels(rgb: np.ndarray):
    painted = layer(rgb, 1)
    rows, columns = np.nonzero(painted[..., 3])
    assert set(np.unique(painted[..., 3])) == {0, 255}
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1, len(rows)) == (6, 6, 36)
    true = rgb[:, rows, columns].mean(axis=1)
    assert np.ptp(rgb[:, rows, columns]) > 10, "or its mean would be nothing to measure"
    assert painted[rows, columns, :3] == pytest.approx(np.broadcast_to(true, (36, 3)), abs=0.51)


@pytest.mark.parametrize(("size", "side"), [((512, 600), 12), ((128, 100), 2), ((20, 30), 1)])
def test_squares_are_as_large_as_the_photograph(rgb: np.ndarray, size: tuple[int, int], side: int):
    image = Image.fromarray(rgb.transpose(1, 2, 0)).resize(size)
    assert np.count_nonzero(layer(np.asarray(image).transpose(2, 0, 1), 1)[..., 3]) == side**2


def test_more_hints_hold_the_fewer(rgb: np.ndarray):
    painted = [layer(rgb, number) for number in (0, 1, 2, 50, 500)]
    known = [picture[..., 3] > 0 for picture in painted]
    assert not known[0].any()
    for index in range(4):
        fewer, more = painted[index : index + 2]
        assert np.array_equal(fewer[known[index]], more[known[index]])
        assert known[index + 1].sum() > known[index].sum()
    assert known[2].sum() == 2 * 36
    assert known[4].sum() < 500 * 36, "some overlap"


def test_places_are_those_of_the_photograph_and_no_others(rgb: np.ndarray):
    assert np.array_equal(layer(rgb, 20), layer(rgb.copy(), 20))
    other = rgb.copy()
    other[0, 0, 0] ^= 1
    assert not np.array_equal(layer(rgb, 20)[..., 3], layer(other, 20)[..., 3])


def test_places_are_normally_distributed_about_the_center(rgb: np.ndarray):
    centers = []
    for change in range(200):
        other = rgb.copy()
        other[0, 0, 0] = change
        rows, columns = np.nonzero(layer(other, 1)[..., 3])
        centers.append(((rows.mean() - 127.5) / 250, (columns.mean() - 159.5) / 314))  # of the room that a square has
    assert np.mean(centers, axis=0) == pytest.approx((0, 0), abs=0.06)
    assert np.std(centers, axis=0) == pytest.approx((0.24, 0.24), abs=0.03)  # 1/4, less what is clipped to the border


def test_the_colorizer_is_told_the_chroma_and_that_it_is_certain(rgb: np.ndarray):
    known = true_hints(rgb, 5).planes(np.full(rgb.shape[1:], 0.5, np.float32))
    painted = layer(rgb, 5)
    assert np.array_equal(known[2], painted[..., 3] / 255)
    expected = rgb_to_chroma(painted[..., :3].transpose(2, 0, 1).astype(np.float32) / 255) * known[2]
    assert known[:2] == pytest.approx(expected, abs=1e-5)
