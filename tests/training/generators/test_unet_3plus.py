import pytest
import torch

from photochrom.training.generators.unet_3plus import UNet3Plus, enlarge


def test_parameters_are_the_papers():
    assert sum(p.numel() for p in UNet3Plus().parameters()) == pytest.approx(26.97e6, rel=0.03)


def test_every_decoder_node_sees_all_five_scales_at_the_same_width():
    network = UNet3Plus(width=4)
    assert len(network.decoder) == 4
    for node in network.decoder:
        assert [branch[0].out_channels for branch in node.branches] == [4] * 5
        assert node.fuse[0].in_channels == node.fuse[0].out_channels == 20
    # At the second scale: two maps of the encoder, two of the decoder, and the bottleneck.
    assert [branch[0].in_channels for branch in network.decoder[1].branches] == [4, 8, 20, 20, 64]


def test_every_scale_reaches_the_output():
    torch.manual_seed(0)
    network = UNet3Plus(width=4).train()
    network(torch.rand(2, 1, 32, 32)).square().sum().backward()
    for branch in network.decoder[0].branches:
        assert branch[0].weight.grad.abs().sum() > 0


def test_deep_supervision_answers_at_every_scale_in_full_size():
    torch.manual_seed(0)
    network = UNet3Plus(width=4, deep_supervision=True).eval()
    condition = torch.rand(1, 1, 64, 32)
    with torch.no_grad():
        prediction, others = network.supervised(condition)
        assert torch.equal(prediction, network(condition))
    assert len(others) == 4, "three smaller decoder scales and the bottleneck"
    assert {other.shape for other in others} == {prediction.shape}


def test_without_it_there_are_no_other_answers():
    with torch.no_grad():
        assert UNet3Plus(width=4).eval().supervised(torch.rand(1, 1, 32, 32))[1] == []


def test_enlarge_is_bilinear():
    ramp = torch.arange(4.0).reshape(1, 1, 1, 4)
    assert enlarge(ramp, 2)[0, 0, 0].tolist() == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
