import pyarrow as pa
import pytest

from photochrom import Colorizer
from photochrom.batch.request import Request
from photochrom.bulk import datasets
from photochrom.bulk.datasets import DatasetStage
from photochrom.bulk.manner import Manner
from photochrom.errors import UsageError


def test_rows_come_back_with_their_results_which_are_those_of_a_file(strong, encoded, tmp_path):
    contents = [encoded("JPEG"), encoded("GIF"), b"text", encoded("TIFF"), None]
    batch = pa.table({"number": range(5), "path": ["in/a.jpg", "b.gif", "c.png", "d", "e.jpg"], "bytes": contents})
    rows = DatasetStage(Manner.of(Request(models=[str(strong)])))(batch).to_pylist()
    assert [row["suffix"] for row in rows] == [".jpg", ".png", ".png", ".tif", ".jpg"]
    assert [row["outcome"] for row in rows] == ["colorized", "colorized", "failed", "colorized", "failed"]
    assert [row["number"] for row in rows] == list(range(5))
    assert rows[2]["reason"].startswith("c.png: not a picture")
    assert rows[2]["result"] is None
    (tmp_path / "a.jpg").write_bytes(contents[0])
    assert rows[0]["result"] == Colorizer(strong).colorize_file(tmp_path / "a.jpg", tmp_path / "new.jpg").read_bytes()


def test_names_are_not_needed_and_formats_can_be_chosen(strong, encoded):
    rows = DatasetStage(Manner.of(Request(models=[str(strong)], format="tif")), "scan")(pa.table({"scan": [encoded()]}))
    assert rows["result"][0].as_py().startswith(b"II*\0")
    rows = DatasetStage(Manner.of(Request(models=[str(strong)])), "scan")(pa.table({"scan": [encoded()]}))
    assert rows["suffix"].to_pylist() == [".png"]


def test_what_is_for_one_photograph_is_refused():
    with pytest.raises(UsageError, match="without `hints`, `answers`"):
        datasets.colorize_dataset(None, answers=2)
