import threading
import time

import pytest

from photochrom.web import model_cache
from photochrom.web.model_cache import STUDY, ModelCache
from photochrom.web.refusals import RefusedError


@pytest.fixture
def own(monkeypatch, tmp_path, strong):
    """A folder with a model of the user's own, and a file that is none."""
    (tmp_path / "mine.onnx").write_bytes(strong.read_bytes())
    (tmp_path / "mine.md").write_text("# mine\n\nA <b>card</b>.\n")
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(tmp_path))
    return tmp_path


def test_a_model_is_opened_once_even_by_several_threads(own, monkeypatch):
    opened, cache, found = [], ModelCache(), []
    load = model_cache.load

    def slow(path):
        opened.append(path)
        time.sleep(0.2)  # so that the other threads come meanwhile
        return load(path)

    monkeypatch.setattr(model_cache, "load", slow)
    threads = [threading.Thread(target=lambda: found.append(cache.get("mine"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(opened) == 1


@pytest.mark.parametrize("name", ["nobody", "", "../mine", "mine.onnx"])
def test_a_name_that_is_no_model_is_refused_with_the_choices(own, name):
    with pytest.raises(RefusedError, match=r"no such model; choose one of .*default.*mine") as caught:
        ModelCache().get(name)
    assert caught.value.status == 422


def test_a_path_is_never_opened(own):
    with pytest.raises(RefusedError, match="no such model"):
        ModelCache().get(str(own / "mine.onnx"))


def test_a_broken_model_is_refused_without_saying_where_it_is(own):
    with pytest.raises(RefusedError) as caught:
        ModelCache().get("broken")
    assert caught.value.status == 422
    assert str(own) not in caught.value.detail


def test_cards_name_the_default_first_and_mark_the_study(own):
    cards = ModelCache().cards()
    assert cards[0].name == "default"
    assert {card.name for card in cards if card.study} == STUDY
    mine = next(card for card in cards if card.name == "mine")
    assert (mine.about, mine.license) == ("# mine\n\nA <b>card</b>.\n", "CC0-1.0")
    assert "<h2>mine</h2>" in mine.about_html
    assert "<b>" not in mine.about_html


def test_a_card_says_why_a_model_cannot_be_used(own):
    broken = next(card for card in ModelCache().cards() if card.name == "broken")
    assert "not a model" in broken.problem
    assert str(own) not in broken.problem
