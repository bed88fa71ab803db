"""One step of the loop beside the same step by hand, in plain PyTorch and from the papers' formulas."""

from copy import deepcopy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from skimage import data

from photochrom.color import rgb_to_luma
from photochrom.training.config import Config, from_dict
from photochrom.training.metrics import colorfulness
from photochrom.training.spaces import SPACES
from photochrom.training.state import TrainState, set_up
from photochrom.training.steps import LOSSES, learn

BASE = {"data": "photos", "size": 32, "patch": 16, "width": 4, "options": {"depth": 3}, "learning_rate": 0.01}


def state_of(config: Config) -> TrainState:
    return set_up(config, Fabric(accelerator="cpu", devices=1, precision="32-true"), None)


def gradients(network: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.grad.clone() for weight in network.parameters() if weight.grad is not None]


def assert_same(found: list[torch.Tensor], expected: list[torch.Tensor]) -> None:
    assert found
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Luma (4, 1, 32, 32) and rgb (4, 3, 32, 32) of four parts of a real photograph."""
    coffee = torch.from_numpy(data.coffee()).permute(2, 0, 1)[:, ::6, ::6].float() / 255
    rgb = torch.stack([coffee[:, y : y + 32, x : x + 32] for y in (0, 32) for x in (0, 40)])
    return rgb_to_luma(rgb), rgb


class ByHand:
    """pix2pix's step as its paper states it: cross-entropy, the discriminator's halved, 100 · L1, Adam."""

    def __init__(self, state: TrainState) -> None:
        self.generator = deepcopy(state.generator.module).train()
        self.discriminator = deepcopy(state.discriminator.module).train()
        self.optimizers = [
            torch.optim.Adam(network.parameters(), 0.01, (0.5, 0.999))
            for network in (self.generator, self.discriminator)
        ]

    def step(self, luma: torch.Tensor, rgb: torch.Tensor) -> list[float]:
        condition = luma * 2 - 1
        red, green, blue = rgb.split(1, dim=1)
        gray = 0.299 * red + 0.587 * green + 0.114 * blue
        target = torch.cat(((blue - gray) / 0.886, (red - gray) / 0.701), dim=1)  # BT.601, to [-1, 1]
        fake = self.generator(condition)

        self.optimizers[1].zero_grad()
        (on_real,) = self.discriminator(condition, target)
        (on_fake,) = self.discriminator(condition, fake.detach())
        real_is_real = F.binary_cross_entropy_with_logits(on_real, torch.ones_like(on_real))
        fake_is_fake = F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))
        d_loss = 0.5 * (real_is_real + fake_is_fake)
        d_loss.backward()
        self.d_gradients = gradients(self.discriminator)
        self.optimizers[1].step()

        self.optimizers[0].zero_grad()
        (on_fake,) = self.discriminator(condition, fake)
        fools = F.binary_cross_entropy_with_logits(on_fake, torch.ones_like(on_fake))
        l1 = (fake - target).abs().mean()
        (fools + 100 * l1).backward()
        self.g_gradients = gradients(self.generator)
        self.optimizers[0].step()
        return [value.item() for value in (fools, l1, fools + 100 * l1, d_loss)]


def test_a_step_is_that_of_pix2pix(batch: tuple[torch.Tensor, torch.Tensor]):
    config = from_dict(BASE)
    state = state_of(config)
    by_hand = ByHand(state)
    for _ in range(2):  # the second also shows that no gradient is left over from the first
        expected = by_hand.step(*batch)
        assert learn(state, config, *batch).tolist() == pytest.approx(expected, rel=1e-4)
        # Adam hardly feels how large a gradient is, so that the weights alone would not show a loss that is not halved.
        for network, found in ((state.generator, by_hand.g_gradients), (state.discriminator, by_hand.d_gradients)):
            for one, other in zip(gradients(network.module), found, strict=True):
                assert (one - other).norm() <= 1e-3 * other.norm() + 1e-6


def test_the_discriminator_tells_real_from_fake_after_a_few_steps(batch: tuple[torch.Tensor, torch.Tensor]):
    config = from_dict(BASE)
    state = state_of(config)
    state.g_optimizer.param_groups[0]["lr"] = 0.0  # the generator stands still
    first, *_, last = (learn(state, config, *batch)[LOSSES.index("discriminator")].item() for _ in range(20))
    assert last < 0.5 * first
    condition, target = SPACES["ycbcr"].condition(batch[0]), SPACES["ycbcr"].encode(batch[1])
    with torch.no_grad():
        judge, fake = state.discriminator.module.train(), state.generator.module(condition)
        assert judge(condition, target)[0].mean() > 0 > judge(condition, fake)[0].mean()


def test_the_generator_does_not_teach_the_discriminator(batch: tuple[torch.Tensor, torch.Tensor]):
    config = from_dict(BASE)
    state = state_of(config)
    state.d_optimizer.param_groups[0]["lr"] = 0.0
    before = deepcopy(list(state.discriminator.module.parameters()))
    learn(state, config, *batch)
    assert_same(list(state.discriminator.module.parameters()), before)


def test_without_a_discriminator_l1_alone_is_learned_from(batch: tuple[torch.Tensor, torch.Tensor]):
    config = from_dict({**BASE, "patch": 70, "discriminator": "none", "lambda_l1": 7.0})
    state = state_of(config)
    adversarial, l1, total, d_loss = learn(state, config, *batch).tolist()
    assert (adversarial, d_loss) == (0, 0)
    assert total == pytest.approx(7 * l1)


def test_the_chroma_weight_changes_what_is_learned_from_but_not_the_l1_that_is_told(
    batch: tuple[torch.Tensor, torch.Tensor],
):
    luma, rgb = batch
    keys = {**BASE, "patch": 70, "discriminator": "none"}
    told = []
    for strength in (0.0, 6.0):
        config = from_dict({**keys, "chroma_weight": strength})
        state = state_of(config)
        fake = deepcopy(state.generator.module).train()(luma * 2 - 1)
        difference = (fake - SPACES["ycbcr"].encode(rgb)).abs()
        weight = 1 + strength * SPACES["ycbcr"].encode(rgb).div(2).square().sum(1, keepdim=True).sqrt()
        _, l1, total, _ = learn(state, config, luma, rgb).tolist()
        assert l1 == pytest.approx(difference.mean().item(), rel=1e-5)
        assert total == pytest.approx(100 * (difference * weight).mean().item(), rel=1e-5)
        told.append(total)
    assert told[1] > told[0]


def test_deep_supervision_adds_the_mean_l1_of_the_other_outputs(batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    options = {"deep_supervision": True}
    config = from_dict(
        {**BASE, "patch": 70, "discriminator": "none", "generator": "unet_plus_plus", "options": options}
    )
    state = state_of(config)
    fake, others, _ = deepcopy(state.generator.module).train().supervised(luma * 2 - 1)
    target = SPACES["ycbcr"].encode(rgb)
    expected = [(one - target).abs().mean().item() for one in (fake, *others)]
    assert len(others) > 1
    total = learn(state, config, luma, rgb)[LOSSES.index("total")].item()
    assert total == pytest.approx(100 * (expected[0] + sum(expected[1:]) / len(others)), rel=1e-5)


class Spy(torch.nn.Module):
    """Stands where LPIPS would, remembers the pictures it is given, and calls every pair 0.25 apart."""

    def forward(self, picture: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
        self.picture, self.original = picture.detach(), original
        return picture.mean(dim=(1, 2, 3)) * 0 + 0.25


@pytest.mark.parametrize("space", sorted(SPACES))
def test_the_perceptual_term_sees_the_photographs_own_luma(space: str, batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    aged = 0.2 + 0.5 * luma.square()  # what the network sees may be an old film's gray; what is judged is not
    keys = {"lambda_perceptual": 8.0, "perceptual_weights": "vgg16.pt", "discriminator": "none", "patch": 70}
    plain = from_dict({**BASE, "space": space, "discriminator": "none", "patch": 70})
    state = replace(state_of(plain), lpips=Spy())
    fake = deepcopy(state.generator.module).train()(state.space.condition(aged)).detach()
    _, l1, total, _ = learn(state, from_dict({**BASE, "space": space, **keys}), aged, rgb).tolist()
    assert total == pytest.approx(100 * l1 + 8 * 0.25, rel=1e-5)
    torch.testing.assert_close(rgb_to_luma(state.lpips.picture), luma, atol=1e-5, rtol=0)
    assert torch.equal(state.lpips.original, rgb)
    chroma = state.space.decode(fake, luma)
    torch.testing.assert_close(state.lpips.picture[:, :1] - luma, 1.402 * chroma[:, 1:], atol=1e-4, rtol=0)


def test_a_step_may_leave_the_perceptual_term_out(batch: tuple[torch.Tensor, torch.Tensor]):
    plain = {**BASE, "discriminator": "none", "patch": 70}
    config = from_dict({**plain, "lambda_perceptual": 8.0, "perceptual_weights": "vgg16.pt"})
    state = replace(state_of(from_dict(plain)), lpips=Spy())
    _, l1, total, _ = learn(state, config, *batch, perceptual=False).tolist()
    assert total == pytest.approx(100 * l1, rel=1e-5)
    assert not hasattr(state.lpips, "picture")


HALF = {**BASE, "discriminator": "none", "patch": 70, "chroma_size": "half"}


def test_at_half_the_size_l1_is_against_the_mean_of_what_a_pixel_covers(batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    config = from_dict({**HALF, "chroma_weight": 6.0})
    state = state_of(config)
    fake = deepcopy(state.generator.module).train()(luma * 2 - 1).detach()
    target = SPACES["ycbcr"].encode(F.avg_pool2d(rgb, 2))
    difference = (fake - target).abs()
    _, l1, total, _ = learn(state, config, luma, rgb).tolist()
    assert l1 == pytest.approx(difference.mean().item(), rel=1e-4)
    weight = 1 + 6 * (target / 2).square().sum(1, keepdim=True).sqrt()
    assert total == pytest.approx(100 * (difference * weight).mean().item(), rel=1e-4)


def test_at_half_the_size_pictures_are_judged_whole(batch: tuple[torch.Tensor, torch.Tensor]):
    keys = {"lambda_perceptual": 8.0, "perceptual_weights": "vgg16.pt"}
    state = replace(state_of(from_dict(HALF)), lpips=Spy())
    learn(state, from_dict({**HALF, **keys}), *batch)
    assert state.lpips.picture.shape == state.lpips.original.shape == (4, 3, 32, 32)


def test_at_half_the_size_the_discriminator_compares_what_was_painted_with_what_its_pixels_cover(
    batch: tuple[torch.Tensor, torch.Tensor],
):
    luma, rgb = batch
    config = from_dict({**HALF, "discriminator": "patch", "patch": 16, "norm": "none"})
    state = state_of(config)
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    state.discriminator.module.register_forward_pre_hook(lambda _, given: seen.append(given))
    painted = deepcopy(state.generator.module).train()(luma * 2 - 1).detach()
    assert torch.isfinite(learn(state, config, luma, rgb)).all()
    target = SPACES["ycbcr"].encode(F.avg_pool2d(rgb, 2))
    for (condition, picture), expected in zip(seen, (target, painted, painted), strict=True):
        torch.testing.assert_close(condition, F.avg_pool2d(luma, 2) * 2 - 1)
        torch.testing.assert_close(picture.detach(), expected)


@pytest.mark.parametrize("lambda_l1", [0.0, 10.0])
def test_bins_are_paid_for_by_their_cross_entropy(lambda_l1: float, batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    config = from_dict({**HALF, "bins": 8, "lambda_bins": 3.0, "lambda_l1": lambda_l1})
    target = SPACES["ycbcr"].encode(F.avg_pool2d(rgb, 2))
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = set_up(config, fabric, None, lambda: target.movedim(1, -1).flatten(0, -2))
    bins = state.generator.module.bins
    made = deepcopy(state.generator.module).train().supervised(luma * 2 - 1)
    assert made.logits.shape == (4, 8, 16, 16)
    _, l1, total, _ = learn(state, config, luma, rgb).tolist()
    assert l1 == pytest.approx((bins(made.logits) - target).abs().mean().item(), rel=1e-4)
    assert total == pytest.approx(3 * bins.loss(made.logits, target).item() + lambda_l1 * l1, rel=1e-4)


def test_hints_are_given_to_the_generator(batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    config = from_dict({**BASE, "discriminator": "none", "patch": 70, "hints": 0.5})
    state = state_of(config)
    learn(state, config, luma, rgb, torch.zeros(4, 3, 32, 32))
    assert not state.generator.module.network.hint_first.weight.any(), "nothing was known"
    learn(state, config, luma, rgb, torch.ones(4, 3, 32, 32))
    assert state.generator.module.network.hint_first.weight.any()


@pytest.mark.parametrize(("size", "seen"), [(32, 32), (64, 64), (96, 64)])
def test_pictures_are_shrunk_for_the_perceptual_term_and_never_enlarged(
    size: int, seen: int, batch: tuple[torch.Tensor, torch.Tensor]
):
    plain = {**BASE, "discriminator": "none", "patch": 70}
    keys = {"lambda_perceptual": 8.0, "perceptual_weights": "vgg16.pt", "perceptual_size": size}
    state = replace(state_of(from_dict(plain)), lpips=Spy())
    luma, rgb = (planes.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) for planes in batch)
    learn(state, from_dict({**plain, **keys}), luma, rgb)
    assert state.lpips.picture.shape == state.lpips.original.shape == (4, 3, seen, seen)
    torch.testing.assert_close(state.lpips.original, batch[1] if seen == 32 else rgb)


def test_the_colorfulness_term_is_what_the_painted_photograph_lacks(batch: tuple[torch.Tensor, torch.Tensor]):
    luma, rgb = batch
    config = from_dict({**BASE, "discriminator": "none", "patch": 70, "lambda_colorfulness": 3.0})
    state = state_of(config)
    fake = deepcopy(state.generator.module).train()(luma * 2 - 1).detach()
    cb, cr = (fake / 2).split(1, dim=1)
    red, blue = luma + 1.402 * cr, luma + 1.772 * cb
    painted = torch.cat((red, (luma - 0.299 * red - 0.114 * blue) / 0.587, blue), dim=1)
    lacking = sum(colorfulness(true) - colorfulness(made) for made, true in zip(painted, rgb, strict=True)) / 4
    assert lacking > 1
    _, l1, total, _ = learn(state, config, luma, rgb).tolist()
    assert total == pytest.approx(100 * l1 + 3 * lacking / 100, rel=1e-4)


def test_the_running_mean_follows_every_step(batch: tuple[torch.Tensor, torch.Tensor]):
    config = from_dict({**BASE, "ema": 0.75})
    state = state_of(config)
    expected: list[torch.Tensor] = []
    for _ in range(3):
        learn(state, config, *batch)
        now = [weight.detach().clone() for weight in state.generator.module.parameters()]
        expected = [0.75 * m + 0.25 * w for m, w in zip(expected, now, strict=True)] if expected else now
    assert_same([weight.detach() for weight in state.average.module.parameters()], expected)
    assert not all(map(torch.equal, expected, now))
