import math

import pytest
import torch

from photochrom.training import losses

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


@pytest.mark.parametrize("objective", sorted(losses.OBJECTIVES))
def test_scales_are_averaged(objective: str):
    one, other = torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 2, 2)
    both = losses.for_discriminator(objective, [one, other], True)
    alone = [losses.for_discriminator(objective, [scale], True) for scale in (one, other)]
    assert both.item() == pytest.approx(sum(alone).item() / 2)


def test_l1_is_the_mean_distance_in_float32():
    prediction, target = torch.zeros(2, 2, 4, 4, dtype=torch.bfloat16), torch.full((2, 2, 4, 4), 0.25)
    value = losses.l1(prediction, target)
    assert value.dtype == torch.float32
    assert value.item() == 0.25


def test_mean_l1_of_none_is_nothing():
    target = torch.zeros(1, 2, 4, 4)
    assert losses.mean_l1([], target).item() == 0
    assert losses.mean_l1([target + 1, target + 3], target).item() == 2
