from photochrom.web.films.limits import film_limits, without_films
from photochrom.web.settings import FilmSettings


def test_films_are_taken_where_the_extra_is_there_and_the_server_is_to(monkeypatch):
    assert without_films(FilmSettings()) == ""
    assert "takes no films" in without_films(FilmSettings(at_once=0))
    monkeypatch.setattr("photochrom.web.films.limits._NEEDED", ("av", "no_such_package"))
    assert "(no_such_package is missing)" in without_films(FilmSettings())


def test_limits_are_told(client):
    told = client.get("/api/v1/models").json()["limits"]["films"]
    assert told == film_limits(FilmSettings()).model_dump()
    assert {".mp4", ".mkv"} < set(told["suffixes"])
