import av
import pytest

from photochrom.video import colorize_video
from photochrom.video.ffv1 import is_whole


def packets(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize("pixels", ["gray", "yuv420p10le"])
def test_a_damaged_slice_is_seen_where_there_are_checksums(write_film, pixels):
    path = write_film(pixels=pixels, options={"level": "3", "slicecrc": "1", "slices": "4"})
    for packet in packets(path):
        assert is_whole(packet)
        broken = bytearray(packet)
        broken[len(broken) // 2] ^= 1
        assert not is_whole(bytes(broken))
    assert not is_whole(packets(write_film(pixels=pixels, options={"level": "3", "slicecrc": "0"}))[0])


def test_damaged_frames_of_ffv1_are_counted_and_whole_ones_are_not(write_film, red, tmp_path):
    path = write_film(options={"level": "3", "slicecrc": "1"})
    assert not colorize_video(path, tmp_path / "whole.mkv", model=red).notes
    content = bytearray(path.read_bytes())
    for packet in packets(path)[3:5]:
        content[content.index(packet) + len(packet) // 2] ^= 1
    path.write_bytes(content)
    (note,) = colorize_video(path, tmp_path / "new.mkv", model=red).notes
    assert "2 frames were repaired" in note
