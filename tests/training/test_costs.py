import pytest

from photochrom.training.costs import costs
from photochrom.training.generators import GENERATORS


def test_costs_of_every_generator():
    found = {cost.name: cost for cost in costs(timed=False)}
    assert list(found) == list(GENERATORS)
    # By hand: the first convolutions, four levels of the encoder alike, four of the decoder, four of its enlargement.
    first, encoder = 256**2 * 9 * (64 + 64 * 64), 4 * 128**2 * 9 * (64 * 128 + 128 * 128)
    decoder, enlargement = 4 * 256**2 * 9 * (128 * 64 + 64 * 64), 4 * 256**2 * 128 * 64
    assert found["unet"].multiply_adds == pytest.approx(first + encoder + decoder + enlargement, rel=0.001)
    assert found["unet"].parameters == pytest.approx(31.0e6, rel=0.01)
    assert found["unet"].milliseconds is None
    for cost in found.values():
        assert cost.multiply_adds > 1e9
        assert ":" in cost.paper, "what it is, and who wrote it"
