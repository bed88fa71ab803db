import pytest

from photochrom.errors import UsageError
from photochrom.web.settings import SHORTEST_TOKEN, FilmSettings, Settings


def test_a_token_must_be_long_and_plain():
    assert Settings(token="x" * SHORTEST_TOKEN).token
    for token in ("x" * (SHORTEST_TOKEN - 1), "", "ü" * SHORTEST_TOKEN):
        with pytest.raises(UsageError, match="12 characters"):
            Settings(token=token)


@pytest.mark.parametrize(
    "limits", [{"workers": 0}, {"queue": -1}, {"max_bytes": 0}, {"max_pixels": 0}, {"seconds": 0}, {"seconds": -1.0}]
)
def test_limits_that_let_nothing_through_are_refused(limits):
    with pytest.raises(UsageError, match="must be above 0"):
        Settings(**limits)


@pytest.mark.parametrize("limits", [{"at_once": -1}, {"queue": -1}, {"max_bytes": 0}, {"max_frames": 0}, {"kept": 0}])
def test_limits_of_films_that_make_no_sense_are_refused(limits):
    with pytest.raises(UsageError, match="limits of films must be above 0"):
        FilmSettings(**limits)


def test_no_queue_is_a_choice():
    assert Settings(queue=0).queue == 0
