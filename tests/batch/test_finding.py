import os
import socket
import sys
from collections import Counter
from pathlib import Path

import pytest

from photochrom.batch.finding import ending, find, find_hints, format_of, special_kind
from photochrom.errors import PhotoError
from photochrom.photos import formats


class TestFind:
    def test_pictures_are_found_in_order_and_nothing_else(self, tmp_path):
        names = ["b.jpg", "a.PNG", "sub/c.tif", "sub/deep er/d.pgm", "sub.jpg/e.webp"]
        others = ["notes.txt", ".hidden.jpg", ".cache/f.jpg", "g.jpg.part", "jpg", "raw.x3f"]
        for name in names + others:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        assert find(tmp_path) == sorted(tmp_path / name for name in names)

    def test_hints_beside_photographs_are_no_photographs(self, tmp_path):
        hints = ("a.hints.png", "a.hints.json", "b.HINTS.PNG", "sub/c.jpg.hints.png")
        for name in ("a.png", "hints.png", "d.json", *hints):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        (tmp_path / "e.hints.png").mkdir()
        left_out = Counter()
        assert find(tmp_path, left_out=left_out) == [tmp_path / "a.png", tmp_path / "hints.png"]
        assert left_out == {".hints.png": 3, ".hints.json": 1, ".json": 1}
        assert [path.name for path in find_hints(tmp_path)] == [
            "a.hints.json", "a.hints.png", "b.HINTS.PNG", "c.jpg.hints.png",
        ]  # fmt: skip

    def test_links_to_folders_are_not_followed(self, tmp_path):
        (tmp_path / "a.jpg").touch()
        (tmp_path / "loop").symlink_to(tmp_path)
        assert find(tmp_path) == [tmp_path / "a.jpg"]

    def test_a_folder_that_cannot_be_read_is_told(self, tmp_path, monkeypatch):
        scandir = os.scandir

        def refuse(path="."):
            if Path(path).name == "locked":
                raise PermissionError(13, "Permission denied", str(path))
            return scandir(path)

        (tmp_path / "locked").mkdir()
        (tmp_path / "a.jpg").touch()
        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(PhotoError, match=r"locked: cannot read this folder .*Permission denied"):
            find(tmp_path)
        told = []
        assert find(tmp_path, told.append) == [tmp_path / "a.jpg"]
        assert len(told) == 1

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everything can be read here")
    def test_a_folder_without_permissions_is_told(self, tmp_path):
        (tmp_path / "locked").mkdir(mode=0)
        with pytest.raises(PhotoError, match="locked: cannot read this folder"):
            find(tmp_path)


def test_what_is_left_out_is_counted_by_kind(tmp_path):
    for name in ("a.JXL", "b.jxl", "c.psd", "d.ora", "notes", "notes.txt", ".hidden"):  # layers are somebody's work
        (tmp_path / name).write_text("P2 is how this text begins")
    os.mkfifo(tmp_path / "b.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "c.jpg"))
        left_out: Counter[str] = Counter()
        assert find(tmp_path, left_out=left_out) == []
    assert left_out == {".jxl": 2, ".psd": 1, ".ora": 1, ".txt": 1, "without a suffix": 1, "pipe": 1, "socket": 1}


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.jpg", ".jpg"),
        ("a.JXL", ".JXL"),
        ("a", ""),
        ("Grandma, ca. 1925", ""),
        ("2024.11.26", ""),
        ("a.photograph", ""),
        (".jpg", ""),
    ],
)
def test_an_ending_tells_a_format(name, suffix):
    assert ending(Path(name)) == suffix


def test_a_name_without_an_ending_leaves_it_to_the_content(tmp_path, put):
    put("a.jpg", "b.ppm").rename(tmp_path / "scan")
    (tmp_path / "b.ppm").rename(tmp_path / "other")
    (tmp_path / "text").write_text("BMW is how this text begins")
    (tmp_path / "wrong.png").write_bytes((tmp_path / "scan").read_bytes())
    found = [format_of(tmp_path / name) for name in ("scan", "other", "text", "wrong.png", "nowhere")]
    assert found == [formats.JPEG, formats.PGM, None, formats.PNG, None]


def test_devices_are_special_and_folders_and_files_are_not(tmp_path, put):
    assert special_kind(Path("/dev/null")) == "device"
    assert [special_kind(path) for path in (tmp_path, put("a.png"), tmp_path / "nowhere")] == ["", "", ""]


def test_raw_files_are_left_out_where_nothing_reads_them(tmp_path, monkeypatch):
    (tmp_path / "a.nef").touch()
    assert find(tmp_path) == [tmp_path / "a.nef"]
    monkeypatch.setitem(sys.modules, "rawpy", None)
    left_out: Counter[str] = Counter()
    assert find(tmp_path, left_out=left_out) == []
    assert left_out == {".nef": 1}
