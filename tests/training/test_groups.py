from pathlib import Path

import pytest
import yaml

from photochrom.errors import RecipeError
from photochrom.training.config import from_dict, from_yaml, to_dict, to_yaml
from photochrom.training.groups import GROUPS, key_of, to_groups, ungrouped

GROUPED = """
data:
  photographs: {a: 0.25, b: 75e-2}
  size: 128
network:
  generator: unet_plus_plus
  options: {depth: 4}
discriminator:
  kind: patch
  patch: 16
objective:
  adversarial: hinge
  lambda_l1: 50
optimizer:
  learning_rate: 5e-4
run:
  epochs: 3
"""
PLAIN = {
    "data": {"a": 0.25, "b": 0.75}, "size": 128, "generator": "unet_plus_plus", "options": {"depth": 4},
    "discriminator": "patch", "patch": 16, "objective": "hinge", "lambda_l1": 50, "learning_rate": 5e-4, "epochs": 3,
}  # fmt: skip


def test_a_recipe_means_the_same_with_groups_and_without():
    assert from_dict(yaml.safe_load(GROUPED)) == from_dict(PLAIN)
    assert from_dict(yaml.safe_load(GROUPED)).digest == from_dict(PLAIN).digest


def test_every_key_is_in_one_group():
    names = [key for known in GROUPS.values() for key in known.values()]
    assert sorted(names) == sorted(to_dict(from_dict(PLAIN)))


def test_a_resolved_recipe_is_in_groups_and_means_the_same(tmp_path: Path):
    config = from_dict(PLAIN)
    (tmp_path / "recipe.yaml").write_text(to_yaml(config))
    written = yaml.safe_load((tmp_path / "recipe.yaml").read_text())
    assert list(written) == ["data", "network", "discriminator", "objective", "optimizer", "run"]
    assert written["data"]["photographs"] == {"a": 0.25, "b": 0.75}
    assert (written["discriminator"]["kind"], written["objective"]["adversarial"]) == ("patch", "hinge")
    assert from_yaml(tmp_path / "recipe.yaml") == config
    assert ungrouped(to_groups(to_dict(config))) == to_dict(config)


def test_groups_and_plain_keys_may_stand_side_by_side_and_extend_each_other(tmp_path: Path):
    (tmp_path / "old.yaml").write_text("data: photos\nwidth: 16\npatch: 16\nobjective: hinge\n")
    (tmp_path / "new.yaml").write_text("extends: old.yaml\nnetwork: {width: 8}\ndata: {size: 64}\nseed: 2\n")
    (tmp_path / "newer.yaml").write_text("extends: new.yaml\nobjective: {adversarial: cross_entropy}\n")
    expected = {"data": "photos", "width": 8, "patch": 16, "size": 64, "seed": 2}
    assert from_yaml(tmp_path / "newer.yaml") == from_dict(expected)


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("network.width=8", "width", 8),
        ("width=8", "width", 8),
        ("network.options.depth=3", "options", {"depth": 3}),
        ("options.depth=3", "options", {"depth": 3}),
        ("data.photographs=c", "data", "c"),
        ("data=c", "data", "c"),
        ("discriminator.kind=patch", "discriminator", "patch"),
        ("objective.adversarial=hinge", "objective", "hinge"),
        ("run.epochs=7", "epochs", 7),
    ],
)
def test_overrides_name_keys_with_their_group_or_without(override: str, key: str, value: object):
    assert getattr(from_dict(yaml.safe_load(GROUPED), [override]), key) == value


def test_key_of_leaves_alone_what_is_in_no_group():
    assert [key_of(name) for name in ("epochs", "data.share", "options.depth", "run.widht")] == [
        "epochs", "data.share", "options.depth", "run.widht",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"network": {"widht": 3}}, "network.widht: no such key; did you mean width?"),
        ({"network": {"epochs": 3}}, "network.epochs: no such key; it belongs to run"),
        ({"data": {"photographs": "a", "sise": 3}}, "data.sise: no such key; did you mean size?"),
        ({"run": 3}, "run: must be a list of `key: value` lines, not 3"),
        ({"width": 3, "network": {"width": 4}}, "width: said twice"),
        ({"netwrok": {"width": 3}}, "netwrok: no such key; did you mean network?"),
        ({"network": {"width": "wide"}}, "width: must be a whole number, not 'wide'"),
        ({"data": {"size": 64}}, "data: missing"),
        ({"data": {}}, "data: shares must be above 0"),
    ],
)
def test_errors_name_the_key_and_its_group(values: dict[str, object], said: str):
    with pytest.raises(RecipeError) as error:
        from_dict({"data": "photos"} | values)
    assert str(error.value).startswith(said)
