import math

import torch

from photochrom.training import losses


def test_adversarial_is_binary_cross_entropy():
    logits = torch.tensor([[[[0.0, 2.0]]]])
    real = (math.log(2) + math.log(1 + math.exp(-2))) / 2
    fake = (math.log(2) + math.log(1 + math.exp(2))) / 2
    assert math.isclose(losses.adversarial(logits, real=True), real, rel_tol=1e-6)
    assert math.isclose(losses.adversarial(logits, real=False), fake, rel_tol=1e-6)


def test_l1_is_the_mean_distance_in_float32():
    prediction, target = torch.zeros(2, 2, 4, 4, dtype=torch.bfloat16), torch.full((2, 2, 4, 4), 0.25)
    value = losses.l1(prediction, target)
    assert value.dtype == torch.float32
    assert float(value) == 0.25
