import hashlib
from pathlib import Path

import pytest
import yaml

from photochrom.errors import RecipeError
from photochrom.model import load as load_model
from photochrom.training.config import Config, from_dict, from_yaml, to_dict, to_yaml
from photochrom.training.generators import build_generator
from photochrom.training.groups import ungrouped

ROOT = Path(__file__).parents[2]
PUBLISHED = sorted(ROOT.joinpath("docs", "results").rglob("*.yaml"))


def test_defaults_are_the_original_recipe():
    config = from_dict({"data": "photos"})
    assert (config.generator, config.width, config.patch) == ("unet", 64, 70)
    assert (config.learning_rate, config.betas, config.lambda_l1) == (2e-4, (0.5, 0.999), 100)


def test_yaml_round_trip(tmp_path: Path):
    config = from_dict({"data": "photos", "betas": [0.9, 0.99], "options": {"depth": 4}, "devices": 2, "names": None})
    path = tmp_path / "recipe.yaml"
    path.write_text(to_yaml(config))
    assert from_yaml(path) == config == from_dict(to_dict(config))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"widht": 3}, "widht: no such key; did you mean width?"),
        ({"width": "wide"}, "width: must be a whole number, not 'wide'"),
        ({"width": True}, "width: must be a whole number, not True"),
        ({"width": 2.5}, "width: must be a whole number, not 2.5"),
        ({"flip": 1}, "flip: must be true or false, not 1"),
        ({"learning_rate": "fast"}, "learning_rate: must be a number, not 'fast'"),
        ({"betas": [0.5]}, "betas: must be a list of 2 numbers, not [0.5]"),
        ({"options": 3}, "options: must be a list of `key: value` lines, not 3"),
        ({"generator": "unett"}, "generator: must be one of unet"),
        ({"generator": "unett"}, "did you mean unet?"),
        ({"space": "ycbrc"}, "did you mean ycbcr?"),
        ({"patch": 71}, "patch: must be one of"),
        ({"options": {"depth": "deep"}}, "options.depth: must be a whole number, not 'deep'"),
        ({"patch": 286}, "patch: 286 sees 286 pixels, more than size: 256 has"),
        ({"patch": 70, "scales": 3}, "patch: 70 at the smallest of 3 scales sees 280 pixels"),
        ({"scales": 4}, "scales: must be between 1 and 3, not 4"),
        ({"norm": "layer"}, "norm: must be one of batch, instance, none"),
        ({"objective": "hing"}, "did you mean hinge?"),
        ({"discriminator": "none", "patch": 16}, "patch: has no meaning without a discriminator"),
        ({"discriminator": "none", "objective": "hinge"}, "objective: has no meaning without a discriminator"),
        ({"discriminator": "none", "lambda_l1": 0}, "lambda_l1: 0 leaves nothing to learn from"),
        ({"lambda_perceptual": 1.0}, "perceptual_weights: goes with a lambda_perceptual"),
        ({"perceptual_weights": "a.pt"}, "perceptual_weights: goes with a lambda_perceptual"),
        ({"options": {"dept": 3}}, "options.dept: unet has no such option; did you mean depth?"),
        ({"epochs": 0}, "epochs: must be at least 1, not 0"),
        ({"crop": 1.5}, "crop: must be between 0.05 and 1, not 1.5"),
        ({"learning_rate": float("nan")}, "learning_rate: must be"),
    ],
)
def test_errors_name_the_key(values: dict[str, object], said: str):
    with pytest.raises(RecipeError) as error:
        from_dict({"data": "photos", **values})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("generator", "width"), [("unet", 64), ("unet_plus_plus", 32), ("efficient_unet", 32), ("linknet", 64)]
)
def test_a_network_is_as_wide_as_its_own_default_unless_the_recipe_says(generator: str, width: int):
    assert from_dict({"data": "photos", "generator": generator}).width == width
    assert from_dict({"data": "photos", "generator": generator, "width": None}).width == width
    assert from_dict({"data": "photos", "generator": generator, "width": 16}).width == 16


def test_the_width_that_is_documented_is_the_one_that_is_trained():
    config = from_dict({"data": "photos", "generator": "unet_plus_plus"})
    network = build_generator(config.generator, config.space, config.width, config.options)
    assert sum(weight.numel() for weight in network.parameters()) == pytest.approx(9.0e6, rel=0.01)


def test_data_must_be_named():
    with pytest.raises(RecipeError, match="data: missing"):
        from_dict({"width": 8})


def test_overrides_are_typed_like_the_recipe():
    values = {"data": "photos", "options": {"depth": 4}}
    config = from_dict(values, ["learning_rate=3e-4", "options.depth=3", "names=null", "betas=[0.9, 0.99]", "data=a=b"])
    assert (config.learning_rate, config.options, config.names) == (3e-4, {"depth": 3}, None)
    assert (config.betas, config.data) == ((0.9, 0.99), "a=b")
    assert values["options"] == {"depth": 4}, "what was read must not change"
    with pytest.raises(RecipeError, match="key=value"):
        from_dict(values, ["epochs"])
    with pytest.raises(RecipeError, match="data is 'photos', in which nothing can be set"):
        from_dict(values, ["data.share=1"])


@pytest.mark.parametrize("text", ["[1, 2]", "a: b: c", ""])
def test_not_a_recipe(tmp_path: Path, text: str):
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=r"recipe\.yaml"):
        from_yaml(path)
    with pytest.raises(RecipeError, match="check the name"):
        from_yaml(tmp_path / "missing.yaml")


def test_digest_follows_the_recipe():
    assert Config("a").digest == Config("a").digest != Config("b").digest
    plain = from_dict({"data": "a"})
    assert plain.digest == hashlib.sha256(b"data: a\n").hexdigest(), "a key that is new later changes nothing"
    assert from_dict(to_dict(plain)).digest == plain.digest, "a default written out changes nothing"
    assert from_dict({"data": "a", "betas": [0.5, 0.999], "stages": [], "film": 0}).digest == plain.digest
    for change in (
        {"film": 0.1},
        {"ema": 0.9},
        {"betas": [0.9, 0.999]},
        {"data": {"a": 1.0}},
        {"options": {"depth": 5}},
    ):
        assert from_dict({"data": "a", **change}).digest != plain.digest, change


def test_data_may_be_several_folders(tmp_path: Path):
    path = tmp_path / "recipe.yaml"
    path.write_text("data: {a: 0.25, b: 75e-2}\n")
    config = from_yaml(path)
    assert config.data == {"a": 0.25, "b": 0.75}
    assert from_dict(to_dict(config)) == config
    assert from_yaml(path, ["data=c"]).data == "c"


def test_stages_cover_the_epochs():
    stages = [{"size": 64, "batch": 8, "share": 0.3}, {"size": 128, "batch": 4, "share": "5e-1"}]
    stages.append({"size": 256, "batch": 2, "share": 0.2})
    config = from_dict({"data": "a", "epochs": 10, "patch": 16, "stages": stages})
    assert [config.stage(epoch) for epoch in range(10)] == [(64, 8)] * 3 + [(128, 4)] * 5 + [(256, 2)] * 2
    assert from_dict({"data": "a", "batch": 7}).stage(99) == (256, 7)


def test_a_recipe_extends_another(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    base, middle, path = tmp_path / "base.yaml", tmp_path / "folder" / "middle.yaml", tmp_path / "folder" / "last.yaml"
    base.write_text("data: photos\nnames: few.txt\nwidth: 16\npatch: 16\n")
    middle.write_text("extends: ../base.yaml\npatch: 70\nnames: null\n")
    path.write_text("extends: middle.yaml\nwidth: 8\n")
    assert from_yaml(path, ["seed=2"]) == from_dict({"data": "photos", "width": 8, "patch": 70, "seed": 2})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: recipe.yaml", "recipe.yaml: extends itself"),
        ("extends: gone.yaml", "gone.yaml: cannot be read"),
        ("extends: [a.yaml]", "extends: must be the name of a recipe"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, text: str, said: str):
    path = tmp_path / "recipe.yaml"
    path.write_text(f"{text}\ndata: photos\n")
    with pytest.raises(RecipeError) as error:
        from_yaml(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("path", sorted(ROOT.joinpath("recipes").rglob("*.yaml")), ids=str)
def test_shipped_recipes_are_valid(path: Path):
    folders = from_yaml(path).data
    assert all(folder.startswith("data/") for folder in ([folders] if isinstance(folders, str) else folders))


def test_published_recipes_are_what_they_were():
    """``recipes.sha256`` holds the digests that each had when it was published; models name them."""
    lines = (Path(__file__).parent / "recipes.sha256").read_text().splitlines()
    pinned = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert {path.relative_to(ROOT).as_posix() for path in PUBLISHED} <= pinned.keys()
    assert {name: from_yaml(ROOT / name).digest for name in pinned} == pinned
    for model in ROOT.joinpath("src", "photochrom", "models").glob("*.onnx"):
        assert load_model(model).metadata.recipe in pinned.values(), model.name


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_resolved_recipe_means_what_it_says(path: Path):
    said, meant = ungrouped(yaml.safe_load(path.read_text())), to_dict(from_yaml(path))
    assert {key: meant[key] for key in said} == said
