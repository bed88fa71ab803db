import pytest
from PIL import Image

from photochrom.photos.page import refuse_too_many


def test_too_many_pixels_are_refused():
    refuse_too_many(10, 10, 100)
    with pytest.raises(Image.DecompressionBombError):
        refuse_too_many(10, 11, 109)
