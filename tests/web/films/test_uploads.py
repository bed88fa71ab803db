import io

import av
import pytest

from photochrom.video import VideoEncoding
from photochrom.web.films import uploads
from photochrom.web.refusals import RefusedError
from photochrom.web.settings import FilmSettings

H264 = VideoEncoding()


def judged(folder, content, name="old.mp4", suffix=None, **limits):
    path = uploads.stored(io.BytesIO(content), name, folder)
    return uploads.inspected(path, suffix, H264, FilmSettings(**limits))


def test_an_upload_is_stored_by_its_suffix_only_and_its_result_is_named_as_by_the_command_line(tmp_path, make_film):
    content = make_film()
    film, suffix = judged(tmp_path, content, "../../evil.MOV")
    assert (film.path, film.frames, suffix) == (tmp_path / "film.mov", 8, ".mp4")
    assert judged(tmp_path, content, "old.avi")[1] == ".mkv"
    assert judged(tmp_path, content, "old.avi", ".mp4")[1] == ".mp4"
    assert uploads.stored(io.BytesIO(content), "evil.m3u8", tmp_path) == tmp_path / "film"


def test_what_is_too_large_is_refused(tmp_path, make_film):
    with pytest.raises(RefusedError, match="more than 7 frames") as refused:
        judged(tmp_path, make_film(), max_frames=7)
    assert refused.value.status == 413
    with pytest.raises(RefusedError, match="frames of 160x90") as refused:
        judged(tmp_path, make_film(), max_pixels=160 * 90 - 1)
    assert refused.value.status == 413


def test_an_interlaced_film_is_refused_with_the_reason_and_without_a_path(tmp_path):
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=25, options={"x264-params": "tff=1"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame(160, 96, "yuv420p")))
        out.mux(stream.encode(None))
    with pytest.raises(RefusedError) as refused:
        judged(tmp_path, file.getvalue(), "old.mkv")
    assert refused.value.status == 422
    assert refused.value.detail.startswith("is interlaced (frame 0)")


@pytest.mark.parametrize("name", ["list.mp4", "list.m3u8"])
def test_playlists_that_name_files_of_the_server_are_no_films(tmp_path, make_film, name):
    (tmp_path / "secret.mp4").write_bytes(make_film())
    for text in (
        f"ffconcat version 1.0\nfile '{tmp_path / 'secret.mp4'}'\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{tmp_path / 'secret.mp4'}\n#EXT-X-ENDLIST\n",
    ):
        with pytest.raises(RefusedError, match="not a film of a kind that is taken") as refused:
            judged(tmp_path, text.encode(), name)
        assert refused.value.status == 415
