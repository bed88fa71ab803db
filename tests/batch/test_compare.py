import numpy as np
import pytest
from PIL import Image

from photochrom.batch.compare import compare
from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError, UsageError


@pytest.fixture
def colorizers(make_model):
    """Two models that paint everything blue and red."""
    paint = {"blue": (0.3, -0.1), "red": (-0.1, 0.3)}
    return {name: Colorizer(make_model(offset=chroma, name=name)) for name, chroma in paint.items()}


@pytest.fixture
def folder(tmp_path, camera):
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        Image.fromarray(camera).save(folder / name)
    return folder


def refuse(problem):
    raise AssertionError(problem)


def test_hints_beside_photographs_are_not_shown(folder, colorizers, tmp_path):
    layer = folder / "a.hints.png"
    layer.write_bytes((folder / "a.png").read_bytes())
    steps = []
    compare([folder, layer], colorizers, tmp_path / "sheet.png", refuse, lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]


def test_each_model_has_its_column_and_each_photograph_its_row(folder, colorizers, tmp_path):
    steps = []
    sheet = tmp_path / "sheet.png"
    assert compare([folder], colorizers, sheet, refuse, lambda *step: steps.append(step)) == [sheet]
    assert steps == [(1, 2), (2, 2)]
    with Image.open(sheet) as image:
        page = np.asarray(image.convert("RGB")).astype(int)
    cells = [
        page[:, start : start + page.shape[1] // 3].reshape(-1, 3)
        for start in range(0, page.shape[1], page.shape[1] // 3)
    ]
    gray, blue, red = cells[:3]
    assert np.abs(gray[:, 0] - gray[:, 2]).mean() < 1
    assert (blue[:, 2] - blue[:, 0]).mean() > 5
    assert (red[:, 0] - red[:, 2]).mean() > 5


def test_a_broken_photograph_is_told_and_the_others_shown(folder, colorizers, tmp_path):
    (folder / "broken.jpg").write_text("no picture")
    told = []
    assert compare([folder, tmp_path / "missing.jpg"], colorizers, tmp_path / "sheet.png", told.append)
    assert ["broken.jpg" in str(told[0]), "missing.jpg" in str(told[1])] == [True, True]


def test_an_earlier_sheet_is_replaced_and_not_shown(folder, colorizers):
    sheet = folder / "sheet.png"
    steps = []
    for _ in range(2):
        assert compare([folder], colorizers, sheet, refuse, lambda *step: steps.append(step)) == [sheet]
    assert steps == [(1, 2), (2, 2)] * 2


def test_other_files_are_never_replaced(folder, colorizers):
    before = (folder / "a.png").read_bytes()
    with pytest.raises(UsageError, match="not an earlier sheet"):
        compare([folder / "b.jpg"], colorizers, folder / "a.png", refuse)
    assert (folder / "a.png").read_bytes() == before


def test_nothing_to_show_is_told(colorizers, tmp_path):
    with pytest.raises(PhotoError, match="no photograph"):
        compare([tmp_path], colorizers, tmp_path / "sheet.png", refuse)
    assert not (tmp_path / "sheet.png").exists()


def test_a_sheet_that_is_named_as_another_format_is_refused(folder, colorizers, tmp_path):
    with pytest.raises(UsageError, match="is a PNG or a JPEG"):
        compare([folder], colorizers, tmp_path / "sheet.tif", refuse)
    assert not (tmp_path / "sheet.tif").exists()
