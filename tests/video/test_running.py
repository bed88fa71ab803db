import errno
import os
import shutil

import pytest

from photochrom.batch.request import Outcome
from photochrom.errors import UsageError
from photochrom.hints import Hints, Point
from photochrom.video import VideoRequest, colorize_films, colorize_video


def run(*paths, **options):
    return colorize_films(VideoRequest(paths, **options), lambda event, total: None)


def test_results_stand_beside_their_sources_and_are_made_once(write_film, red):
    source = write_film("old.mp4", codec="libx264", pixels="yuv420p")
    done = run(source, model=red)
    assert [path.name for path in done.results] == ["old-color.mp4"]
    made = done.results[0].read_bytes()
    (again,) = run(source, model=red).events
    assert again.outcome is Outcome.SKIPPED
    (other,) = run(source, model=red, saturation=1.5).events
    assert other.outcome is Outcome.DIFFERENT
    assert done.results[0].read_bytes() == made
    (itself,) = run(done.results[0], model=red).events
    assert itself.outcome is Outcome.OURS


def test_a_folder_that_cannot_be_read_is_a_failure_and_stops_no_film(write_film, red, tmp_path, monkeypatch):
    folder, walk = tmp_path / "films", os.walk
    folder.mkdir()
    write_film("films/old.mkv")

    def refusing(top, onerror):
        onerror(PermissionError(errno.EACCES, "Permission denied", str(folder / "locked")))
        return walk(top)

    monkeypatch.setattr("photochrom.batch.finding.os.walk", refusing)
    failed, done = run(folder, out=tmp_path / "new", model=red).events
    assert failed.outcome is Outcome.FAILED
    assert "locked: cannot read this folder (Permission denied)" in failed.reason
    assert done.outcome is Outcome.DONE


def test_a_folder_is_colored_into_another_and_what_is_no_film_is_counted(write_film, red, tmp_path):
    films = tmp_path / "films"
    (films / "more").mkdir(parents=True)
    shutil.copy(write_film(), films / "one.mkv")
    shutil.copy(write_film(), films / "more" / "two.avi")
    (films / "words.txt").write_text("no film", encoding="utf-8")
    done = run(films, out=tmp_path / "colored", model=red)
    assert sorted(path.relative_to(tmp_path / "colored").as_posix() for path in done.results) == [
        "more/two.mkv",
        "one.mkv",
    ]
    assert done.left_out == {".txt": 1}


def test_another_file_in_the_place_of_the_result_is_never_replaced(write_film, red, tmp_path):
    target = tmp_path / "new.mkv"
    target.write_bytes(b"mine")
    (event,) = run(write_film(), out=target, model=red).events
    assert event.outcome is Outcome.OCCUPIED
    assert target.read_bytes() == b"mine"


def test_a_film_that_fails_stops_no_other(write_film, red, tmp_path):
    broken = tmp_path / "a.mp4"
    broken.write_bytes(b"nothing")
    done = run(broken, write_film(), model=red)
    assert [event.outcome for event in done.events] == [Outcome.FAILED, Outcome.DONE]


def test_hints_that_cannot_be_read_or_are_for_no_frame_are_told(write_film, red, tmp_path):
    known = tmp_path / "known"
    known.mkdir()
    Hints.from_points([Point(0.5, 0.5, "blue")]).save(known / "99.hints.json")
    (event,) = run(write_film(), model=red, hints=known).events
    assert event.outcome is Outcome.DONE
    assert "has 8 frames, and the hints for frame 99 are for none" in event.notes[0]
    (known / "1.hints.json").write_text("{", encoding="utf-8")
    (event,) = run(write_film(), model=red, hints=known, overwrite=True).events
    assert event.outcome is Outcome.FAILED
    assert "broken JSON" in event.reason


def test_values_that_cannot_be_are_refused():
    for options in ({"saturation": 11}, {"preview": 0}, {"out": ""}):
        with pytest.raises(UsageError):
            VideoRequest(["old.mp4"], **options)


@pytest.mark.parametrize("frame", [0, 3])
def test_what_on_progress_raises_ends_the_film_and_nothing_is_left(write_film, red, tmp_path, monkeypatch, frame):
    monkeypatch.setattr("photochrom.video.ahead._LOOK", 0.0001)  # also while the first frame is waited for
    source = write_film()
    target = tmp_path / "new" / "film.mkv"
    told = []

    def stop(progress):
        told.append(progress)
        if progress.done == frame:
            raise LookupError("enough")

    with pytest.raises(LookupError):
        colorize_video(source, target, model=red, on_progress=stop)
    assert (told[-1].done, told[-1].total) == (frame, 8)
    assert frame <= told[-1].seen <= 8
    assert list(target.parent.iterdir()) == []
