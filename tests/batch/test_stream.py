import errno
import io
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from photochrom import Colorizer, PhotoError
from photochrom.batch import stream
from photochrom.photos.writing import Encoding


@pytest.fixture
def send(monkeypatch, strong):
    """Send bytes through standard input; returns what comes out."""

    def send(content, source=stream.STREAM, target=stream.STREAM):
        out = io.BytesIO()
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
        stream.colorize(Colorizer(strong), source, target, encoding=Encoding(), white=None, overwrite=False)
        return out.getvalue()

    return send


@pytest.mark.parametrize(("kind", "becomes"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("TIFF", "TIFF"), ("GIF", "PNG")])
def test_what_comes_out_has_the_format_of_what_came_in(send, camera, kind, becomes):
    buffer = io.BytesIO()
    Image.fromarray(camera).save(buffer, kind)
    with Image.open(io.BytesIO(send(buffer.getvalue()))) as result:
        assert result.format == becomes
        assert result.size == camera.shape[::-1]
        assert result.mode == "RGB"


def test_one_end_may_be_a_file(send, source, tmp_path):
    assert send(source.read_bytes(), target=tmp_path / "new.jpg") == b""
    assert (tmp_path / "new.jpg").exists()
    assert send(b"", source=source).startswith(b"\x89PNG")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n and no more"])
def test_what_is_no_picture_is_told(send, content):
    with pytest.raises(PhotoError, match="standard input: "):
        send(content)


class Full(io.BytesIO):
    """A place, or a source, of which nothing is to be had."""

    def write(self, *_):
        raise OSError(errno.ENOSPC, "No space left on device")

    read = write


def test_a_full_disk_is_told(monkeypatch, strong, source):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Full()))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Full()))
    for from_where, told in ((stream.STREAM, "standard input: cannot be read"), (source, "standard output: cannot")):
        with pytest.raises(PhotoError, match=f"{told}.*No space left"):
            stream.colorize(
                Colorizer(strong), from_where, stream.STREAM, encoding=Encoding(), white=None, overwrite=False
            )
