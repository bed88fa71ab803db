import gzip
import io
import tarfile
from pathlib import Path

import pytest

from photochrom.errors import RecipeError
from photochrom.training.shard_index import from_bytes, keep, kept, read


def tar_of(photographs: Path, *names: str, **kinds: bytes) -> bytes:
    """A tar file of some of the photographs under these names, and of other members of these types."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name in names:
            content = (photographs / "coffee-0.jpg").read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, kind in kinds.items():
            entry = tarfile.TarInfo(f"{name}.jpg")
            entry.type, entry.linkname = kind, names[0]
            tar.addfile(entry)
    return file.getvalue()


def test_what_a_folder_would_have_as_photographs_is_found(photographs: Path, tmp_path: Path):
    long = "a" * 120 + "é.jpg"
    content = tar_of(
        photographs, "./b/1.jpg", "1.json", ".hidden.jpg", ".git/a.jpg", "1.hints.png", "1.psd", "scan", long,
        link=tarfile.SYMTYPE, folder=tarfile.DIRTYPE,
    )  # fmt: skip
    index = read(io.BytesIO(content), "a.tar")
    assert index.names.decode().split("\0") == ["b/1.jpg", "scan", long, ""]
    whole = (photographs / "coffee-0.jpg").read_bytes()
    for offset, size in zip(index.offsets, index.sizes, strict=True):
        assert content[offset : offset + size] == whole
    assert index.length == len(content)
    keep(index, tmp_path / "new" / "a.index")
    again = kept(tmp_path / "new" / "a.index")
    assert again
    assert again.to_bytes() == index.to_bytes()


def test_what_is_no_index_is_none(photographs: Path, tmp_path: Path):
    whole = read(io.BytesIO(tar_of(photographs, "1.jpg")), "a.tar").to_bytes()
    for damaged in (b"", b"PK", whole[:-30], whole.replace(b"offsets", b"offsetz")):
        assert from_bytes(damaged) is None
    assert kept(tmp_path / "none.index") is None


@pytest.mark.parametrize("cut", [700, -10240, -9000])
def test_a_shard_that_is_cut_short_is_refused(photographs: Path, cut: int):
    content = tar_of(photographs, "1.jpg", "2.jpg")
    content += bytes(-len(content) % 10240)
    with pytest.raises(RecipeError, match=r"^data: s3://b/a\.tar: (cut short or damaged|no tar file, or damaged)"):
        read(io.BytesIO(content[: cut if cut > 0 else len(content.rstrip(bytes(1))) - 3]), "s3://b/a.tar")


def test_a_header_that_is_damaged_in_the_middle_does_not_hide_what_follows(photographs: Path):
    content = bytearray(tar_of(photographs, "1.jpg", "2.jpg"))
    second = content.index(b"2.jpg")
    content[second : second + 5] = b"3.png"  # its checksum is now wrong
    with pytest.raises(RecipeError, match="cut short or damaged after 1 photographs"):
        read(io.BytesIO(bytes(content)), "a.tar")


def test_what_cannot_be_read_photograph_by_photograph_is_refused_with_the_reason(photographs: Path):
    content = tar_of(photographs, "1.jpg", "2.jpg", "1.jpg")
    with pytest.raises(RecipeError, match=r"^data: a\.tar: has 1\.jpg twice"):
        read(io.BytesIO(content), "a.tar")
    with pytest.raises(RecipeError, match="compressed with gzip, so that no photograph can be read alone"):
        read(io.BytesIO(gzip.compress(content)), "a.tar")
    with pytest.raises(RecipeError, match="no tar file, or damaged"):
        read(io.BytesIO(b"no tar file at all" * 100), "a.tar")
