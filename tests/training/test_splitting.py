import hashlib
import json
from pathlib import Path

import pytest

from photochrom.errors import RecipeError
from photochrom.training.config import from_dict
from photochrom.training.data import Photographs
from photochrom.training.prepare import prepare
from photochrom.training.splitting import check_enough, digest, sizes
from photochrom.training.splitting import photographs as load


def paths(*parts: Photographs) -> list[Path]:
    """The files of photographs in folders."""
    return [path for part in parts for path in part.contents(range(part.count))]


def test_the_split_is_seeded_and_whole(recipe: dict[str, object]):
    train, validation = load(from_dict(recipe))
    assert (len(train), len(validation)) == (12, 4)
    assert not set(paths(train)) & set(paths(validation))
    assert paths(load(from_dict(recipe))[1]) == paths(validation)
    assert paths(load(from_dict({**recipe, "seed": 1}))[1]) != paths(validation)


def test_names_limit_the_photographs(recipe: dict[str, object], tmp_path: Path):
    names = tmp_path / "names.txt"
    names.write_text("coffee-1.jpg\nchelsea-2.jpg\n\n")
    train, validation = load(from_dict({**recipe, "names": str(names)}))
    assert {path.name for path in paths(train, validation)} == {"coffee-1.jpg", "chelsea-2.jpg"}
    names.write_text("coffee-1.jpg\nnobody.jpg\n")
    with pytest.raises(RecipeError, match=r"names: .*nobody\.jpg"):
        load(from_dict({**recipe, "names": str(names)}))
    names.write_bytes(b"caf\xe9.jpg")
    with pytest.raises(RecipeError, match=r"names: .*cannot be read \(not UTF-8\)"):
        load(from_dict({**recipe, "names": str(names)}))
    with pytest.raises(RecipeError, match=r"names: .*cannot be read \(No such file"):
        load(from_dict({**recipe, "names": str(tmp_path / "none.txt")}))


def test_too_few_photographs(recipe: dict[str, object], tmp_path: Path):
    with pytest.raises(RecipeError, match="data: 0 photographs"):
        load(from_dict({**recipe, "data": str(tmp_path)}))
    with pytest.raises(RecipeError, match="no such folder"):
        load(from_dict({**recipe, "data": str(tmp_path / "missing")}))
    names = tmp_path / "names.txt"
    names.write_text("coffee-1.jpg")
    with pytest.raises(RecipeError, match="data: 0 photographs to train on and 1 to validate"):
        load(from_dict({**recipe, "names": str(names)}))


def test_names_of_pairs_are_looked_up_in_all_their_parts(recipe: dict[str, object], photographs: Path, tmp_path: Path):
    prepare(photographs, tmp_path / "pairs", size=48, split=(0.5, 0.25, 0.25), processes=1)
    every = sorted(path.name for path in (tmp_path / "pairs").rglob("*.*g"))
    names = tmp_path / "names.txt"
    names.write_text("\n".join(every))
    config = from_dict({**recipe, "data": str(tmp_path / "pairs"), "names": str(names)})
    assert [part.count for part in load(config)] == [8, 4]
    names.write_text("\n".join([*every, "nobody.png"]))
    with pytest.raises(RecipeError, match=r"1 of them are not in .*nobody\.png"):
        load(config)


def test_pairs_and_photographs_do_not_mix(recipe: dict[str, object], photographs: Path, tmp_path: Path):
    for part in ("train", "val"):
        (tmp_path / "pairs" / part).mkdir(parents=True)
    (tmp_path / "pairs" / "manifest.json").touch()
    with pytest.raises(RecipeError, match="cannot be mixed"):
        load(from_dict({**recipe, "data": {str(photographs): 0.5, str(tmp_path / "pairs"): 0.5}}))


def test_a_source_of_which_nothing_is_left_is_named(recipe: dict[str, object]):
    config = from_dict(recipe)
    training, validation = load(config)
    check_enough(config, training, validation)
    with pytest.raises(RecipeError, match=r"data: 12 photographs to train on and 0 to validate in \S+photographs0$"):
        check_enough(config, training, validation.without(set(validation.names())))


def test_the_digest_is_of_the_names_of_both_parts_as_in_earlier_versions(recipe: dict[str, object]):
    parts = load(from_dict(recipe))
    names = [[path.name for path in paths(part)] for part in parts]
    assert digest(*parts) == hashlib.sha256(json.dumps(names).encode()).hexdigest()


def test_files_of_the_same_names_and_other_sizes_are_told_apart(
    recipe: dict[str, object], photographs: Path, tmp_path: Path
):
    for path in photographs.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = from_dict({**recipe, "data": str(tmp_path)})
    same = sizes(*load(from_dict(recipe)))
    assert sizes(*load(config)) == same
    parts = load(config)
    with (tmp_path / "coffee-0.jpg").open("ab") as file:
        file.write(b"0")
    assert sizes(*parts) != same
    (tmp_path / "coffee-0.jpg").unlink()
    with pytest.raises(RecipeError, match=r"coffee-0\.jpg: cannot be read \(No such file"):
        sizes(*parts)
