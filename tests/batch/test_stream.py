import errno
import io
import os
import sys

import pytest
from PIL import Image

from photochrom import HintError, Hints, PhotoError, Point
from photochrom.batch.request import Request
from photochrom.batch.stream import colorize_stream, is_streamed
from photochrom.errors import UsageError


class Stream(io.TextIOWrapper):
    """A standard stream in memory, which may be a terminal."""

    terminal = False

    def isatty(self):
        return self.terminal


@pytest.fixture
def send(monkeypatch, strong):
    """Send bytes through standard input; returns what comes out."""

    def send(content, source="-", target="-", terminal=False, model=strong, **options):
        out = io.BytesIO()
        for name, buffer in (("stdin", io.BytesIO(content)), ("stdout", out)):
            stream = Stream(buffer)
            stream.terminal = terminal
            monkeypatch.setattr(sys, name, stream)
        colorize_stream(Request([source], target, [str(model)], **options))
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


def test_what_comes_out_has_the_format_that_was_asked_for(send, source, tmp_path):
    assert send(source.read_bytes(), format="psd").startswith(b"8BPS")
    assert send(b"", source=source, format="jpg").startswith(b"\xff\xd8")
    with pytest.raises(UsageError, match="another format"):
        send(source.read_bytes(), target=tmp_path / "new.jpg", format="png")
    assert not (tmp_path / "new.jpg").exists()


def test_one_end_may_be_a_file(send, source, tmp_path):
    assert send(source.read_bytes(), target=tmp_path / "new.jpg") == b""
    assert (tmp_path / "new.jpg").exists()
    assert send(b"", source=source).startswith(b"\x89PNG")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n and no more"])
def test_what_is_no_picture_is_told(send, content):
    with pytest.raises(PhotoError, match="standard input: "):
        send(content)


def test_a_terminal_is_refused(send, source):
    with pytest.raises(UsageError, match="standard input is a terminal"):
        send(b"", terminal=True)
    with pytest.raises(UsageError, match="standard output is a terminal"):
        send(b"", source=source, terminal=True)


@pytest.mark.parametrize("option", ["sheet", "compare", "skip_color", "dry_run"])
def test_what_a_stream_cannot_have_is_refused(send, source, option):
    with pytest.raises(UsageError, match="-: goes without"):
        send(b"", source=source, **{option: True})


def test_more_than_one_photograph_or_no_place_for_it_is_refused(source):
    for request in (Request(["-"]), Request(["-", source], "-"), Request(["-"], "-", ["unet", "linknet"])):
        with pytest.raises(UsageError, match="one photograph and one model"):
            colorize_stream(request)


def test_a_dash_is_a_stream_however_it_is_written():
    assert is_streamed(Request(["-"], "new.png"))
    assert is_streamed(Request(["./-"], "new.png"))
    assert is_streamed(Request(["old.png"], "-"))
    assert not is_streamed(Request(["old.png"], "new-"))


def test_standard_input_that_cannot_be_read_is_told(monkeypatch, strong):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(sys, "stdin", Stream(Broken()))
    with pytest.raises(PhotoError, match="standard input: cannot be read"):
        colorize_stream(Request(["-"], "-", [str(strong)]))


class TestHints:
    def test_a_reference_lends_its_colors(self, send, coffee, tmp_path, make_seeing):
        Image.fromarray(coffee).save(tmp_path / "color.png")
        Image.fromarray(coffee).convert("L").save(tmp_path / "gray.png")
        sent = {"content": (tmp_path / "gray.png").read_bytes(), "model": make_seeing()}
        plain, colored = send(**sent), send(**sent, references=[tmp_path / "color.png"])
        assert Image.open(io.BytesIO(plain)).getpixel((64, 40)) != Image.open(io.BytesIO(colored)).getpixel((64, 40))
        assert b"hints " in colored

    def test_hints_come_from_a_file(self, send, source, tmp_path):
        Hints.from_points([Point(0.5, 0.5, "green", 0.2)]).save(tmp_path / "any.json")
        for content, path in ((source.read_bytes(), "-"), (b"", source)):
            result = send(content, path, hints=tmp_path / "any.json")
            assert b"hints " in result
            with Image.open(io.BytesIO(result)) as image:
                red, green, blue = image.getpixel((image.width // 2, image.height // 2))
            assert green > max(red, blue)

    def test_a_photograph_that_has_a_name_may_have_hints_in_a_folder(self, send, source, tmp_path):
        Hints.from_points([Point(0.5, 0.5, "green")]).save(tmp_path / "old.hints.json")
        assert b"hints " in send(b"", source, hints=tmp_path)
        with pytest.raises(UsageError, match="a photograph without a name has none there"):
            send(source.read_bytes(), hints=tmp_path)

    def test_hints_that_cannot_be_obeyed_are_refused_and_nothing_comes_out(self, send, source, tmp_path):
        Image.new("RGBA", (50, 50), "red").save(tmp_path / "layer.png")
        with pytest.raises(HintError, match="another aspect"):
            send(source.read_bytes(), hints=tmp_path / "layer.png")
        assert sys.stdout.buffer.getvalue() == b""


def test_several_answers_are_refused(source):
    with pytest.raises(UsageError, match=r"goes without .*`answers`"):
        colorize_stream(Request([source], "-", answers=2))
