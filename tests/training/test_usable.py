import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.training.config import from_dict
from photochrom.training.data import Photographs
from photochrom.training.splitting import photographs as photographs_of
from photochrom.training.usable import read_colored, unusable


def every(folder: Path) -> Photographs:
    """All photographs of a folder."""
    training, validation = photographs_of(from_dict({"data": str(folder), "validation": 0.0}))
    return replace(training, groups=(*training.groups, *validation.groups))


def test_what_cannot_be_read_or_is_gray_is_unusable(photographs: Path, tmp_path: Path):
    folder = tmp_path / "mixed"
    shutil.copytree(photographs, folder)
    (folder / "cut.jpg").write_bytes((folder / "coffee-0.jpg").read_bytes()[:-300])
    (folder / "text.jpg").write_text("no picture")
    with Image.open(folder / "coffee-0.jpg") as picture:
        picture.convert("L").convert("RGB").save(folder / "gray.png")
    part = every(folder)
    seen: list[int] = []
    found = unusable(part, range(part.count), seen.append)
    assert seen == [8, 16, 19]
    reasons = {Path(part.place(index)).name: reason for index, reason in found.items()}
    assert set(reasons) == {"cut.jpg", "gray.png", "text.jpg"}
    assert reasons["cut.jpg"].startswith("damaged or cut short")
    assert reasons["gray.png"] == "without color"
    assert reasons["text.jpg"].startswith("not a picture")
    assert unusable(part, list(found)[:1], seen.append) == dict(list(found.items())[:1])


def test_a_colored_photograph_is_read_as_it_is(photographs: Path):
    path = photographs / "chelsea-2.jpg"
    with Image.open(path) as picture:
        assert np.array_equal(read_colored(path, "it").transpose(1, 2, 0), np.asarray(picture))


def test_a_gray_photograph_is_refused(tmp_path: Path):
    Image.new("RGB", (40, 40), (90, 90, 90)).save(tmp_path / "gray.png")
    with pytest.raises(PhotoError, match=r"gray\.png: without color"):
        read_colored(tmp_path / "gray.png", "a/gray.png")


def test_ctrl_c_does_not_wait_for_the_rest(photographs: Path):
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unusable(every(photographs), range(16), stop)
