"""A recipe's keys with and without their groups: `network: {width: 16}` and `width: 16` mean the same.

Recipes of earlier versions have no groups. Three groups have the name of a key that was there before them, which
therefore has another name inside the group.
"""

from dataclasses import fields
from typing import Any

from photochrom.errors import RecipeError
from photochrom.training import keys
from photochrom.training.nearest import nearest

_INSIDE = {"data": "photographs", "discriminator": "kind", "objective": "adversarial"}
_CLASSES = {
    "data": keys.Data, "network": keys.Network, "discriminator": keys.Discriminator, "objective": keys.Objective,
    "optimizer": keys.Optimizer, "run": keys.Run,
}  # fmt: skip

# Of each group, the names that its keys have inside it, and outside.
GROUPS = {
    group: {_INSIDE[one.name] if one.name == group else one.name: one.name for one in fields(kind)}
    for group, kind in _CLASSES.items()
}


def ungrouped(values: dict[str, Any]) -> dict[str, Any]:
    """The keys and values of a recipe without groups. Raises `RecipeError` for a key that its group does not have."""
    plain: dict[str, Any] = {}
    for key, value in values.items():
        inside = _inside(key, value)
        if twice := inside.keys() & plain.keys():
            raise RecipeError(f"{min(twice)}: said twice; keep one of the two lines")
        plain |= inside
    return plain


def to_groups(plain: dict[str, Any]) -> dict[str, Any]:
    """What `ungrouped` takes apart again."""
    return {group: {name: plain[key] for name, key in known.items()} for group, known in GROUPS.items()}


def key_of(name: str) -> str:
    """What ``network.width`` is without its group; anything else stays as it is."""
    group, _, rest = name.partition(".")
    inner, dot, option = rest.partition(".")
    known = GROUPS.get(group, {})
    return f"{known[inner]}{dot}{option}" if inner in known else name


def _inside(key: str, value: Any) -> dict[str, Any]:
    """What a line of a recipe says: the keys of a group, or a single one."""
    known = GROUPS.get(key)
    if known is None:
        return {key: value}
    if not isinstance(value, dict):
        if key in _INSIDE:
            return {key: value}
        raise RecipeError(f"{key}: must be a list of `key: value` lines, not {value!r}")
    if key == "data" and "photographs" not in value and not (value and value.keys() <= known.keys()):
        return {key: value}  # folders, each with its share
    for name in value:
        if name not in known:
            where = next((group for group, other in GROUPS.items() if name in other), None)
            belongs = f"; it belongs to {where}" if where else nearest(str(name), known)
            raise RecipeError(f"{key}.{name}: no such key{belongs}")
    return {known[name]: one for name, one in value.items()}
