import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from photochrom.bulk.request import BulkRequest
from photochrom.bulk.sources import Sources
from photochrom.bulk.stores import Store
from photochrom.errors import PhotoError, UsageError


def found(source, target="memory://elsewhere", **options):
    sources = Sources.open(BulkRequest(str(source), str(target), **options))
    groups = list(sources.groups(Store.open(str(target))))
    paths = [f"{group.folder}/{name}".lstrip("/") for group in groups for name in group.files]
    return sorted(paths), [reason for group in groups for reason in group.problems.values()]


def test_a_folder_is_gone_through_without_the_one_of_the_results(archive):
    (archive / "colored").mkdir()
    (archive / "colored" / "a.jpg").write_bytes(b"")
    (archive / ".trash").mkdir()
    (archive / ".trash" / "x.jpg").write_bytes(b"")
    inside = ["a.jpg", "b.gif", "b.png", "box/c.tif", "box/d", "broken.jpg", "notes.txt"]
    assert found(archive, archive / "colored") == (inside, [])


def test_a_folder_that_cannot_be_read_is_told_and_the_others_go_on(archive, monkeypatch):
    listing = Store.listing

    def refused(store, folder=""):
        if folder == "box":
            raise PhotoError("box: cannot read this folder")
        return listing(store, folder)

    monkeypatch.setattr(Store, "listing", refused)
    assert found(archive) == (["a.jpg", "b.gif", "b.png", "broken.jpg", "notes.txt"], ["box: cannot read this folder"])


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("b.*", ["b.gif", "b.png"]),
        ("**/*.tif", ["box/c.tif"]),
        ("*/*", ["box/c.tif", "box/d"]),
        ("box/*.tif", ["c.tif"]),
    ],
)
def test_a_glob_chooses_and_paths_are_below_the_folder_before_it(archive, pattern, paths):
    assert found(f"{archive}/{pattern}") == (paths, [])


def test_a_manifest_beside_the_photographs_names_them(archive):
    rows = ["box/d", "a.jpg", "box/gone.tif", "a.jpg", "../other.jpg"]
    pq.write_table(pa.table({"number": range(5), "path": rows}), archive / "list.parquet")
    paths, problems = found(archive / "list.parquet")
    assert paths == ["a.jpg", "box/d"]
    assert [problem.split("/")[-1] for problem in problems] == [
        f"other.jpg: is not below {archive}; name another `root`".split("/")[-1],
        "gone.tif: no such file; check the name",
    ]


def test_manifests_of_whole_addresses_keep_all_of_it_or_what_is_below_a_root(archive):
    for number, name in enumerate(["a.jpg", "box/d"]):
        (archive / f"{number}.csv").write_text(f"id,address\n{number},{archive / name}\n")
    whole = [f"{archive}/a.jpg".lstrip("/"), f"{archive}/box/d".lstrip("/")]
    assert found(f"{archive}/[01].csv", column="address") == (whole, [])
    assert found(f"{archive}/*.csv", column="address", root=str(archive)) == (["a.jpg", "box/d"], [])
    _, problems = found(f"{archive}/*.csv", column="address", root=f"{archive}/box")
    assert problems == [f"{archive}/a.jpg: is not below {archive}/box; name another `root`"]


def test_folders_of_one_name_inside_others_are_not_torn_apart(archive, encoded):
    (archive / "box" / "box").mkdir()
    (archive / "box" / "box" / "x.png").write_bytes(encoded())
    rows = ["box/d", "box/box/x.png", "box/c.tif"]
    pq.write_table(pa.table({"url": rows}), archive / "list.parquet")
    sources = Sources.open(BulkRequest(f"{archive}/list.parquet", "memory://elsewhere"))
    assert [group.folder for group in sources.groups(Store.open("memory://elsewhere"))] == ["box", "box/box"]


def test_what_is_no_source_is_told(archive, tmp_path):
    with pytest.raises(UsageError, match="no folder with anything in it"):
        found(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"list\.parquet: cannot be read as a manifest"):
        found(tmp_path / "list.parquet")
    (tmp_path / "list.csv").write_text("name,number\na,1\n")
    with pytest.raises(UsageError, match="has no column path or url or source, but name, number; name one by `column`"):
        found(tmp_path / "list.csv")
