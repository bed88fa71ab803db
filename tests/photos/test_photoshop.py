import pytest

from photochrom.photos import photoshop
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


def test_what_a_psd_file_says_of_itself_is_no_other_files():
    resources = photoshop.pack_resolution((300, 300)) + URL + photoshop.pack(photoshop.XMP, b"odd") + COPYRIGHT
    assert photoshop.own(resources) == URL + COPYRIGHT


@pytest.mark.parametrize("dpi", [(300.0, 300.0), (72.5, 600.25), (65535.0, 1.0)])
def test_the_resolution_is_read_as_it_was_written(dpi):
    value = photoshop.values(URL + photoshop.pack_resolution(dpi))[photoshop.RESOLUTION]
    assert photoshop.resolution(value) == dpi
    assert photoshop.resolution(value[:9]) is None


def test_the_first_of_two_resources_counts():
    assert photoshop.values(photoshop.pack(1, b"a") + photoshop.pack(1, b"b")) == {1: b"a"}


def test_the_sections_of_a_file_are_found_by_their_lengths():
    content = b"8BPS".ljust(26) + b"\0\0\0\2ab" + b"\0\0\0\x10" + COPYRIGHT + b"\0\0\0\3def" + b"rest"
    assert photoshop.section(content) == COPYRIGHT
    layers, end = photoshop.after_resources(content)
    assert (content[layers:end], content[end:]) == (b"\0\0\0\3def", b"rest")
