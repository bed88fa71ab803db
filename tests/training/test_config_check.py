import pytest

from photochrom.errors import RecipeError
from photochrom.training.config import from_dict

STAGE = {"size": 256, "batch": 4, "share": 1.0}
LITE = {"generator": "efficient_unet"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"data": 3}, "data: must be text, not 3"),
        ({"data": {"a": "much"}}, "data.a: must be a number, not 'much'"),
        ({"data": {"a": 0.7, "b": 0.7}}, "data: shares must be above 0 and add up to 1, not [0.7, 0.7]"),
        ({"data": {"a": 1.5, "b": -0.5}}, "data: shares must be above 0"),
        ({"data": {}}, "data: shares must be above 0"),
        ({"data": {"a": 1.0}, "names": "n.txt"}, "names: goes with one folder in data"),
        ({"threads": 0}, "threads: must be at least 1, not 0"),
        ({"threads": "all"}, "threads: must be one of auto, not 'all'"),
        ({"devices": 2.5}, "devices: must be text, not 2.5"),
        ({"data": {"data/a b": "much"}}, "data.data/a b: must be a number, not 'much'"),
        ({"options": {"depth": True}}, "options.depth: must be a whole number, not True"),
        ({"betas": [0.5, "x"]}, "betas: must be a number, not 'x'"),
        ({"encoder_learning_rate": "x"}, "encoder_learning_rate: must be a number, not 'x'"),
        ({"names": 3}, "names: must be text, not 3"),
        ({"film": 1.1}, "film: must be between 0 and 1, not 1.1"),
        ({"ema": 1.0}, "ema: must be between 0 and 0.99999, not 1.0"),
        ({"schedule": "cosin"}, "schedule: must be one of linear, cosine, not 'cosin'; did you mean cosine?"),
        ({"weight_decay": -1}, "weight_decay: must be at least 0, not -1.0"),
        ({"chroma_weight": -1}, "chroma_weight: must be at least 0, not -1.0"),
        ({"lambda_colorfulness": -1}, "lambda_colorfulness: must be at least 0, not -1.0"),
        ({"perceptual_size": 16}, "perceptual_size: must be between 32 and 4096, not 16"),
        ({"perceptual_size": 64}, "perceptual_size: goes with a lambda_perceptual above 0"),
        ({"perceptual_every": 4}, "perceptual_every: goes with a lambda_perceptual above 0"),
        ({"perceptual_from": 0.5}, "perceptual_from: goes with a lambda_perceptual above 0"),
        ({"generator": "linknet", "hints": 0.5}, "hints: linknet cannot do that; unet and efficient_unet can"),
        ({"generator": "r2unet", "chroma_size": "half"}, "chroma_size: r2unet cannot do that; unet and efficient_unet"),
        ({"generator": "tristream", "bins": 64}, "bins: tristream cannot do that; unet and efficient_unet can"),
        ({"options": {"hints": True}}, "options.hints: unet has no such option"),
        ({"hints": 1.5}, "hints: must be between 0 and 1, not 1.5"),
        ({"chroma_size": "third"}, "chroma_size: must be one of full, half, not 'third'"),
        ({"bins": 1}, "bins: one bin leaves nothing to choose; take 64 to 128, or 0 for none"),
        ({"bins": 64, "space": "rgb"}, "bins: are of chroma, which space: rgb has no planes of; take ycbcr or lab"),
        ({"temperature": 0.5}, "temperature, lambda_bins: have no meaning without bins"),
        ({"bins": 64, "temperature": 0}, "temperature: must be between 0.05 and 2, not 0.0"),
        ({"views": 0}, "views: must be at least 1, not 0"),
        ({"discriminator": "none", "lambda_l1": 0}, "lambda_l1: 0 leaves nothing to learn from"),
        ({"encoder_weights": "package"}, "encoder_weights: unet has no encoder to load; efficient_unet has"),
        ({"encoder_learning_rate": 1e-4, "start_from": "a.pt"}, "encoder_learning_rate: unet has no encoder to load"),
        ({**LITE, "encoder_learning_rate": 1e-4}, "encoder_learning_rate: goes with encoder_weights or start_from"),
        ({**LITE, "encoder_learning_rate": -1.0, "encoder_weights": "package"}, "encoder_learning_rate: must be at"),
        ({**LITE, "encoder_weights": "package", "start_from": "a.pt"}, "encoder_weights: would be replaced"),
        ({"precision": "bf16-true"}, "precision: must be one of auto, 32-true, 16-mixed, bf16-mixed, not 'bf16-true'"),
        ({"betas": [0.5, 1.5]}, "betas: must be at least 0 and below 1, not [0.5, 1.5]"),
        ({"schedule": "cosine", "decay": 0}, "schedule: has no meaning without decay"),
        ({"chroma_weight": 6, "lambda_l1": 0}, "chroma_weight: has no meaning without lambda_l1"),
        ({"data": {2019: 1.0}}, "data: 2019 must be text; put it in quotes"),
        ({"options": {3: 1}}, "options: 3 must be text; put it in quotes"),
        ({"stages": {"size": 64}}, "stages: must be a list, not {'size': 64}"),
        ({"stages": [{"size": 64}]}, "stages: each has a size, a batch and a share, not {'size': 64}"),
        ({"stages": [3]}, "stages: each has a size, a batch and a share, not 3"),
        ({"stages": [{**STAGE, "size": 512}]}, "stages.size: must be between 32 and size: 256, not 512"),
        ({"stages": [{**STAGE, "size": 6.4}]}, "stages.size: must be a whole number, not 6.4"),
        ({"stages": [{**STAGE, "batch": 0}]}, "stages.batch: must be at least 1, not 0"),
        ({"stages": [{**STAGE, "share": "all"}]}, "stages.share: must be a number, not 'all'"),
        ({"stages": [{**STAGE, "share": 0.5}]}, "stages.share: shares must be above 0 and add up to 1, not [0.5]"),
        ({"stages": [{**STAGE, "size": 128}]}, "stages: the last must have size: 256"),
        (
            {"epochs": 1, "stages": [{**STAGE, "size": 64, "share": 0.4}, {**STAGE, "share": 0.6}]},
            "stages: 1 epochs leave none for the stage of size 64",
        ),
        (
            {"stages": [{**STAGE, "size": 64, "share": 0.5}, {**STAGE, "share": 0.5}]},
            "patch: 70 sees more pixels than the smallest stage of 64 has",
        ),
    ],
)
def test_errors_name_the_key(values: dict[str, object], said: str):
    with pytest.raises(RecipeError) as error:
        from_dict({"data": "photos", **values})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        {"data": {"a": 0.1, "b": 0.2, "c": 0.7}},
        {"stages": [{**STAGE, "size": 128, "share": 0.5}, {**STAGE, "share": 0.5}]},
        {**LITE, "encoder_weights": "package", "encoder_learning_rate": 1e-4},
        {**LITE, "start_from": "a.pt", "encoder_learning_rate": 1e-4},
        {**LITE, "hints": 0.65, "chroma_size": "half", "bins": 64, "temperature": 0.7, "views": 100},
        {"discriminator": "none", "bins": 64, "space": "lab", "lambda_l1": 0.0},
        {"film": 1, "ema": 0.999, "schedule": "cosine", "chroma_weight": 6, "lambda_colorfulness": 1},
    ],
)
def test_what_makes_sense_is_allowed(values: dict[str, object]):
    config = from_dict({"data": "photos", **values})
    assert all(getattr(config, key) == value for key, value in values.items())
