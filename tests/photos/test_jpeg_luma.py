import jpeglib
import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer, Encoding, PhotoError
from photochrom.photos import provenance


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("size", [(96, 72), (53, 41), (1, 1)])
def test_the_lumas_coefficients_are_copied_bit_for_bit(tmp_path, camera, strong, size, subsampling):
    source, target = tmp_path / "old.jpg", tmp_path / "new.jpg"
    Image.fromarray(camera).resize(size).save(source, quality=83, dpi=(300, 300))
    Colorizer(strong).colorize_file(source, target, encoding=Encoding(subsampling=subsampling, lossless_luma=True))
    before, after = jpeglib.read_dct(str(source)), jpeglib.read_dct(str(target))
    rows, columns = before.Y.shape[:2]
    assert (after.Y[:rows, :columns] == before.Y).all()
    assert (after.qt[after.quant_tbl_no[0]] == before.qt[0]).all()
    assert provenance.of(target)
    with Image.open(target) as image:
        assert image.size == size
        assert image.info["dpi"] == (300, 300)
        assert np.ptp(np.asarray(image).astype(int), axis=2).max() > 30


def test_other_sources_and_results_are_refused(tmp_path, camera, coffee, strong):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(camera).save(tmp_path / "gray.png")
    Image.fromarray(coffee).save(tmp_path / "color.jpg")
    Image.fromarray(camera).save(tmp_path / "turned.jpg", exif=exif)
    Image.fromarray(camera).save(tmp_path / "gray.jpg")
    for source, target in (
        ("gray.png", "a.jpg"),
        ("color.jpg", "a.jpg"),
        ("turned.jpg", "a.jpg"),
        ("gray.jpg", "a.png"),
    ):
        with pytest.raises(PhotoError, match="luma"):
            Colorizer(strong).colorize_file(tmp_path / source, tmp_path / target, encoding=Encoding(lossless_luma=True))
        assert not (tmp_path / target).exists()


def test_pillows_own_limit_does_not_stop_it(tmp_path, camera, strong, monkeypatch):
    Image.fromarray(camera).save(tmp_path / "old.jpg")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # refused from twice as many on
    colorizer = Colorizer(strong, max_pixels=camera.size)
    target = colorizer.colorize_file(tmp_path / "old.jpg", tmp_path / "new.jpg", encoding=Encoding(lossless_luma=True))
    assert jpeglib.read_dct(str(target)).Y.any()
