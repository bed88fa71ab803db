import pytest

from photochrom.photos.photoshop import join, split

URL, COPYRIGHT = b"8BIM\x04\x0b\0\0\0\0\0\x03abc\0", b"8BIM\x04\x0a\x03one\0\0\0\x01\1\0"
THUMBNAIL, PROFILE = b"8BIM\x04\x0c\0\0\0\0\0\x04\xff\xd8\xff\xd9", b"8BIM\x04\x0f\0\0\0\0\0\x02ab"


@pytest.mark.parametrize("iptc", [b"\x1c\x02\x05\x00\x05Title", b"\x1c\x02\x05\x00\x04Four", b""])
def test_iptc_is_taken_out_and_put_back(iptc):
    joined = join(iptc, URL + COPYRIGHT)
    assert split(joined) == (iptc, URL + COPYRIGHT)
    assert len(joined) % 2 == 0


def test_small_pictures_and_profiles_of_the_source_go():
    assert split(THUMBNAIL + URL + PROFILE + COPYRIGHT) == (b"", URL + COPYRIGHT)


def test_resources_that_end_early_are_left_out():
    assert split(URL + COPYRIGHT[:-3]) == (b"", URL)
    assert split(URL + b"8BIM\x04") == (b"", URL)
    assert split(b"other") == (b"", b"")


def test_the_last_one_may_lack_its_padding():
    assert split(URL[:-1]) == (b"", URL)
