import subprocess
import sys

import pytest

from photochrom import bulk


def test_ray_is_loaded_by_those_who_color_archives_alone():
    code = "import sys, photochrom.cli, photochrom.batch.running; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_one_line_says_what_to_install(main, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "photochrom.bulk", None)
    assert main("bulk", "in", "out") == 2
    assert "pip install -c constraints.txt '.[bulk]'" in capsys.readouterr().err


@pytest.mark.parametrize("name", bulk.__all__)
def test_what_is_public_says_what_it_is(name):
    assert getattr(bulk, name).__doc__
