from contextlib import suppress

import pytest

from photochrom.errors import PhotoError
from photochrom.video.parts import beside, described


def test_parts_are_removed_at_the_end(tmp_path):
    with beside(tmp_path / "new.mkv", "settings", resume=True) as parts:
        assert parts.folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_parts_of_an_interrupted_run_are_taken_up_if_the_settings_are_the_same(tmp_path):
    def run(settings, resume=True):
        found = []
        with suppress(KeyboardInterrupt), beside(tmp_path / "new.mkv", settings, resume) as parts:
            found += [(part.shot, part.start) for part in parts.done()]
            for shot, start in ((0, 0), (0, 250)):
                with parts.new(shot, start) as path:
                    path.write_bytes(b"packets")
            raise KeyboardInterrupt
        return found

    assert run("one") == []
    assert run("one") == [(0, 0), (0, 250)]
    assert run("other") == []
    assert run("other", resume=False) == []
    assert list(tmp_path.iterdir()) == []


def test_two_runs_never_work_on_one_result(tmp_path):
    with (
        beside(tmp_path / "new.mkv", "settings", resume=False),
        pytest.raises(PhotoError, match="another run makes it at this moment"),
        beside(tmp_path / "new.mkv", "settings", resume=False),
    ):
        pass


def test_another_source_of_the_same_name_is_another_film(tmp_path):
    source = tmp_path / "old.mkv"
    source.write_bytes(b"one")
    before = described(source, note="x")
    source.write_bytes(b"other")
    assert described(source, note="x") != before
