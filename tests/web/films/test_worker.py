import os

import pytest

from photochrom.web.films import worker
from photochrom.web.films.orders import Failed, Made, Order


@pytest.fixture
def order(tmp_path, make_film, strong):
    (tmp_path / "film.mp4").write_bytes(make_film())

    def make(max_frames=100, **how):
        return Order(str(tmp_path / "film.mp4"), str(tmp_path / "colored.mp4"), max_frames, 8, str(strong), **how)

    return make


def test_a_film_is_colored_and_told_of(order, monkeypatch, tmp_path):
    told = []
    monkeypatch.setattr(worker, "_tell", told.append)
    assert worker._color(order()) == Made([])
    assert (told[-1].done, told[-1].total) == (8, 8)
    assert (tmp_path / "colored.mp4").exists()


def test_a_film_that_is_longer_than_its_file_says_is_given_up_and_leaves_no_parts(order, monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "_tell", lambda told: None)
    failed = worker._color(order(max_frames=5))
    assert failed == Failed("the film has more than 5 frames; cut it, or color it with the command line")
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_what_is_wrong_is_told_without_paths(order, monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "_tell", lambda told: None)
    (tmp_path / "film.mp4").write_bytes(b"nothing")
    failed = worker._color(order())
    assert failed.detail.startswith("cannot be read as a film")
    assert str(tmp_path) not in failed.detail


def test_a_server_that_is_gone_ends_the_work(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as file:
        monkeypatch.setattr("sys.stdout", file)
        with pytest.raises(worker.GoneError):
            worker._tell(Made([]))
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)
