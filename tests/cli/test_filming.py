import sys

import av
import numpy as np
import pytest


@pytest.fixture
def film(tmp_path, camera):
    path = tmp_path / "old.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 72, "gray"
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(camera), format="gray")))
        out.mux(stream.encode(None))
    return path


def test_a_film_is_colored_and_said_to_be(main, film, make_model, capsys):
    assert main("video", film, "--model", make_model()) == 0
    assert capsys.readouterr().out == f"{film}: colorized: {film.with_name('old-color.mkv')}\n"
    assert main("video", film, "--model", make_model(), "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_what_fails_is_one_line_and_the_exit_code(main, tmp_path, make_model, capsys):
    (tmp_path / "old.mp4").write_bytes(b"nothing")
    assert main("video", tmp_path / "old.mp4", "--model", make_model()) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main("video", tmp_path / "old.mp4", "--codec", "vp9") == 2
    assert "--codec" in capsys.readouterr().err


def test_without_the_extra_it_says_how_to_install_it(main, film, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("photochrom.video")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "av", None)
    assert main("video", film) == 2
    assert "pip install -c constraints.txt '.[video]'" in capsys.readouterr().err
