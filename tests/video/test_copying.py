import io
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from photochrom.video import colorize_video


def sound(out, codec="mp2", start=0):
    stream = out.add_stream(codec, rate=48000)
    packets = []
    for index in range(14):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 1152), np.int16), format="s16", layout="stereo")
        frame.pts, frame.sample_rate, frame.time_base = start + 1152 * index, 48000, Fraction(1, 48000)
        packets += stream.encode(frame)
    return packets + stream.encode(None)


def spans(path):
    """When picture and sound begin and end, in seconds."""
    with av.open(str(path)) as container:
        times = ([], [])
        for packet in container.demux():
            if packet.size:
                times[packet.stream_index].append(float(packet.pts * packet.time_base))
    return [(min(some), max(some)) for some in times]


def cover_of(path):
    with av.open(str(path)) as container:
        (stream,) = [one for one in container.streams if one.disposition & one.disposition.attached_pic]
        return next(bytes(packet) for packet in container.demux(stream) if packet.size)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_cover_stays_a_cover(write_film, red, tmp_path, suffix):
    jpeg = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(jpeg, "JPEG")

    def cover(out):
        out.add_attachment("cover.jpg", "image/jpeg", jpeg.getvalue())
        return []

    source = write_film("old.mkv", codec="libx264", pixels="yuv420p", also=cover)
    colorize_video(source, tmp_path / f"new{suffix}", model=red)
    assert cover_of(tmp_path / f"new{suffix}") == jpeg.getvalue() == cover_of(source)


def test_recordings_that_were_joined_follow_each_other_from_the_beginning(write_film, red, tmp_path):
    one = write_film("one.ts", codec="mpeg2video", pixels="yuv420p", also=sound)
    joined = tmp_path / "old.ts"
    joined.write_bytes(one.read_bytes() * 2)
    colorize_video(joined, tmp_path / "new.mkv", model=red)
    (picture, heard), single = spans(tmp_path / "new.mkv"), spans(one)
    lag = single[0][0] - single[1][0]
    assert min(picture[0], heard[0]) == 0
    assert abs(picture[0] - heard[0] - lag) < 0.002
    assert abs(picture[1] - 15 / 25 - picture[0]) < 0.002
    assert abs(heard[1] - (8 / 25 + 13 * 1152 / 48000) - heard[0]) < 0.002
