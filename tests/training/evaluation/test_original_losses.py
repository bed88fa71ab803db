import pytest
import torch
from skimage import data

from photochrom.color import merge, rgb_to_chroma, rgb_to_luma
from photochrom.errors import CheckpointError
from photochrom.training import checkpoint as checkpoints
from photochrom.training.config import from_dict
from photochrom.training.discriminators import Discriminator
from photochrom.training.evaluation.original_losses import PUBLISHED, measure
from photochrom.training.generators import build_generator


def made(recipe: dict[str, object], **changes: object) -> checkpoints.Checkpoint:
    """A checkpoint of networks that have learned nothing."""
    config = from_dict(recipe | changes)
    torch.manual_seed(0)
    generator = build_generator(config.generator, config.space, config.width, config.options)
    channels = 6 if config.space == "rgb" else 3
    judge = {}
    if config.discriminator != "none":
        judge = Discriminator(channels, config.patch, "batch", spectral=False, scales=1).state_dict()
    return checkpoints.Checkpoint(config, generator.state_dict(), judge, [], [])


@pytest.fixture
def squares() -> list[torch.Tensor]:
    cat = torch.from_numpy(data.chelsea()[40:104, 100:228]).permute(2, 0, 1).float() / 255
    return [cat[..., :64], cat[..., 64:]]


@pytest.mark.parametrize("space", ["ycbcr", "lab", "rgb"])
def test_the_four_losses_add_up(recipe: dict[str, object], squares: list[torch.Tensor], space: str):
    found = measure(made(recipe, space=space, lambda_l1=10), squares)
    assert found.adversarial is not None
    assert found.discriminator is not None
    assert found.total == pytest.approx(found.adversarial + 10 * found.l1)
    assert 0.3 < found.discriminator < 3  # ln 2 is a guess


def test_l1_is_that_of_the_whole_picture_in_rgb(recipe: dict[str, object], squares: list[torch.Tensor]):
    checkpoint = made(recipe)
    network = checkpoints.load_generator(checkpoint)
    errors = []
    for rgb in squares:
        luma = rgb_to_luma(rgb[None])
        with torch.no_grad():
            painted = merge(luma, network(luma * 2 - 1) / 2).clip(0, 1)
        errors.append(float((painted * 2 - rgb[None] * 2).abs().mean()))
        assert float(rgb_to_chroma(rgb).abs().mean()) > 0.01  # or there would be nothing to measure
    assert measure(checkpoint, squares).l1 == pytest.approx(sum(errors) / 2, rel=1e-4)


def test_without_a_discriminator_there_is_no_adversarial_loss(recipe: dict[str, object], squares: list[torch.Tensor]):
    alone = {key: value for key, value in recipe.items() if key != "patch"}
    found = measure(made(alone, discriminator="none"), squares)
    assert (found.adversarial, found.discriminator) == (None, None)
    assert found.total == pytest.approx(100 * found.l1)


def test_a_discriminator_that_does_not_fit_is_refused(recipe: dict[str, object], squares: list[torch.Tensor]):
    checkpoint = made(recipe)
    checkpoint.discriminator.popitem()
    with pytest.raises(CheckpointError, match="discriminator does not fit"):
        measure(checkpoint, squares)


def test_the_published_table_has_the_six():
    assert set(PUBLISHED) == {"unet", "unet_plus_plus", "unet_3plus", "linknet", "r2unet", "tristream"}
    assert min(PUBLISHED, key=lambda name: PUBLISHED[name].total) == "linknet"
    assert min(PUBLISHED, key=lambda name: PUBLISHED[name].l1) == "unet"
