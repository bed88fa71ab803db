import math

import pytest
import torch
from skimage import data

from photochrom.training.bins import ColorBins, colors_of
from photochrom.training.spaces import SPACES


@pytest.fixture(scope="module")
def colors() -> torch.Tensor:
    """Colors (M, 2) of a real photograph in YCbCr."""
    coffee = torch.from_numpy(data.coffee()).permute(2, 0, 1).float() / 255
    return colors_of([coffee, coffee.flip(-1)], SPACES["ycbcr"])


def learned(colors: torch.Tensor, count: int = 16, seed: int = 0, temperature: float = 1.0) -> ColorBins:
    bins = ColorBins(count, 2, temperature)
    bins.learn(colors, seed)
    return bins


def test_colors_are_those_of_some_pixels_encoded():
    red = torch.zeros(3, 16, 24)
    red[0] = 1
    found = colors_of([red, torch.ones(3, 8, 8)], SPACES["ycbcr"])
    assert found.shape == (2 * 3 + 1, 2)
    assert torch.allclose(found[:6], torch.tensor([-0.299 / 0.886, 1.0]), atol=1e-5)
    assert torch.allclose(found[6], torch.zeros(2), atol=1e-6)


def test_bins_depend_on_the_seed_and_the_colors_alone(colors: torch.Tensor):
    first, again, other = learned(colors), learned(colors), learned(colors, seed=1)
    assert torch.equal(first.centers, again.centers)
    assert torch.equal(first.weights, again.weights)
    assert not torch.equal(first.centers, other.centers)
    loaded = ColorBins(16, 2)
    loaded.load_state_dict(first.state_dict(), strict=True)
    assert torch.equal(loaded.centers, first.centers)


def test_bins_cover_the_colors_and_are_finer_near_gray():
    rng = torch.Generator().manual_seed(0)
    angle, radius = torch.rand(20_000, generator=rng) * 2 * math.pi, torch.rand(20_000, generator=rng)
    disk = torch.stack((angle.cos(), angle.sin()), dim=1) * radius[:, None]
    bins = learned(disk, count=64)
    apart = torch.cdist(bins.centers, bins.centers).fill_diagonal_(9).min(dim=1).values
    length = bins.centers.norm(dim=1)
    assert apart[length < 0.25].mean() < 0.7 * apart[length > 0.6].mean()
    assert torch.cdist(disk, bins.centers).min(dim=1).values.mean() < 0.1


def test_rare_colors_count_more_and_the_mean_pixel_counts_one(colors: torch.Tensor):
    bins = learned(colors)
    nearest = torch.cdist(colors, bins.centers).argmin(dim=1)
    assert float(bins.weights[nearest].mean()) == pytest.approx(1, rel=1e-4)
    often = torch.bincount(nearest, minlength=16)
    assert bins.weights[often.argmin()] == bins.weights.max() > 1 > bins.weights.min() == bins.weights[often.argmax()]
    # Half the frequency, half a uniform one: nothing counts more than twice as much as what is as rare as never seen.
    assert bins.weights.max() / bins.weights.min() <= 1 + 16 * often.max() / often.sum() + 1e-4


def test_the_annealed_mean_goes_from_the_mean_to_the_likeliest(colors: torch.Tensor):
    bins = learned(colors)
    logits = torch.randn(2, 16, 4, 6, generator=torch.Generator().manual_seed(0))
    mean = torch.einsum("nkhw,kc->nchw", logits.softmax(dim=1), bins.centers)
    torch.testing.assert_close(bins(logits), mean)
    bins.temperature = 0.01
    likeliest = bins.centers[logits.argmax(dim=1)].movedim(-1, 1)
    assert (bins(logits) - likeliest).abs().mean() < 0.01


def test_colors_are_computed_in_float32_whatever_the_network_ran_in(colors: torch.Tensor):
    bins = learned(colors)
    logits = torch.randn(1, 16, 4, 4).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        found = bins(logits)
    assert found.dtype == torch.float32
    assert torch.equal(found, bins(logits))


def test_the_loss_is_the_cross_entropy_of_the_four_nearest_by_a_gaussian(colors: torch.Tensor):
    bins = learned(colors)
    target = colors[:12].t().reshape(1, 2, 3, 4)
    logits = torch.randn(1, 16, 3, 4, generator=torch.Generator().manual_seed(1))
    expected = []
    for index in range(12):
        color = target.flatten(2)[0, :, index]
        distances = [(float((color - center).norm()), k) for k, center in enumerate(bins.centers)]
        nearest = sorted(distances)[:4]
        shares = [math.exp(-(d**2) / (2 * 0.05**2)) for d, _ in nearest]
        likely = logits.flatten(2)[0, :, index].log_softmax(dim=0)
        entropy = -sum(s / sum(shares) * float(likely[k]) for s, (_, k) in zip(shares, nearest, strict=True))
        expected.append(entropy * float(bins.weights[nearest[0][1]]))
    assert float(bins.loss(logits, target)) == pytest.approx(sum(expected) / 12, rel=1e-4)


def test_learning_by_the_loss_finds_the_colors(colors: torch.Tensor):
    bins = learned(colors, count=32, temperature=0.5)
    target = colors[:64].t().reshape(1, 2, 8, 8)
    logits = torch.zeros(1, 32, 8, 8, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.3)
    for _ in range(60):
        optimizer.zero_grad()
        bins.loss(logits, target).backward()
        optimizer.step()
    with torch.no_grad():
        assert (bins(logits) - target).abs().mean() < 0.15 * target.abs().mean()
