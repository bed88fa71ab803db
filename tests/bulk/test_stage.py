import os
from dataclasses import replace

import pytest

from photochrom import Colorizer
from photochrom.batch.request import Outcome, Request
from photochrom.batch.running import colorize_paths
from photochrom.bulk.hint_index import HintIndex
from photochrom.bulk.planning import Planning, Tally, table
from photochrom.bulk.records import Records
from photochrom.bulk.request import BulkRequest
from photochrom.bulk.sources import Sources
from photochrom.bulk.stage import Stage


@pytest.fixture
def jobs():
    def jobs(order, folder):
        sources = Sources.open(BulkRequest(str(folder), order.target.url))
        hints = HintIndex.read(order.hints)
        return table(list(Planning(sources, order, Records(), hints, Tally(), lambda row: None).jobs()))

    return jobs


def outcomes(rows):
    return dict(zip(rows["result"].to_pylist(), rows["outcome"].to_pylist(), strict=True))


def test_results_are_the_bytes_of_the_command_line(order, jobs, archive, tmp_path, strong, files):
    (archive / "a.hints.json").write_text('{"version": 1, "hints": [{"x": 0.5, "y": 0.5, "color": "red"}]}')
    options = {"hints": str(archive), "saturation": 0.8, "skip_color": True}
    given = order(archive, **options)
    rows = Stage(given)(jobs(given, archive)).to_pylist()
    colorize_paths(Request([archive], tmp_path / "cli", [str(strong)], **options), lambda event, total: None)
    assert files(tmp_path / "colored") == files(tmp_path / "cli")
    assert len(files(tmp_path / "cli")) == 5
    for name in files(tmp_path / "cli"):
        assert (tmp_path / "colored" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    by_result = {row["result"]: row for row in rows}
    assert by_result["broken.jpg"]["outcome"] == "failed"
    assert by_result["broken.jpg"]["reason"].startswith(f"{archive}/broken.jpg: ")
    assert by_result["a.jpg"]["result_bytes"] == (tmp_path / "colored" / "a.jpg").stat().st_size
    assert by_result["a.jpg"]["settings"].startswith("model strong, size 64, saturation 0.8, hints ")


def test_a_batch_that_is_repeated_colors_nothing_again(order, jobs, archive, monkeypatch):
    given = order(archive)
    stage, batch = Stage(given), jobs(given, archive)
    first = stage(batch)
    monkeypatch.setattr(Colorizer, "colorize_file", lambda *_, **__: pytest.fail("colored again"))
    assert outcomes(stage(batch)) == outcomes(first)
    later = replace(given, since=given.target.entry("a.jpg").modified + 100)
    assert outcomes(Stage(later)(batch))["a.jpg"] == Outcome.SKIPPED.value


def test_a_result_of_other_settings_or_of_an_earlier_source_is_told_and_replaced_if_wanted(order, jobs, archive):
    given = order(archive)
    batch = jobs(given, archive)
    Stage(given)(batch)
    given.target.write("b-png.png", b"somebody's", overwrite=True)
    now = given.target.entry("a.jpg").modified + 100
    os.utime(archive / "box" / "c.tif", (now, now))
    other = replace(order(archive, saturation=2.0), since=now)
    found = outcomes(Stage(other)(batch))
    assert found["a.jpg"] == Outcome.DIFFERENT.value
    assert found["b-png.png"] == Outcome.OCCUPIED.value
    rows = Stage(replace(given, since=now))(jobs(given, archive)).to_pylist()
    assert [row["reason"] for row in rows if row["result"] == "box/c.tif"] == ["of an earlier state of its source"]
    replacing = replace(order(archive, saturation=2.0, overwrite=True), since=now)
    assert set(outcomes(Stage(replacing)(batch)).values()) == {Outcome.DONE.value, Outcome.FAILED.value}


def test_a_photograph_that_took_its_worker_down_twice_is_recorded_as_failed(order, jobs, archive):
    class Ledger:
        def __init__(self):
            self.begun = dict.fromkeys([f"{archive}/a.jpg"], 2)

        def begin(self, source):
            return self.begun.setdefault(source, 0)

        def end(self, source):
            self.begun.pop(source)

    ledger, given = Ledger(), order(archive)
    rows = Stage(given, ledger)(jobs(given, archive)).to_pylist()
    assert [row["reason"] for row in rows if row["result"] == "a.jpg"] == [
        f"{archive}/a.jpg: took its worker down 2 times; check the file"
    ]
    assert not ledger.begun
    assert given.target.entry("a.jpg") is None
    assert given.target.entry("b-png.png")


def test_a_result_that_another_worker_wrote_meanwhile_is_taken(order, jobs, archive, monkeypatch):
    given = order(archive)
    stage, batch = Stage(given), jobs(given, archive)
    assert set(outcomes(stage(batch)).values()) == {Outcome.DONE.value, Outcome.FAILED.value}
    looked, entry = [], type(given.target).entry

    def late(store, path):
        looked.append(path)
        return None if looked.count(path) == 1 and store == given.target else entry(store, path)

    monkeypatch.setattr(type(given.target), "entry", late)
    assert set(outcomes(stage(batch)).values()) == {Outcome.DONE.value, Outcome.FAILED.value}


def test_a_store_that_fails_in_a_way_that_nobody_thought_of_is_told(order, jobs, archive, monkeypatch):
    given = order(archive)
    stage, batch = Stage(given), jobs(given, archive)
    monkeypatch.setattr(type(given.target), "write", lambda *_: 1 / 0)
    assert set(outcomes(stage(batch)).values()) == {Outcome.FAILED.value}


def test_hints_that_cannot_be_read_are_told_and_stop_no_other(order, jobs, archive):
    (archive / "a.hints.json").write_text("broken")
    given = order(archive, hints=str(archive))
    rows = {row["result"]: row for row in Stage(given)(jobs(given, archive)).to_pylist()}
    assert rows["a.jpg"]["outcome"] == "failed"
    assert "a.hints.json: broken JSON" in rows["a.jpg"]["reason"]
    assert rows["b-png.png"]["outcome"] == "colorized"
