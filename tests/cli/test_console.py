import io
import re
import subprocess
import sys

import pytest

from photochrom.cli import console

START = "from photochrom.cli import main; main()"


def photochrom(*words, stdout):
    """Run a command with its output going to ``stdout``; returns its exit code and what it complains of."""
    ran = subprocess.run(
        [sys.executable, "-c", START, *map(str, words)], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )
    return ran.returncode, ran.stderr


@pytest.fixture
def words(request, source, tmp_path, strong):
    """The words of a command that prints something."""
    return {
        "help": ["--help"],
        "colorize": ["colorize", source, "-o", tmp_path / "new.png", "--model", strong],
        "to standard output": ["colorize", source, "-o", "-", "--model", strong],
    }[request.param]


commands = pytest.mark.parametrize("words", ["help", "colorize", "to standard output"], indirect=True)


@commands
def test_full_standard_output_is_told_in_one_line(words):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        code, said = photochrom(*words, stdout=full)
    assert code == 1
    assert said == ("photochrom: standard output: cannot be written (No space left on device); check where it goes\n")


@commands
def test_standard_output_that_nobody_reads_is_told_in_one_line(words):
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    code, said = photochrom(*words, stdout=reader.stdin)
    reader.stdin.close()
    assert code == 1
    assert said == (
        "photochrom: standard output: cannot be written (closed before all was written); check where it goes\n"
    )


def test_without_standard_streams_the_work_is_done(source, tmp_path, strong):
    new = tmp_path / "new.png"
    shell = f'exec "{sys.executable}" -c "{START}" colorize "{source}" -o "{new}" --model "{strong}" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", shell], check=False).returncode == 0
    assert new.read_bytes().startswith(b"\x89PNG")


def test_complaints_are_one_line_each(capsys):
    console.complain("a\nb.jpg: \x1b[2Jdamaged")
    assert capsys.readouterr().err == "photochrom: a\\nb.jpg: \\x1b[2Jdamaged\n"


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self):
        return True


def test_a_bar_says_which_time_has_passed_and_which_is_left(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with console.progress("photographs") as bar:
        task = bar.add_task("", total=2)
        bar.advance(task)
        bar.refresh()
    shown = re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue())
    assert "1/2 photographs 0:00:00 passed, -:--:-- left" in shown


def test_without_a_terminal_there_is_no_bar(capsys):
    with console.progress("photographs") as bar:
        bar.advance(bar.add_task("", total=2))
    assert capsys.readouterr().err == ""


def test_parameters_that_errors_name_are_told_as_options(capsys):
    console.complain("a.png: exists already; `overwrite` it, see `max_pixels` and `photochrom export`")
    assert capsys.readouterr().err == (
        "photochrom: a.png: exists already; --overwrite it, see --max-pixels and `photochrom export`\n"
    )
