from fractions import Fraction

import av
import pytest

from photochrom.video import VideoEncoding, colorize_video
from photochrom.video.matroska import write_aspect


@pytest.mark.parametrize("codec", ["ffv1", "h264"])
@pytest.mark.parametrize("aspect", [Fraction(12, 11), Fraction(9, 8)])  # the latter is a whole number of pixels
def test_the_shape_of_pixels_is_kept_by_a_codec_that_does_not_say_it_too(write_film, red, tmp_path, codec, aspect):
    source = write_film("old.mp4", codec="mpeg4", pixels="yuv420p", sample_aspect_ratio=aspect)
    target = tmp_path / "new.mkv"
    colorize_video(source, target, model=red, encoding=VideoEncoding(codec))
    with av.open(str(target)) as container:
        (stream,) = container.streams
        assert stream.sample_aspect_ratio == aspect
        assert len(list(container.decode(stream))) == 8


def test_nothing_else_in_the_file_changes(write_film):
    path = write_film()
    before = path.read_bytes()
    assert write_aspect(path, Fraction(2))
    after = path.read_bytes()
    assert len(after) == len(before)
    begin = before.index(bytes.fromhex("1f43b675"))  # the first cluster
    assert after[begin:] == before[begin:]
