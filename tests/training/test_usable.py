import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.training.usable import read_colored, unusable


def test_what_cannot_be_read_or_is_gray_is_unusable(photographs: Path, tmp_path: Path):
    folder = tmp_path / "mixed"
    shutil.copytree(photographs, folder)
    (folder / "cut.jpg").write_bytes((folder / "coffee-0.jpg").read_bytes()[:-300])
    (folder / "text.jpg").write_text("no picture")
    with Image.open(folder / "coffee-0.jpg") as picture:
        picture.convert("L").convert("RGB").save(folder / "gray.png")
    paths = sorted(folder.iterdir())
    seen: list[tuple[int, int]] = []
    found = unusable(paths, lambda done, total: seen.append((done, total)))
    assert seen == [(count, 19) for count in range(1, 20)]
    assert set(found) == {folder / name for name in ("cut.jpg", "gray.png", "text.jpg")}
    assert found[folder / "cut.jpg"].startswith("damaged or cut short")
    assert found[folder / "gray.png"] == "without color"
    assert found[folder / "text.jpg"].startswith("not a picture")


def test_a_colored_photograph_is_read_as_it_is(photographs: Path):
    path = photographs / "chelsea-2.jpg"
    with Image.open(path) as picture:
        assert np.array_equal(read_colored(path).transpose(1, 2, 0), np.asarray(picture))


def test_a_gray_photograph_is_refused(tmp_path: Path):
    Image.new("RGB", (40, 40), (90, 90, 90)).save(tmp_path / "gray.png")
    with pytest.raises(PhotoError, match=r"gray\.png: without color"):
        read_colored(tmp_path / "gray.png")


def test_ctrl_c_does_not_wait_for_the_rest(photographs: Path):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unusable(sorted(photographs.iterdir()), stop)
