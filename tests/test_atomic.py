import errno
import fcntl
import os
import subprocess
import sys

import pytest

from photochrom.atomic import clear_leftovers, replacing


def test_the_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "file.txt"
    with replacing(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert [path.name for path in target.parent.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_failed_is_removed_and_what_was_there_stays(tmp_path, error):
    target = tmp_path / "file.txt"
    target.write_text("old")

    def fail():
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_without_overwrite_what_came_meanwhile_stays(tmp_path):
    target = tmp_path / "file.txt"

    def be_late():
        with replacing(target, overwrite=False) as temporary:
            temporary.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(FileExistsError):
        be_late()
    assert target.read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def leftover(folder):
    """What a run that was killed while it wrote leaves in ``folder``."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from photochrom.atomic import replacing\n"
        "with replacing(Path(sys.argv[1], 'file.txt')) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    (path,) = folder.glob(".photochrom-*.part")
    return path


def test_leftovers_of_killed_runs_are_removed(tmp_path):
    assert leftover(tmp_path).read_text() == "half"
    assert clear_leftovers(tmp_path) == 1
    assert not list(tmp_path.iterdir())


def test_what_a_living_run_writes_stays(tmp_path):
    with replacing(tmp_path / "file.txt") as temporary:
        temporary.write_text("half")
        assert clear_leftovers(tmp_path) == 0
        temporary.write_text("whole")
    assert (tmp_path / "file.txt").read_text() == "whole"


def test_files_of_other_names_kinds_and_users_stay(tmp_path, monkeypatch):
    for name in (".photochrom-notes.part", ".photochrom-0123456789ab.part.jpg", "photochrom-0123456789ab.part"):
        (tmp_path / name).touch()
    (tmp_path / ".photochrom-0123456789ab.part").symlink_to(tmp_path / ".photochrom-notes.part")
    (tmp_path / ".photochrom-0123456789ac.part").mkdir()
    theirs = tmp_path / ".photochrom-0123456789ad.part"
    theirs.touch()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert clear_leftovers(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 6
    monkeypatch.undo()
    assert clear_leftovers(tmp_path) == 1
    assert not theirs.exists()


def test_a_folder_that_is_not_there_has_no_leftovers(tmp_path):
    assert clear_leftovers(tmp_path / "nowhere") == 0


def test_a_file_system_without_locks_is_written_but_not_cleared(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with replacing(tmp_path / "file.txt") as temporary:
        temporary.write_text("whole")
    assert (tmp_path / "file.txt").read_text() == "whole"
    (tmp_path / ".photochrom-0123456789ab.part").touch()
    assert clear_leftovers(tmp_path) == 0
