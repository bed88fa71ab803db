import json

import numpy as np
import pytest

from photochrom import Colorizer, Hints


@pytest.fixture
def client_of(open_client, unsure, monkeypatch):
    """A client of a server that has a model which is unsure of what is bright."""
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(unsure.parent))
    return open_client()


def post(client, route, content, **fields):
    return client.post(f"/api/v1/{route}", files={"file": ("old.png", content)}, data={"model": "unsure", **fields})


def test_answers_are_hints_that_make_them(client_of, camera, encode, unsure):
    content = encode(camera, "PNG")
    response = post(client_of, "answers", content)
    assert response.status_code == 200, response.text
    told = [Hints.from_json(json.dumps(one)) for one in response.json()["answers"]]
    assert told == Colorizer(unsure).hints_of_answers(camera / np.float32(255))
    assert len(told) == 4
    assert response.headers["x-photochrom-model"] == "unsure"
    results = [post(client_of, "colorize", content, hints=one.to_json()).content for one in told]
    assert len(set(results)) == 4
    assert results[0] == post(client_of, "colorize", content).content


def test_no_more_answers_come_than_are_asked_for(client_of, camera, encode):
    assert len(post(client_of, "answers", encode(camera, "PNG"), count="2").json()["answers"]) == 2


def test_the_colors_of_a_place_come_with_their_probabilities(client_of, camera, encode, unsure):
    response = post(client_of, "suggest", encode(camera, "PNG"), x="0.3", y="0.2")
    assert response.status_code == 200, response.text
    colors = [(tuple(one["color"]), one["probability"]) for one in response.json()["colors"]]
    assert colors == [tuple(one) for one in Colorizer(unsure).suggest(camera, 0.3, 0.2)]


@pytest.mark.parametrize("route", ["answers", "suggest"])
def test_a_model_that_knows_one_answer_is_refused_in_one_line(client_of, camera, encode, route):
    response = post(
        client_of, route, encode(camera, "PNG"), model="unet", **({"x": "0", "y": "0"} if route == "suggest" else {})
    )
    assert response.status_code == 422
    assert "knows one color a place" in response.json()["detail"]


@pytest.mark.parametrize("fields", [{}, {"x": "0.5"}, {"x": "0.5", "y": "1.5"}, {"x": "nan", "y": "0"}])
def test_a_place_that_is_none_is_refused(client_of, camera, encode, fields):
    assert post(client_of, "suggest", encode(camera, "PNG"), **fields).status_code == 422
