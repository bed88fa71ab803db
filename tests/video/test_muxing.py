from itertools import pairwise

import av
import numpy as np
import pytest

from photochrom.errors import PhotoError
from photochrom.photos.provenance import Provenance
from photochrom.video import VideoEncoding, colorize_video
from photochrom.video.demuxing import inspect
from photochrom.video.muxing import Times, fits, provenance


def test_times_of_decoding_rise_and_are_never_after_those_of_showing():
    times = Times([0, 10, 25, 26, 60, 61], 5, 2)
    order = [0, 3, 1, 2, 5, 4]  # as a codec with frames between frames writes them
    decoded = [times.decoded(place) for place in range(6)]
    assert all(one < other for one, other in pairwise(decoded))
    assert all(at <= times.shown[number] for at, number in zip(decoded, order, strict=True))
    assert [times.duration(number) for number in range(6)] == [10, 15, 1, 34, 1, 5]


def test_a_result_says_how_it_was_made_and_keeps_what_the_source_said(write_film, red, tmp_path):
    source = write_film(metadata={"comment": "from the attic"})
    assert provenance(source) is None
    for name in ("new.mkv", "new.mp4"):
        colorize_video(source, tmp_path / name, model=red, saturation=1.5)
        assert provenance(tmp_path / name) == Provenance(model="test", size=64, saturation=1.5)
        with av.open(str(tmp_path / name)) as made:
            comment = made.metadata.get("comment") or made.metadata.get("COMMENT")
        assert comment.startswith("from the attic; ")


def test_sound_that_the_container_cannot_hold_is_refused_before_anything_is_done(write_film):
    def sound(out):
        stream = out.add_stream("pcm_u8", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2000), np.uint8), format="u8", layout="stereo")
        frame.sample_rate = 48000
        return stream.encode(frame)

    film = inspect(write_film("old.mkv", also=sound))
    assert fits(film, ".mkv", VideoEncoding()).notes == ()
    with pytest.raises(PhotoError, match=r"mp4 cannot hold its audio stream 1.*name the result \.mkv"):
        fits(film, ".mp4", VideoEncoding())
