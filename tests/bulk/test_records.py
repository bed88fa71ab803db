from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pandas as pd
import pytest

from photochrom.batch.request import Outcome
from photochrom.bulk import records
from photochrom.bulk.records import Records, Report, Row, join, key, table
from photochrom.errors import PhotoError, UsageError

ROW = Row("in/a.jpg", "e1", "a.jpg", Outcome.DONE.value, settings_digest="s", milliseconds=12)


def keep(store, *rows):
    report = Report(store)
    report.add(table(rows))
    report.flush()


def asked(store, *keys):
    return Records.read(store).outcomes([key(*one) for one in keys])


def test_what_was_done_is_known_as_long_as_source_and_settings_are_the_same(store):
    assert asked(store, ("in/a.jpg", "e1", "a.jpg", "s")) == [None]
    keep(store, ROW, replace(ROW, source="in/b.jpg", outcome=Outcome.FAILED.value))
    keep(store, replace(ROW, source="in/c.jpg", outcome=Outcome.COLOR.value))
    others = [("in/a.jpg", "e2", "a.jpg", "s"), ("in/a.jpg", "e1", "a.jpg", "t"), ("in/b.jpg", "e1", "a.jpg", "s")]
    assert asked(store, ("in/a.jpg", "e1", "a.jpg", "s"), ("in/c.jpg", "e1", "a.jpg", "s"), *others) == [
        Outcome.DONE,
        Outcome.COLOR,
        None,
        None,
        None,
    ]


def test_the_latest_row_about_a_photograph_counts_in_whatever_part_it_is(store):
    late = replace(ROW, etag="e2", time=datetime(2400, 1, 1, tzinfo=UTC))
    keep(store, late)
    keep(store, ROW)
    assert asked(store, ("in/a.jpg", "e1", "a.jpg", "s"), ("in/a.jpg", "e2", "a.jpg", "s")) == [None, Outcome.DONE]


def test_rows_are_stored_as_they_come(store):
    report = Report(store, rows=3)
    report.add(table([ROW, ROW]))
    assert records.parts(store) == []
    report.add(table([ROW]))
    assert len(records.parts(store)) == 1
    report = Report(store, seconds=0)
    report.add(table([ROW]))
    assert len(records.parts(store)) == 2


def test_rows_that_the_store_refuses_are_kept_until_it_takes_them(store, monkeypatch):
    report, write = Report(store, seconds=0), type(store).write
    monkeypatch.setattr(type(store), "write", _refused)
    report.add(table([ROW]))
    with pytest.raises(PhotoError, match="try again"):
        report.flush()
    monkeypatch.setattr(type(store), "write", write)
    report.add(table([replace(ROW, source="in/b.jpg")]))
    assert asked(store, *((f"in/{name}.jpg", "e1", "a.jpg", "s") for name in "ab")) == [Outcome.DONE] * 2


def _refused(*_, **__):
    raise PhotoError("try again")


def test_many_small_parts_become_one(store, monkeypatch):
    monkeypatch.setattr(records, "_JOINED_FROM", 3)
    for number in range(4):
        keep(store, replace(ROW, source=f"in/{number}.jpg"))
    join(store)
    assert len(records.parts(store)) == 2
    assert asked(store, *((f"in/{number}.jpg", "e1", "a.jpg", "s") for number in range(4))) == [Outcome.DONE] * 4


def test_duckdb_and_pandas_read_it(store, tmp_path):
    keep(store, ROW, replace(ROW, source="in/b.jpg", milliseconds=30))
    (part,) = records.parts(store)
    (tmp_path / "part.parquet").write_bytes(store.read(part))
    query = f"select sum(milliseconds), min(outcome) from '{tmp_path}/*.parquet'"
    assert duckdb.sql(query).fetchall() == [(42, "colorized")]
    assert list(pd.read_parquet(tmp_path / "part.parquet")["source"]) == ["in/a.jpg", "in/b.jpg"]


def test_a_file_that_is_no_part_is_told(store):
    store.write("report/part-0.parquet", b"something else")
    with pytest.raises(UsageError, match=r"part-0\.parquet: is no part of a report"):
        Records.read(store)
