import subprocess
import sys

from photochrom import __version__


def test_the_package_run_as_a_module_is_the_command_line():
    ran = subprocess.run([sys.executable, "-m", "photochrom", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{__version__}\n"
    ran = subprocess.run([sys.executable, "-m", "photochrom", "--help"], capture_output=True, text=True, check=True)
    assert "Usage: photochrom" in ran.stdout
