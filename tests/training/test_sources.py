from pathlib import Path

import numpy as np
import pytest

from photochrom.errors import RecipeError
from photochrom.training.config import from_dict
from photochrom.training.packing import pack
from photochrom.training.sources import called, opened


def silent(done: int, total: int) -> None:
    pass


def test_a_folder_and_its_shards_answer_the_same(photographs: Path, tmp_path: Path):
    named = pack(photographs, str(tmp_path), per_shard=6)
    (folder, one), (shards, _) = (opened(from_dict({"data": data}), silent)[0] for data in (str(photographs), named))
    assert one == 1.0
    assert [name.rpartition("/")[2] for name in shards.names()] == list(folder.names())
    assert folder.blocks.tolist() == [0, 16]
    assert shards.blocks.tolist() == [0, 6, 12, 16]
    assert folder.split is shards.split is None
    indices = [7, 0, 15, 7]
    paths, contents = folder.contents(indices), shards.contents(indices)
    assert [Path(str(path)).read_bytes() for path in paths] == contents
    assert np.array_equal(folder.sizes(np.array(indices)), shards.sizes(np.array(indices)))
    assert (folder.place(7), shards.place(7)) == (
        str(photographs / "chelsea-3.jpg"),
        f"{tmp_path}/00001.tar/chelsea-3.jpg",
    )


def test_each_source_has_its_share(photographs: Path, tmp_path: Path):
    data = {str(photographs): 0.75, pack(photographs, str(tmp_path)): 0.25}
    found = opened(from_dict({"data": data}), silent)
    assert [(type(source).__name__, share) for source, share in found] == [("Folder", 0.75), ("Shards", 0.25)]


def test_what_is_neither_a_folder_nor_shards_is_refused(tmp_path: Path):
    for data in (str(tmp_path / "missing"), "photos"):
        with pytest.raises(RecipeError, match=r"^data: no such folder: "):
            opened(from_dict({"data": data}), silent)
    assert called("photos") == "photos"
    assert called(["a.tar", "b.tar"]) == "a.tar, b.tar"
