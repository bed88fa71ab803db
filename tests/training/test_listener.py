import pytest

from photochrom.training.listener import Listener, estimating


@pytest.mark.parametrize(
    ("seconds_a_step", "said"),
    [
        (0.5, "an epoch takes about 50 seconds, and what is left of 4 about 3 minutes"),
        (40.0, "an epoch takes about 67 minutes, and what is left of 4 about 4 hours"),
        (0.002, "an epoch takes about 0.2 seconds, and what is left of 4 about 0.8 seconds"),
    ],
)
def test_an_epochs_time_is_said_once_after_its_first_steps(seconds_a_step: float, said: str):
    lines: list[str] = []
    heard: list[tuple[float, int, str]] = []
    now = [0.0]
    progress = estimating(Listener(lambda *step: heard.append(step), line=lines.append), clock=lambda: now[0])
    now[0] = 1000  # the first step warms up, and counts for nothing
    for step in range(1, 31):
        progress(step / 100, 4, "L1 0.1")
        assert len(lines) == (step >= 6)
        now[0] += seconds_a_step
    assert lines == [said]
    assert heard == [(step / 100, 4, "L1 0.1") for step in range(1, 31)]


def test_a_run_that_goes_on_counts_what_is_left():
    lines: list[str] = []
    now = iter(range(100))
    progress = estimating(Listener(lambda *step: None, line=lines.append), clock=lambda: float(next(now)))
    for step in range(1, 7):
        progress(8 + step / 10, 10, "")
    assert lines == ["an epoch takes about 10 seconds, and what is left of 10 about 14 seconds"]
