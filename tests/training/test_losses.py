import math

import pytest
import torch
import torch.nn.functional as F

from photochrom.training import losses
from photochrom.training.metrics import batch_colorfulness

LOGITS = [torch.tensor([[[[0.0, 2.0]]]])]


@pytest.mark.parametrize(
    ("objective", "real", "fake", "generator"),
    [
        (
            "cross_entropy",
            (math.log(2) + math.log(1 + math.exp(-2))) / 2,
            (math.log(2) + math.log(1 + math.exp(2))) / 2,
            (math.log(2) + math.log(1 + math.exp(-2))) / 2,
        ),
        ("least_squares", (1 + 1) / 2, (0 + 4) / 2, (1 + 1) / 2),
        ("hinge", (1 + 0) / 2, (1 + 3) / 2, -1),
    ],
)
def test_objectives_are_their_formulas(objective: str, real: float, fake: float, generator: float):
    assert losses.for_discriminator(objective, LOGITS, True).item() == pytest.approx(real, rel=1e-6)
    assert losses.for_discriminator(objective, LOGITS, False).item() == pytest.approx(fake, rel=1e-6)
    assert losses.for_generator(objective, LOGITS).item() == pytest.approx(generator, rel=1e-6)


@pytest.mark.parametrize("objective", sorted(losses.OBJECTIVES))
def test_better_judgment_costs_less(objective: str):
    right, wrong = [torch.full((1, 1, 2, 2), 1.0)], [torch.full((1, 1, 2, 2), -0.5)]
    assert losses.for_discriminator(objective, right, True) < losses.for_discriminator(objective, wrong, True)
    assert losses.for_discriminator(objective, wrong, False) < losses.for_discriminator(objective, right, False)
    assert losses.for_generator(objective, right) < losses.for_generator(objective, wrong)


def test_against_each_other_pays_as_in_training():
    condition, target, fake = (torch.full((1, 1, 1, 1), value) for value in (0.25, 2.0, -3.0))

    def discriminator(seen: torch.Tensor, picture: torch.Tensor) -> list[torch.Tensor]:
        assert seen is condition
        return [picture + 1]

    # Logits of 3 for the real picture and of -2 for the fake one.
    generator, paid = losses.against_each_other("cross_entropy", discriminator, condition, target, fake)
    assert generator.item() == pytest.approx(math.log(1 + math.exp(2)))
    assert paid.item() == pytest.approx((math.log(1 + math.exp(-3)) + math.log(1 + math.exp(-2))) / 2)
    generator, paid = losses.against_each_other("least_squares", discriminator, condition, target, fake)
    assert (generator.item(), paid.item()) == ((-2 - 1) ** 2, ((3 - 1) ** 2 + (-2) ** 2) / 2)
    generator, paid = losses.against_each_other("hinge", discriminator, condition, target, fake)
    assert (generator.item(), paid.item()) == (2, 0)


def test_what_was_painted_at_half_the_size_is_judged_at_that_size():
    condition, target, fake = torch.rand(1, 1, 4, 4), torch.rand(1, 2, 4, 4), torch.rand(1, 2, 2, 2)
    seen = []

    def discriminator(given: torch.Tensor, picture: torch.Tensor) -> list[torch.Tensor]:
        seen.append((given, picture))
        return [picture]

    losses.against_each_other("hinge", discriminator, condition, target, fake)
    for (given, picture), expected in zip(seen, (F.avg_pool2d(target, 2), fake), strict=True):
        torch.testing.assert_close(given, F.avg_pool2d(condition, 2))
        torch.testing.assert_close(picture, expected)


@pytest.mark.parametrize("objective", sorted(losses.OBJECTIVES))
def test_scales_are_averaged(objective: str):
    one, other = torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 2, 2)
    both = losses.for_discriminator(objective, [one, other], True)
    alone = [losses.for_discriminator(objective, [scale], True) for scale in (one, other)]
    assert both.item() == pytest.approx(sum(alone).item() / 2)
    both = losses.for_generator(objective, [one, other])
    alone = [losses.for_generator(objective, [scale]) for scale in (one, other)]
    assert both.item() == pytest.approx(sum(alone).item() / 2)


def test_l1_is_the_mean_distance_in_float32():
    prediction, target = torch.zeros(2, 2, 4, 4, dtype=torch.bfloat16), torch.full((2, 2, 4, 4), 0.25)
    value = losses.l1(prediction, target)
    assert value.dtype == torch.float32
    assert value.item() == 0.25


def test_mean_l1_of_none_is_nothing():
    target = torch.zeros(1, 2, 4, 4)
    assert losses.mean_l1([], target).item() == 0
    assert losses.mean_l1([target + 1], target).item() == 1
    assert losses.mean_l1([target + 1, target + 3], target).item() == 2


def test_l1_counts_by_weight():
    prediction, target = torch.zeros(1, 2, 1, 2), torch.tensor([0.1, 0.3]).expand(1, 2, 1, 2)
    weight = torch.tensor([1.0, 4.0]).reshape(1, 1, 1, 2)
    assert losses.l1(prediction, target, weight).item() == pytest.approx((0.1 + 4 * 0.3) / 2)
    assert losses.mean_l1([prediction, target], target, weight).item() == pytest.approx((0.1 + 4 * 0.3) / 4)
    assert losses.l1(prediction, target, torch.ones(1, 1, 1, 2)).item() == pytest.approx(0.2)


def test_colorful_pixels_weigh_more():
    rgb = torch.tensor([[0.5, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 1.0]]).T.reshape(1, 3, 1, 3)
    weight = losses.chroma_weight(rgb, 6.0)
    assert weight is not None
    assert weight.shape == (1, 1, 1, 3)
    # Red has Cb -0.1687 and Cr 0.5; no color has more chroma than magenta and green.
    expected = [1, 1 + 6 * math.hypot(0.1687, 0.5), 1 + 6 * math.hypot(0.3313, 0.4187)]
    assert weight.flatten().tolist() == pytest.approx(expected, abs=1e-3)
    assert losses.chroma_weight(rgb, 0.0) is None


def test_missing_colorfulness_is_what_is_lacking_and_no_more():
    torch.manual_seed(0)
    rgb = torch.rand(2, 3, 16, 16)
    gray = rgb.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    lacking = losses.missing_colorfulness(gray, rgb)
    assert lacking.item() == pytest.approx(batch_colorfulness(rgb).mean().item() / 100, rel=1e-4)
    assert losses.missing_colorfulness(rgb, gray).item() == 0, "too much costs nothing here"
    assert losses.missing_colorfulness((rgb + gray) / 2, rgb).item() == pytest.approx(lacking.item() / 2, rel=1e-3)
    mixed = losses.missing_colorfulness(torch.stack((gray[0], rgb[1])), torch.stack((rgb[0], gray[1])))
    assert mixed.item() == pytest.approx(batch_colorfulness(rgb[:1]).item() / 200, rel=1e-4), "each for itself"
