import subprocess
import sys

from photochrom import video


def test_what_is_public_is_there():
    assert all(callable(getattr(video, name)) for name in video.__all__)


def test_photographs_are_colored_without_the_packages_for_films():
    program = "import photochrom.batch.running, photochrom.cli, sys; sys.exit(bool({'av', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
