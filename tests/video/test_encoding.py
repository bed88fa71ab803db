import io

import av
import pytest

from photochrom.errors import UsageError
from photochrom.video import VideoEncoding
from photochrom.video.demuxing import inspect


def test_what_cannot_be_is_refused_with_the_choices():
    with pytest.raises(UsageError, match="h264, h265, ffv1"):
        VideoEncoding("vp9")
    with pytest.raises(UsageError, match="between 0 and 51"):
        VideoEncoding(crf=60)


@pytest.mark.parametrize("codec", ["h264", "h265", "ffv1"])
def test_streams_of_one_film_start_with_the_same_headers_so_that_parts_can_be_joined(write_film, codec):
    film = inspect(write_film())
    headers = []
    for form in ("nut", "matroska"):
        with av.open(io.BytesIO(), "w", format=form) as out:
            stream = VideoEncoding(codec).add_to(out, film)
            out.start_encoding()
            headers.append(bytes(stream.codec_context.extradata or b""))
    assert headers[0] == headers[1]
