import pytest
import torch

from photochrom.training.generators.unet_plus_plus import UNetPlusPlus


def parameters(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@pytest.fixture
def network() -> UNetPlusPlus:
    torch.manual_seed(0)
    return UNetPlusPlus(width=4, deep_supervision=True).eval()


def test_parameters_are_the_papers():
    assert parameters(UNetPlusPlus()) == pytest.approx(9.04e6, rel=0.03)


def test_the_grid_is_the_whole_triangle():
    network = UNetPlusPlus(width=2)
    assert set(network.nodes) == {f"{i},{j}" for i in range(5) for j in range(5 - i)}
    # X(0,3) joins X(0,0), X(0,1), X(0,2) and what comes up from X(1,2).
    assert network.nodes["0,3"][0].in_channels == 4 * 2
    assert network.up["0,3"].in_channels == 2 * 2


def test_deep_supervision_averages_a_head_a_column(network: UNetPlusPlus):
    assert list(network.heads) == ["1", "2", "3", "4"]
    with torch.no_grad():
        prediction, heads = network.supervised(torch.rand(1, 1, 48, 32))
    assert len(heads) == 4
    assert torch.allclose(prediction, torch.stack(heads).mean(dim=0))
    assert not torch.allclose(heads[0], heads[3])


def test_without_it_there_is_one_head():
    network = UNetPlusPlus(width=4).eval()
    assert list(network.heads) == ["4"]
    with torch.no_grad():
        assert network.supervised(torch.rand(1, 1, 32, 32))[1] == []


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_pruned_is_the_head_of_its_level(network: UNetPlusPlus, level: int):
    condition = torch.rand(1, 1, 64, 32)
    pruned = network.pruned(level)
    with torch.no_grad():
        assert torch.equal(pruned(condition), network.supervised(condition)[1][level - 1])
    assert pruned.multiple_of == 2**level
    assert list(network.heads) == ["1", "2", "3", "4"], "the network itself must not change"


def test_pruned_is_smaller_at_every_level(network: UNetPlusPlus):
    sizes = [parameters(network.pruned(level)) for level in (1, 2, 3, 4)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[3] / 50
    assert sizes[3] < parameters(network)


def test_what_cannot_be_pruned_is_refused(network: UNetPlusPlus):
    with pytest.raises(ValueError, match="no level 5"):
        network.pruned(5)
    with pytest.raises(ValueError, match="deep_supervision"):
        UNetPlusPlus(width=2).pruned(1)
