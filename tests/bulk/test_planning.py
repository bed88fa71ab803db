from pathlib import Path

import pytest

from photochrom.batch.planning import plan
from photochrom.batch.request import Outcome, Request
from photochrom.bulk import planning
from photochrom.bulk.hint_index import HintIndex
from photochrom.bulk.planning import Planning, Tally
from photochrom.bulk.records import Records, Report, Row, table
from photochrom.bulk.request import BulkRequest
from photochrom.bulk.sources import Sources
from photochrom.bulk.stores import Store
from photochrom.errors import PlanError


@pytest.fixture
def planned(order):
    """The jobs of a folder, and what was found beside them."""

    def planned(folder, **how):
        given, tally, told = order(folder, **how), Tally(), []
        sources = Sources.open(BulkRequest(str(folder), given.target.url))
        records, hints = Records.read(given.target), HintIndex.read(given.hints)
        return list(Planning(sources, given, records, hints, tally, told.append).jobs()), tally, told

    return planned


def record(job, order, folder, outcome=Outcome.DONE):
    given = order(folder)
    report = Report(given.target)
    name = given.source.name(job.source)
    report.add(table([Row(name, job.etag, job.result, outcome.value, settings_digest=job.settings)]))
    report.flush()


def test_results_have_the_names_that_the_command_line_gives(planned, archive, encoded, tmp_path):
    (archive / "b-gif.png").write_bytes(encoded())
    (archive / "IMG.HEIC").write_bytes(b"")
    (archive / "IMG.jpg").write_bytes(b"")
    jobs, tally, _ = planned(archive)
    expected = plan(Request([archive], tmp_path / "colored"))
    assert {str(archive / job.source): str(tmp_path / "colored" / job.result) for job in jobs} == {
        str(job.source): str(job.target) for job in expected.jobs
    }
    assert tally.left_out == expected.left_out
    assert [job.note for job in jobs if job.source == "b.gif"] == [
        "b.gif: becomes b-gif-2.png, as b.png is another's name"
    ]
    assert all(Path(job.result).suffix == ".psd" for job in planned(archive, format="psd")[0])


def test_what_is_recorded_and_there_is_skipped_and_looked_at_if_only_one_is_true(planned, order, archive, tmp_path):
    by_source = {job.source: job for job in planned(archive)[0]}
    for name in ("a.jpg", "b.png"):
        record(by_source[name], order, archive)
    record(by_source["box/d"], order, archive, Outcome.COLOR)
    Store.open(str(tmp_path / "colored")).write("a.jpg", b"")
    jobs, tally, _ = planned(archive)
    assert {job.source for job in jobs} == {"b.gif", "b.png", "box/c.tif", "broken.jpg"}
    assert tally.resting == {Outcome.SKIPPED: 1, Outcome.COLOR: 1}
    assert {job.source for job in planned(archive, saturation=2)[0]} == {*by_source}
    (archive / "a.jpg").write_bytes(b"another photograph")
    assert "a.jpg" in {job.source for job in planned(archive)[0]}


def test_other_hints_are_other_settings(planned, archive, tmp_path):
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "a.hints.json").write_text('{"version": 1, "hints": []}')
    with_hints = {job.source: job for job in planned(archive, hints=str(tmp_path / "known"))[0]}
    without = {job.source: job for job in planned(archive)[0]}
    assert with_hints["a.jpg"].hints == ("a.hints.json",)
    assert [name for name, job in with_hints.items() if job.settings != without[name].settings] == ["a.jpg"]


def test_results_go_nowhere_near_the_photographs(archive):
    with pytest.raises(PlanError, match="holds the photographs; name another place"):
        planning.refuse_same_place(Store.open(str(archive)), Store.open(str(archive.parent)))
    planning.refuse_same_place(Store.open(str(archive)), Store.open(str(archive / "colored")))
