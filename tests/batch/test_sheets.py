import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.batch import planning
from photochrom.batch.request import Outcome, Request
from photochrom.batch.running import run
from photochrom.batch.sheets import before_after
from photochrom.errors import PhotoError
from photochrom.photos.reading import ReadOptions


def plan(paths, out=None):
    return planning.plan(Request(paths, out)).jobs


def test_a_sheet_shows_what_has_a_result(tmp_path, put, colorizer):
    put("a.png", "b.png", "c.png")
    jobs = plan([tmp_path], tmp_path / "new")
    list(run(jobs[:2], colorizer, Request()))
    assert before_after(tmp_path / "sheet.png", jobs) == [tmp_path / "sheet.png"]
    with Image.open(tmp_path / "sheet.png") as image:
        colors = np.asarray(image.convert("RGB")).astype(int)
    saturation = np.ptp(colors, axis=-1)
    middle = colors.shape[1] // 2
    assert saturation[:, :middle].max() == 0
    assert saturation[:, middle:].max() > 50


def test_a_sheet_shows_floating_point_by_its_white(tmp_path, colorizer, camera):
    levels = camera.astype(np.float32) * 10
    levels[0, 0] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", levels)
    jobs = plan([tmp_path / "a.tif"])
    assert [event.outcome for event in run(jobs, colorizer, Request(white=2550.0))] == [Outcome.DONE]
    before_after(tmp_path / "sheet.png", jobs, ReadOptions(white=2550.0))
    with Image.open(tmp_path / "sheet.png") as image:
        before = np.asarray(image.convert("L"))[40:340, : image.width // 2].astype(int)
    assert 20 < before[before < 250].mean() < 235


def test_a_sheet_that_cannot_be_written_is_told(tmp_path, put, colorizer):
    jobs = plan([put("a.png")])
    list(run(jobs, colorizer, Request()))
    with pytest.raises(PhotoError, match="cannot be written"):
        before_after(tmp_path / "a.png" / "sheet.png", jobs)


def test_a_sheet_of_nothing_is_refused(tmp_path, put):
    with pytest.raises(PhotoError, match="no result to show"):
        before_after(tmp_path / "sheet.png", plan([put("a.png")]))
    assert not (tmp_path / "sheet.png").exists()
