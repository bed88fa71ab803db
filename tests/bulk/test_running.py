import json
import os
import signal
from contextlib import nullcontext
from pathlib import Path

import pyarrow.dataset
import pytest
import ray

from photochrom.batch.request import Outcome, Request
from photochrom.bulk import BulkRequest, colorize_archive, colorize_dataset, engine
from photochrom.bulk.coloring import Coloring
from photochrom.bulk.stage import Stage
from photochrom.errors import PlanError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray", "ignore::FutureWarning:ray")


@pytest.fixture(scope="module")
def cluster():
    """Two CPUs, on which the pool of workers might leave none for anything else."""
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


class Fragile(Coloring):
    """Dies of a photograph that is called poison, as of a fault in a decoder."""

    def colored(self, content, name, *rest):
        if "poison" in name:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().colored(content, name, *rest)


class FragileStage(Stage):
    def __init__(self, *given):
        super().__init__(*given)
        self._coloring = Fragile(self._coloring.colorizer, self._coloring.how)


def report(target):
    return pyarrow.dataset.dataset(sorted(target.glob("report/*.parquet"))).to_table().to_pylist()


def test_an_archive_is_colored_and_a_photograph_that_kills_its_worker_stops_no_other(
    cluster, archive, strong, tmp_path, files, encoded, monkeypatch
):
    monkeypatch.setattr(engine, "Stage", FragileStage)
    (archive / "poison.png").write_bytes(encoded())
    request = BulkRequest(str(archive), str(tmp_path / "colored"), Request(models=[str(strong)]), workers=1)
    seen = []
    done = colorize_archive(request, seen.append)
    assert done.outcomes == {(Outcome.DONE, ""): 5, (Outcome.FAILED, ""): 2}
    assert (done.failures, done.left_out) == (2, {".txt": 1})
    assert (seen[-1].done, seen[-1].total) == (7, 7)
    results = [name for name in files(tmp_path / "colored") if not name.startswith("report/")]
    assert results == ["a.jpg", "b-gif.png", "b-png.png", "box/c.tif", "box/d.jpg"]
    rows = {row["result"]: row for row in report(tmp_path / "colored")}
    assert len(rows) == 7
    assert rows["poison.png"]["reason"] == f"{archive}/poison.png: took its worker down 2 times; check the file"
    assert rows["a.jpg"]["outcome"] == "colorized"


def test_a_dataset_of_ones_own_is_colored_lazily_and_its_reading_finds_a_cpu(cluster, archive, strong):
    photographs = ray.data.read_binary_files(str(archive), include_paths=True, file_extensions=["jpg", "gif"])
    rows = colorize_dataset(photographs, models=[str(strong)], workers=2).take_all()
    assert {Path(row["path"]).name: (row["outcome"], row["suffix"]) for row in rows} == {
        "a.jpg": ("colorized", ".jpg"),
        "b.gif": ("colorized", ".png"),
        "broken.jpg": ("failed", ".jpg"),
    }


def test_what_is_done_is_not_done_again_and_needs_no_engine(archive, strong, tmp_path, monkeypatch):
    (archive / "broken.jpg").unlink()
    request = BulkRequest(str(archive), str(tmp_path / "colored"), Request(models=[str(strong)]))
    monkeypatch.setattr(engine, "cluster", _here)
    monkeypatch.setattr(engine, "work", lambda jobs, order, workers: map(Stage(order), jobs))
    monkeypatch.setattr(engine, "cpus", lambda: 1)
    assert colorize_archive(request).outcomes == {(Outcome.DONE, ""): 5}
    monkeypatch.setattr(engine, "work", lambda *_: pytest.fail("there is nothing to do"))
    assert colorize_archive(request).outcomes == {(Outcome.SKIPPED, ""): 5}
    (run, _) = sorted((tmp_path / "colored" / "report").glob("run-*.json"))
    assert json.loads(run.read_text())["settings"] == "model strong, size 64, saturation 1"


def test_rows_are_kept_when_it_is_interrupted(archive, strong, tmp_path, monkeypatch):
    def interrupted(jobs, order, workers):
        yield Stage(order)(jobs[0].slice(0, 2))
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "cluster", _here)
    monkeypatch.setattr(engine, "work", interrupted)
    monkeypatch.setattr(engine, "cpus", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        colorize_archive(BulkRequest(str(archive), str(tmp_path / "colored"), Request(models=[str(strong)])))
    assert len(report(tmp_path / "colored")) == 2


def test_a_place_that_holds_the_photographs_is_refused_before_anything_is_written(archive, files):
    before = files(archive.parent)
    with pytest.raises(PlanError, match="holds the photographs"):
        colorize_archive(BulkRequest(str(archive), str(archive)))
    assert files(archive.parent) == before


def _here(address):
    return nullcontext()
