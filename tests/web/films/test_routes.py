import time

import pytest

from photochrom.video import colorize_video
from photochrom.web.films import jobs
from photochrom.web.settings import FilmSettings

FILMS = "/api/v1/films"
SLEEPS = (jobs._COMMAND[0], "-S", "-c", "import time; time.sleep(600)")


@pytest.fixture(autouse=True)
def models(monkeypatch, strong):
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(strong.parent))


def send(client, content, name="old film.mp4", **fields):
    return client.post(FILMS, files={"file": (name, content)}, data={"model": "strong", **fields})


def until_over(client, film):
    for _ in range(1200):
        told = client.get(f"{FILMS}/{film}/progress").json()
        if told["state"] in ("done", "failed"):
            return told
        time.sleep(0.05)
    raise AssertionError("it is never done")


def left_behind(client):
    root = client.app.state.films._root
    return sorted(root.rglob("*")) if root and root.exists() else []


def test_a_film_is_colored_as_by_the_command_line_sent_in_ranges_and_not_kept(open_client, make_film, tmp_path):
    client, content = open_client(), make_film()
    begun = send(client, content, saturation=0.5)
    assert begun.status_code == 202
    film = begun.json()["id"]
    assert begun.headers["location"] == f"{FILMS}/{film}/progress"
    assert client.get(f"{FILMS}/{film}/result").status_code in (200, 409)
    told = until_over(client, film)
    assert (told["state"], told["name"], told["frames"], told["total"]) == ("done", "old film-color.mp4", 8, 8)
    assert told["luma"] == pytest.approx([0.299, 0.587, 0.114]), "a small film is of BT.601"
    whole = client.get(f"{FILMS}/{film}/result")
    assert whole.headers["content-type"] == "video/mp4"
    assert "old%20film-color.mp4" in whole.headers["content-disposition"]
    (tmp_path / "old.mp4").write_bytes(content)
    colorize_video(tmp_path / "old.mp4", tmp_path / "new.mp4", model="strong", saturation=0.5)
    assert whole.content == (tmp_path / "new.mp4").read_bytes()
    assert told["bytes"] == len(whole.content)
    part = client.get(f"{FILMS}/{film}/result", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    again = send(client, whole.content)
    assert again.status_code == 422
    assert "colored by Photochrom already" in again.json()["detail"]
    metrics = client.get("/metrics").text
    assert 'photochrom_films_total{outcome="done"} 1.0' in metrics
    assert 'photochrom_frames_total{model="strong"} 8.0' in metrics
    assert client.delete(f"{FILMS}/{film}").status_code == 204
    assert client.get(f"{FILMS}/{film}/progress").status_code == 404
    assert left_behind(client) == []


def test_a_film_is_given_up_in_the_middle_and_the_next_takes_its_place(open_client, make_film, monkeypatch):
    client, content = open_client(films=FilmSettings(queue=0)), make_film(600, 36, 64)
    film = send(client, content).json()["id"]
    while not client.get(f"{FILMS}/{film}/progress").json()["seen"]:
        time.sleep(0.02)
    job = client.app.state.films.jobs[film]
    busy = send(client, content)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert client.delete(f"{FILMS}/{film}").status_code == 204
    assert job.task.cancelled()
    assert job.moved.done < 600
    assert left_behind(client) == []
    monkeypatch.setattr(jobs, "_COMMAND", SLEEPS)
    assert send(client, content).status_code == 202


def test_hints_and_a_reference_reach_the_film_as_files(open_client, make_film, jpeg, monkeypatch):
    monkeypatch.setattr(jobs, "_COMMAND", SLEEPS)
    client = open_client()
    hints = '{"version": 1, "hints": [{"x": 0.5, "y": 0.5, "color": "red"}]}'
    film = send(client, make_film(), hints=hints, frame=3).json()["id"]
    order = client.app.state.films.jobs[film].order
    folder = client.app.state.films.jobs[film].folder
    assert order.hints == str(folder / "hints")
    assert [path.name for path in (folder / "hints").iterdir()] == ["3.hints.json"]
    refused = client.post(FILMS, files={"file": ("a.mp4", make_film()), "reference": ("gray.jpg", jpeg)})
    assert refused.status_code == 422
    assert "is gray, and a reference lends" in refused.json()["detail"]


def test_what_is_asked_for_wrongly_is_refused_in_one_line_and_leaves_nothing(open_client, make_film, jpeg):
    client, content = open_client(films=FilmSettings(max_bytes=1_000_000)), make_film()
    for status, answer in (
        (415, send(client, jpeg)), (413, send(client, bytes(1_200_000))), (413, send(client, bytes(1_050_000))),
        (422, send(client, content, model="nobody")), (422, send(client, content, crf=99)),
        (422, send(client, content, colour=1)), (422, send(client, content, hints="{}")),
        (404, client.get(f"{FILMS}/nothing/progress")), (404, client.delete(f"{FILMS}/nothing")),
    ):  # fmt: skip
        assert answer.status_code == status
        assert answer.json()["detail"]
        assert "/" not in answer.json()["detail"], "no path of the server"
    assert left_behind(client) == []


def test_without_the_extra_the_server_says_so_before_it_reads_anything(open_client, make_film, monkeypatch):
    monkeypatch.setattr("photochrom.web.films.limits._NEEDED", ("no_such_package",))
    client = open_client()
    told = client.get("/api/v1/models").json()
    assert told["limits"]["films"] is None
    assert "lacks the extra video" in told["films_problem"]
    answer = send(client, make_film())
    assert (answer.status_code, answer.json()["detail"]) == (501, told["films_problem"])
