import av
import numpy as np
import pytest

from photochrom.errors import PlanError
from photochrom.video import VideoEncoding
from photochrom.video.planning import plan


def names(paths, out=None, encoding=None):
    return [job.target.name for job in plan(paths, out, encoding or VideoEncoding())[0]]


@pytest.mark.parametrize(
    ("out", "reason"),
    [("new.avi", r"written as \.mp4 or \.mkv"), ("old.mkv", "would overwrite a source")],
)
def test_results_that_cannot_be_are_refused_before_anything_is_done(tmp_path, out, reason):
    with pytest.raises(PlanError, match=reason):
        plan([tmp_path / "old.mkv"], tmp_path / out, VideoEncoding())


def test_films_that_would_become_one_file_are_refused(tmp_path):
    with pytest.raises(PlanError, match="would both become"):
        plan([tmp_path / "a.mkv", tmp_path / "a.avi"], None, VideoEncoding())
    with pytest.raises(PlanError, match="is one file, and several films have to go there"):
        plan([tmp_path / "a.mkv", tmp_path / "b.avi"], tmp_path / "new.mkv", VideoEncoding())


def test_results_are_named_by_what_can_hold_them(write_film, tmp_path):
    def sound(out):
        stream = out.add_stream("pcm_s16be", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        return stream.encode(frame)

    silent = write_film("silent.mov", codec="mpeg4", pixels="yuv420p")
    heard = write_film("heard.mov", codec="mpeg4", pixels="yuv420p", also=sound)
    assert names([silent, heard, tmp_path / "c.avi"]) == ["silent-color.mp4", "heard-color.mkv", "c-color.mkv"]
    assert names([silent], encoding=VideoEncoding("ffv1")) == ["silent-color.mkv"]
