import pytest
from PIL import Image

from photochrom.photos.page import refuse_too_many


def test_too_many_pixels_are_refused():
    refuse_too_many(10, 10, 100)
    with pytest.raises(Image.DecompressionBombError, match=r"more than 0\.000109 million pixels"):
        refuse_too_many(10, 11, 109)


@pytest.mark.parametrize("size", [(1, 300_001), (300_001, 1), (2, 80_000_000)])
def test_sides_that_no_photograph_has_are_refused_as_they_take_too_long(size):
    refuse_too_many(300_000, 1, 178_000_000)
    with pytest.raises(Image.DecompressionBombError, match="more than 300000 on a side"):
        refuse_too_many(*size, 178_000_000)
