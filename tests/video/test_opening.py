import os
import shutil
from pathlib import Path

import pytest

from photochrom.errors import PhotoError
from photochrom.video.opening import opened


@pytest.mark.parametrize(
    "name", ["-a b%03d\n.mkv", "concat:a|b.mkv", "http:old.mkv", "pipe:0.mkv", "subfile,,start,0,end,9,,:a.mkv"]
)
def test_names_mean_nothing_but_a_file(write_film, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path = shutil.move(write_film(), name)
    with opened(tmp_path / path) as container:
        assert len(list(container.decode(video=0))) == 8


@pytest.mark.parametrize("name", ["list.m3u8", "list.mkv", "list.ffconcat"])
@pytest.mark.parametrize(
    "content", ["#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile {}\n"]
)
def test_files_that_name_other_files_do_not_lead_there(write_film, tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content.format(write_film("other.ts", codec="mpeg2video", pixels="yuv420p").name), encoding="utf-8")
    with pytest.raises(PhotoError, match="cannot be read as a film"), opened(path):
        pass


def test_addresses_are_names_of_no_file():
    with pytest.raises(PhotoError, match="no such file"), opened(Path("http://localhost:1/old.mp4")):
        pass


def test_pipes_and_folders_are_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "old.mp4")
    with pytest.raises(PhotoError, match="is a pipe"), opened(tmp_path / "old.mp4"):
        pass
    with pytest.raises(PhotoError, match="cannot be read"), opened(tmp_path):
        pass
