from itertools import pairwise

import av
import numpy as np
import pytest

from photochrom.errors import PhotoError
from photochrom.video.demuxing import Damage, frames, inspect


def test_a_film_says_what_it_is(write_film):
    film = inspect(write_film(pixels="yuv422p10le", rate=30))
    assert (film.width, film.height, film.layout.depth, film.layout.subsampling) == (160, 90, 10, (2, 1))
    assert film.rate == 30


def test_all_frames_come_in_order_with_rising_times(write_film):
    film = inspect(write_film(codec="libx264", pixels="yuv420p"))
    found = list(frames(film))
    assert [frame.index for frame in found] == list(range(8))
    assert all(one.time < other.time for one, other in pairwise(found))


def test_frames_of_avi_come_at_even_times_though_they_were_stored_out_of_order(write_film):
    film = inspect(write_film("old.avi", codec="mpeg4", pixels="yuv420p", options={"bf": "2"}))
    times = [frame.time for frame in frames(film)]
    assert {later - earlier for earlier, later in pairwise(times)} == {1}


def test_sound_that_is_longer_does_not_make_a_film_count_as_cut_off(write_film):
    def sound(out):
        stream = out.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        return stream.encode(frame)

    assert inspect(write_film("old.mkv", also=sound)).frames == 8
    assert inspect(write_film("old.avi", also=sound)).frames == 8


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "is empty"), (b"nothing of the kind" * 100, "cannot be read as a film")]
)
def test_what_is_no_film_is_refused(tmp_path, content, reason):
    path = tmp_path / "old.mp4"
    path.write_bytes(content)
    with pytest.raises(PhotoError, match=rf"old\.mp4: {reason}"):
        inspect(path)


def test_a_film_that_is_not_there_is_said_to_be(tmp_path):
    with pytest.raises(PhotoError, match="no such file"):
        inspect(tmp_path / "old.mp4")


def test_sound_alone_is_no_film(tmp_path):
    path = tmp_path / "old.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 200), np.int16), format="s16", layout="stereo")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
    with pytest.raises(PhotoError, match="holds no video"):
        inspect(path)


def test_interlaced_films_are_refused_with_the_reason(write_film):
    options = {"flags": "+ildct+ilme", "field_order": "tt"}
    path = write_film("old.mpg", codec="mpeg2video", pixels="yuv420p", options=options)
    with pytest.raises(PhotoError, match="is interlaced"):
        inspect(path)


def test_a_film_whose_size_changes_is_refused_with_the_frame(tmp_path, moving):
    path = tmp_path / "old.ts"
    with path.open("wb") as joined:
        for side in (64, 96):
            part = tmp_path / f"{side}.ts"
            with av.open(str(part), "w") as out:
                stream = out.add_stream("mpeg2video", rate=25)
                stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
                for luma in moving(3, side, side):
                    made = av.VideoFrame.from_ndarray(np.repeat(luma[..., None], 3, axis=2), format="rgb24")
                    out.mux(stream.encode(made.reformat(format="yuv420p")))
                out.mux(stream.encode(None))
            joined.write(part.read_bytes())
    film = inspect(path)
    with pytest.raises(PhotoError, match=r"changes its size in frame \d, from 64x64 to 96x96"):
        list(frames(film))


def test_what_cannot_be_decoded_is_counted_and_the_rest_is_there(write_film, moving):
    path = write_film(lumas=moving(12), codec="libx264", pixels="yuv420p", options={"bf": "0", "g": "4"})
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 3, 2 * len(content) // 3, 97):
        content[place] ^= 0x5A
    path.write_bytes(content)
    damage = Damage()
    found = list(frames(inspect(path), damage))
    assert damage.broken + damage.repaired >= 1
    assert len(found) >= 4
