import io

import numpy as np
import pytest
from PIL import Image
from PIL.Image import DecompressionBombError

from photochrom.photos import formats, inspecting

LIMIT = 10**6


def stored(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind.name, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", [formats.PNG, formats.JPEG, formats.TIFF, formats.PGM])
def test_a_page_tells_its_size_its_depth_and_that_it_is_gray(camera, kind):
    (page,) = inspecting.pages(stored(Image.fromarray(camera), kind), kind, LIMIT)
    assert (page.height, page.width, page.depth, page.gray) == (*camera.shape, 8, True)


@pytest.mark.parametrize("kind", [formats.PNG, formats.TIFF, formats.PGM])
def test_a_page_of_16_bit_says_so(camera, kind):
    deep = Image.fromarray(camera.astype(np.uint16) * 257)
    content = b"P5 %d %d 65535\n" % deep.size + np.asarray(deep).astype(">u2").tobytes()
    (page,) = inspecting.pages(content if kind is formats.PGM else stored(deep, kind), kind, LIMIT)
    assert page.depth == 16


def test_a_tiff_has_all_its_pages(camera, coffee):
    pictures = [Image.fromarray(camera), Image.fromarray(coffee)]
    content = stored(pictures[0], formats.TIFF, save_all=True, append_images=pictures[1:])
    pages = inspecting.pages(content, formats.TIFF, LIMIT)
    assert [(page.width, page.height) for page in pages] == [picture.size for picture in pictures]


@pytest.mark.parametrize("kind", [formats.PNG, formats.JPEG, formats.TIFF, formats.WEBP])
def test_a_page_tells_its_orientation_and_its_profile(coffee, kind, profiles):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = stored(Image.fromarray(coffee), kind, exif=exif, icc_profile=profiles["wide"])
    (page,) = inspecting.pages(content, kind, LIMIT)
    assert page.orientation == 6
    assert page.profile == profiles["wide"]


@pytest.mark.parametrize("kind", [formats.PNG, formats.JPEG, formats.TIFF, formats.PGM])
def test_too_many_pixels_are_refused(camera, kind):
    with pytest.raises(DecompressionBombError, match="million pixels"):
        inspecting.pages(stored(Image.fromarray(camera), kind), kind, 1000)


def test_a_tiff_of_a_sensor_is_camera_raw_and_another_is_not(camera):
    import tifffile

    plain, sensor = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(plain, camera)
    tifffile.imwrite(sensor, camera, photometric="cfa")
    assert inspecting.raw_instead(plain.getvalue(), formats.TIFF) is formats.TIFF
    assert inspecting.raw_instead(sensor.getvalue(), formats.TIFF) is formats.RAW
    assert inspecting.raw_instead(b"", formats.PNG) is formats.PNG
