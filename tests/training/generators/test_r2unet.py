import pytest
import torch
from torch import nn

from photochrom.training.generators.r2unet import R2UNet, Recurrent, RecurrentResidual


def test_parameters_are_the_papers():
    assert sum(p.numel() for p in R2UNet().parameters()) == pytest.approx(39.1e6, rel=0.03)


@pytest.mark.parametrize("t", [0, 1, 3])
def test_steps_share_weights_but_not_batch_norm(t: int):
    unit = Recurrent(4, t)
    assert sum(isinstance(layer, nn.Conv2d) for layer in unit.modules()) == 1
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in unit.modules()) == t + 1


def test_a_unit_is_its_formula():
    torch.manual_seed(0)
    unit, x = Recurrent(3, t=2).eval(), torch.rand(1, 3, 8, 8)
    f = [lambda y, norm=norm: torch.relu(norm(unit.convolution(y))) for norm in unit.norms]
    expected = f[2](x + f[1](x + f[0](x)))
    assert torch.allclose(unit(x), expected)


def test_the_input_is_added():
    unit = RecurrentResidual(2, 4, t=1).eval()
    nn.init.zeros_(unit.recurrent[1].norms[-1].weight)
    x = torch.rand(1, 2, 8, 8)
    with torch.no_grad():
        assert torch.allclose(unit(x), unit.widen(x))


def test_eval_fits_what_training_saw():
    """Statistics shared by all steps would fit none of them, and eval mode would answer something else."""
    torch.manual_seed(0)
    network, batch = R2UNet(width=4, depth=3), torch.rand(8, 1, 32, 32)
    for _ in range(150):
        trained = network.train()(batch)
    with torch.no_grad():
        assert (network.eval()(batch) - trained).abs().mean() < 0.01


def test_t_below_zero_is_refused():
    with pytest.raises(ValueError, match="t must be at least 0"):
        R2UNet(width=2, t=-1)
