from collections import Counter
from pathlib import Path

import pytest

from photochrom.batch.request import Event, Outcome, Request, Summary
from photochrom.cli.summary import complaints, lines, planned

OLD, NEW = Path("old.jpg"), Path("new.jpg")


def events(outcome, count, **more):
    return [Event(Path(f"{number}.jpg"), Path(f"out/{number}.jpg"), outcome, **more) for number in range(count)]


@pytest.mark.parametrize(
    ("outcome", "count", "line"),
    [
        (Outcome.DONE, 1, "1 colorized: out/0.jpg"),
        (Outcome.DONE, 2, "2 colorized; results in out"),
        (Outcome.SKIPPED, 1, "1 skipped: already a result: out/0.jpg"),
        (Outcome.SKIPPED, 2, "2 skipped: already a result"),
        (Outcome.OCCUPIED, 1, "1 skipped: another file is there: out/0.jpg; --overwrite replaces it"),
        (
            Outcome.OCCUPIED,
            4,
            "4 skipped: another file is there: out/0.jpg, out/1.jpg, out/2.jpg, ...; --overwrite replaces them",
        ),
        (Outcome.COLOR, 1, "1 left alone: in color: 0.jpg"),
        (Outcome.FAILED, 3, "3 failed"),
    ],
)
def test_every_outcome_has_a_line_that_names_what_is_single(outcome, count, line):
    assert list(lines(Summary(tuple(events(outcome, count)), Counter()), Request(out="out"))) == [line]


def test_all_results_of_one_photograph_are_named():
    answers = (Event(OLD, Path(f"new-{number}.jpg"), Outcome.DONE) for number in range(1, 5))
    assert list(lines(Summary(tuple(answers), Counter()), Request(out="new.jpg"))) == [
        "4 colorized: new-1.jpg, new-2.jpg, new-3.jpg, new-4.jpg"
    ]


def test_results_of_other_settings_are_counted_by_their_settings():
    made = (*events(Outcome.DIFFERENT, 2, reason="model unet"), *events(Outcome.DIFFERENT, 1, reason="model default"))
    assert list(lines(Summary(made, Counter()), Request())) == [
        "2 skipped: already a result, made with other settings (model unet); --overwrite replaces them",
        "1 skipped: already a result, made with other settings (model default): out/0.jpg; --overwrite replaces it",
    ]


def test_both_ways_of_the_luma_are_counted():
    made = (*events(Outcome.DONE, 2, luma_copied=True), *events(Outcome.DONE, 1, luma_copied=False))
    told = "3 colorized; 2 with the luma copied bit for bit, 1 in the usual way"
    assert list(lines(Summary(made, Counter()), Request())) == [told]


def test_what_was_left_out_and_the_sheets_are_named():
    summary = Summary((), Counter({"pipe": 1, ".jp2": 12}), (Path("sheet.png"), Path("sheet-2.png")))
    assert list(lines(summary, Request())) == [
        "left out, as no photographs: 12 .jp2, 1 pipe",
        "sheet: sheet.png, sheet-2.png",
    ]


def test_failures_and_what_could_not_be_kept_are_told_at_once():
    failed = Event(OLD, None, Outcome.FAILED, "old.jpg: damaged")
    noted = Event(OLD, NEW, Outcome.DONE, notes=("new.jpg: JPEG cannot hold its texts",))
    assert [list(complaints(event, quiet=False)) for event in (failed, noted)] == [[failed.reason], list(noted.notes)]
    assert [list(complaints(event, quiet=True)) for event in (failed, noted)] == [[failed.reason], []]


def test_a_dry_run_says_what_becomes_what_and_why_not():
    assert planned(Event(OLD, NEW, Outcome.PLANNED)) == "old.jpg -> new.jpg"
    assert planned(Event(OLD, NEW, Outcome.DIFFERENT, "model unet")) == (
        "old.jpg: skipped: already a result, made with other settings (model unet)"
    )


class TestHints:
    def test_photographs_with_hints_are_named_once_and_hints_without_a_photograph_too(self):
        made = (
            *events(Outcome.DONE, 5, hinted=True), *events(Outcome.DONE, 1, hinted=True),
            Event(OLD, NEW, Outcome.DONE), Event(Path("bad.jpg"), None, Outcome.FAILED, "bad", hinted=True),
        )  # fmt: skip
        summary = Summary(made, Counter(), spare_hints=(Path("x.hints.json"), Path("y.hints.png")))
        assert list(lines(summary, Request(hints="hints")))[2:] == [
            "5 with hints: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg",
            "2 files of hints for no photograph here: x.hints.json, y.hints.png",
        ]

    def test_that_none_had_hints_is_told_where_some_were_given(self):
        summary = Summary(tuple(events(Outcome.DONE, 2)), Counter())
        assert len(list(lines(summary, Request()))) == 1
        told = list(lines(summary, Request(hints="hints")))[1]
        assert told == "none with hints: hints holds none for these; in a folder, NAME.hints.json is for NAME.jpg"

    def test_a_dry_run_says_which_would_have_some(self):
        assert planned(Event(OLD, NEW, Outcome.PLANNED, hinted=True)) == "old.jpg -> new.jpg, with hints"
