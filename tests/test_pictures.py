import io

import numpy as np
import pytest
from PIL import Image

from photochrom.pictures import Picture

ANY = 1_000_000


def test_an_array_is_given_back_as_an_array_of_its_levels(camera):
    opened = Picture.open(camera, ANY)
    assert (opened.luma == camera[None] / np.float32(255)).all()
    assert (opened.dtype, opened.is_array) == (np.uint8, True)
    rgb = np.stack([camera] * 3, axis=-1)
    assert opened.colored(rgb) is rgb


def test_a_pillow_picture_is_given_back_as_one_with_its_transparency(camera):
    image = Image.merge("LA", [Image.fromarray(camera), Image.fromarray(camera // 2)])
    result = Picture.open(image, ANY).colored(np.stack([camera] * 3, axis=-1))
    assert result.mode == "RGBA"
    assert (np.asarray(result)[..., 3] == camera // 2).all()


def test_a_path_bytes_and_an_open_file_are_the_same(source):
    content = source.read_bytes()
    lumas = [Picture.open(one, ANY).luma for one in (source, str(source), content, io.BytesIO(content))]
    assert all((luma == lumas[0]).all() for luma in lumas)


def test_several_pictures_are_refused(camera):
    with pytest.raises(ValueError, match="one picture at a time"):
        Picture.open(np.stack([camera] * 4), ANY)


@pytest.mark.parametrize("wrong", [3, None, io.StringIO("text")])
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(TypeError, match="can be colored, not"):
        Picture.open(wrong, ANY)
