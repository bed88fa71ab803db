import pytest

from photochrom.cli import app
from photochrom.cli.examples import EXAMPLES


def test_every_command_has_examples():
    assert set(EXAMPLES) == {name for name in app if not name.startswith("-")}


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line, _ in lines])
def test_examples_are_lines_that_the_command_line_takes(line):
    program, command, *words = line.partition(" > ")[0].split()
    assert program == "photochrom"
    taken, bound, unused = app.parse_known_args([command, *words])[:3]
    assert taken.__name__.replace("_", "-") == command
    assert not unused
    assert bound.arguments or not words


@pytest.mark.parametrize("command", list(EXAMPLES))
def test_help_shows_the_examples_on_lines_of_their_own(main, command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(command, "--help") == 0
    lines = capsys.readouterr().out.splitlines()
    for line, _ in EXAMPLES[command]:
        assert any(shown.strip(" •") == line for shown in lines), line


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_a_shell(main, shell, capsys):
    assert main("completion", shell) == 0
    script = capsys.readouterr().out
    assert "lpips-weights" in script
    assert "saturation" in script
