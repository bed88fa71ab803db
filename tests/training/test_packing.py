import tarfile
from pathlib import Path

import fsspec
import pytest

from photochrom.errors import PhotochromError, UsageError
from photochrom.training.packing import pack
from photochrom.training.shard_index import kept


def test_a_folder_becomes_shards_that_any_tar_reads(photographs: Path, tmp_path: Path):
    seen: list[tuple[int, int]] = []
    named = pack(photographs, str(tmp_path / "a"), per_shard=7, progress=lambda *counts: seen.append(counts))
    assert named == f"{tmp_path}/a/{{00000..00002}}.tar"
    assert seen == [(7, 16), (14, 16), (16, 16)]
    members = []
    for path in sorted((tmp_path / "a").glob("*.tar")):
        with tarfile.open(path) as tar:
            members += [member.name for member in tar]
            tar.extractall(tmp_path / "out", filter="data")
        index = kept(path.with_name(f"{path.name}.index"))
        assert index
        assert index.length == path.stat().st_size
    assert members == sorted(path.name for path in photographs.iterdir())
    for name in members:
        assert (tmp_path / "out" / name).read_bytes() == (photographs / name).read_bytes()
    assert pack(photographs, str(tmp_path / "b")) == f"{tmp_path}/b/00000.tar"
    assert pack(photographs, str(tmp_path / "c")) == f"{tmp_path}/c/00000.tar"
    assert (tmp_path / "b" / "00000.tar").read_bytes() == (tmp_path / "c" / "00000.tar").read_bytes()


def test_shards_are_written_to_other_file_systems(photographs: Path):
    assert pack(photographs, "memory://packed/here", per_shard=8) == "memory://packed/here/{00000..00001}.tar"
    files = fsspec.filesystem("memory")
    assert len(files.ls("/packed/here")) == 4
    with tarfile.open(fileobj=files.open("/packed/here/00001.tar")) as tar:
        assert len(tar.getmembers()) == 8
    with pytest.raises(UsageError, match="memory://packed/here: is not empty"):
        pack(photographs, "memory://packed/here")


def test_what_cannot_be_packed_is_refused(photographs: Path, tmp_path: Path):
    for source, out, problem in (
        (tmp_path / "missing", "new", "no such folder"),
        (tmp_path, "new", "no photographs in it"),
        (photographs, "..", "is not empty"),
        (photographs, "nowhere-9://x", "cannot be written"),
    ):
        (tmp_path / "inner").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match=problem):
            pack(source, out if "://" in out else str(tmp_path / "inner" / out))
    with pytest.raises(UsageError, match="`per_shard` must be at least 1, not 0"):
        pack(photographs, str(tmp_path / "new"), per_shard=0)
    (tmp_path / "manifest.json").touch()
    with pytest.raises(UsageError, match="holds pairs"):
        pack(tmp_path, str(tmp_path / "new"))
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / "a.jpg").symlink_to(tmp_path / "gone.jpg")
    with pytest.raises(PhotochromError, match=r"a\.jpg: cannot be packed \(No such file"):
        pack(folder, str(tmp_path / "new"))
    assert not list((tmp_path / "new").iterdir())
