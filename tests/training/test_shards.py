import json
import shutil
from itertools import groupby
from pathlib import Path

import fsspec
import pytest
import torch
import webdataset
from fsspec.registry import known_implementations

from photochrom.errors import PhotoError, RecipeError
from photochrom.training import checkpoint, order, shard_index, shards
from photochrom.training.config import from_dict
from photochrom.training.data import training_batches, validation_batches
from photochrom.training.listener import Listener
from photochrom.training.loop import resume, start
from photochrom.training.packing import pack
from photochrom.training.shards import are_named, opened
from photochrom.training.splitting import digest
from photochrom.training.splitting import photographs as load


def silent(*_: object) -> None:
    pass


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(shards.platformdirs, "user_cache_dir", lambda name: str(tmp_path / "cache" / name))
    return tmp_path / "cache" / "photochrom" / "shards"


@pytest.fixture
def packed(photographs: Path, tmp_path: Path) -> str:
    return pack(photographs, str(tmp_path / "packed"), per_shard=5)


@pytest.mark.parametrize("workers", [0, 1])
def test_shards_give_the_batches_of_their_folder(recipe: dict[str, object], packed: str, workers: int):
    folder, tars = (from_dict({**recipe, "film": 0.5, **more}) for more in ({}, {"data": packed, "workers": workers}))
    both = load(folder), load(tars)
    assert digest(*both[0]) == digest(*both[1])
    for one, other in zip(training_batches(both[0][0], folder, 3), training_batches(both[1][0], tars, 3), strict=True):
        assert all(map(torch.equal, one, other))
    for one, other in zip(validation_batches(both[0][1], folder), validation_batches(both[1][1], tars), strict=True):
        assert all(map(torch.equal, one, other))


def test_an_epoch_of_many_photographs_goes_through_one_window_of_shards_after_another(
    recipe: dict[str, object], packed: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(order, "WINDOW", 3)  # each shard is one
    training, _ = load(from_dict({**recipe, "data": packed}))
    names = [name.partition("/")[0] for _, name in training.names()]
    seen = [[names[index] for _, index in training.order(epoch)] for epoch in range(3)]
    assert all(sorted(epoch) == sorted(names) for epoch in seen)
    gone_through = [[shard for shard, _ in groupby(epoch)] for epoch in seen]
    assert all(len(shards) == 4 for shards in gone_through), "each shard once"
    assert len({tuple(shards) for shards in gone_through}) > 1, "in another order each time"


def test_names_limit_what_is_in_shards(recipe: dict[str, object], packed: str, tmp_path: Path):
    names = tmp_path / "names.txt"
    names.write_text("coffee-1.jpg\nchelsea-2.jpg\n")
    folder, tars = (load(from_dict({**recipe, "names": str(names), **more})) for more in ({}, {"data": packed}))
    assert digest(*folder) == digest(*tars)
    assert torch.equal(folder[0][1, 0][1], tars[0][1, 0][1])


def test_a_run_on_shards_is_that_on_their_folder_and_goes_on(recipe: dict[str, object], tmp_path: Path):
    folder, lines = tmp_path / "photographs", []
    shutil.copytree(str(recipe["data"]), folder)
    cut = folder / "coffee-2.jpg"
    cut.write_bytes(cut.read_bytes()[:-300])
    config = {**recipe, "epochs": 1}
    start(from_dict({**config, "data": str(folder)}), tmp_path / "a", silent)
    tars = from_dict({**config, "data": [pack(folder, str(tmp_path / "tars"), per_shard=6)]})
    start(tars, tmp_path / "b", Listener(silent, line=lines.append))
    assert lines[0].startswith(f"{tmp_path}/tars/00001.tar/coffee-2.jpg: left out, damaged")
    for run, name in (("a", "coffee-2.jpg"), ("b", "00001.tar/coffee-2.jpg")):
        (listed,) = json.loads((tmp_path / run / "left-out.json").read_text())["left_out"]
        assert (listed["folder"], listed["photograph"]) == (0, name)
        resume(tmp_path / run, ["epochs=2"], silent)
    one, other = (checkpoint.load(tmp_path / run / "last.pt") for run in "ab")
    assert one.photographs == other.photographs
    assert all(torch.equal(value, other.generator[key]) for key, value in one.generator.items())


def test_shards_are_named_by_braces_stars_and_lists(photographs: Path, packed: str, tmp_path: Path):
    folder = tmp_path / "packed"
    every = [str(folder / f"{number:05}.tar") for number in range(4)]
    for named in ([packed], [f"{folder}/*.tar"], [f"{folder}/0000[0-3].tar"], every, [f"file://{folder}/*.tar"]):
        found = opened(named, silent)
        assert [url.removeprefix("file://") for url in found.urls] == every
    assert opened([every[2], every[0]], silent).urls == (every[2], every[0])
    for named in (
        packed,
        "s3://bucket/{0..9}.tar",
        "gs://bucket/all",
        "simplecache::s3://b/a.tar",
        "a.tar.gz",
        "a/*.tar",
    ):
        assert are_named(named)
    for named in ("my-photos", "data/tar", "a.target"):
        assert not are_named(named)


def test_what_names_no_shards_is_refused_in_a_line(packed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(known_implementations, "far", {"class": "no_driver.Files", "err": "Install far to go there"})
    for named, problem in (
        ([f"{tmp_path}/none-*.tar"], "none-.*: no such shards"),
        ([f"{tmp_path}/none.tar"], "none.tar: no such shard; check the name"),
        ([f"{tmp_path}/{{0..1.tar"], "Unbalanced braces"),
        ([f"{tmp_path}/packed/00000.tar", packed], r"00000\.tar is named 2 times"),
        (["memory://a.tar", f"{tmp_path}/b.tar"], "must lie on one file system"),
        (["simplecache::memory://a.tar"], "chained file systems .* copy the shards to a disk"),
        ([], "an empty list, which names no shards"),
        (["memory://folder"], "memory://folder: neither a folder nor a shard, whose name ends with .tar"),
        (["far://a.tar"], r"far://a\.tar: needs a package that is not installed \(Install far to go there\)"),
        (["farther://a.tar"], r"farther://a\.tar: cannot be read \(Protocol not known"),
    ):
        with pytest.raises(RecipeError, match=f"^data: .*{problem}"):
            opened(named, silent)


def test_an_index_is_read_from_beside_the_shard_or_made_once(
    packed: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    really = shard_index.read
    monkeypatch.setattr(shard_index, "read", lambda file, name: [read.append(name), really(file, name)][1])
    expected = list(opened([packed], silent).names())
    assert (read, cache.exists()) == ([], False)
    first, second = tmp_path / "packed" / "00000.tar", tmp_path / "packed" / "00001.tar"
    first.with_name("00000.tar.index").unlink()
    shutil.copy(tmp_path / "packed" / "00003.tar.index", second.with_name("00001.tar.index"))  # of another shard
    counted: list[tuple[int, int]] = []
    for _ in range(2):
        assert list(opened([packed], lambda *counts: counted.append(counts)).names()) == expected
    assert sorted(read) == [str(first), str(second)]
    assert counted == [(1, 4), (2, 4), (3, 4), (4, 4)] * 2
    shutil.copy(second, first)
    assert next(opened([str(first)], silent).names()) == "00000.tar/chelsea-1.jpg"
    for path in cache.iterdir():
        path.write_bytes(b"damaged")
    assert next(opened([str(first)], silent).names()) == "00000.tar/chelsea-1.jpg"


def test_shards_of_the_webdataset_package_are_read_from_another_file_system(
    photographs: Path, recipe: dict[str, object]
):
    files = fsspec.filesystem("memory")
    files.makedirs("/far", exist_ok=True)
    for shard in range(2):
        with files.open(f"/far/{shard}.tar", "wb") as file, webdataset.TarWriter(file) as writer:
            for path in sorted(photographs.glob(f"*-[{2 * shard}{2 * shard + 1}].jpg")):
                writer.write({"__key__": path.stem, "jpg": path.read_bytes(), "json": {"of": path.stem}})
    train, validation = load(from_dict({**recipe, "data": "memory://far/{0..1}.tar"}))
    assert train.count + validation.count == 16
    assert {name for part in (train, validation) for _, name in part.names()} == {
        f"{int(path.stem[-1]) // 2}.tar/{path.name}" for path in photographs.iterdir()
    }
    (content,) = train.contents([0])
    assert content == (photographs / next(train.names())[1].rpartition("/")[2]).read_bytes()
    assert train[0, 0][1].shape == (3, 32, 32)
    files.rm("/far", recursive=True)
    with pytest.raises(PhotoError, match=r"^memory://far/0\.tar/.*jpg: cannot be read"):
        train.contents([0])


def test_a_shard_that_is_cut_after_it_was_indexed_is_told(packed: str, tmp_path: Path):
    found = opened([packed], silent)
    shard = tmp_path / "packed" / "00003.tar"
    shard.write_bytes(shard.read_bytes()[:1000])
    with pytest.raises(PhotoError, match=r"00003\.tar/rocket-3\.jpg: cut short since the shard was indexed"):
        found.contents([0, 15])
