from collections import Counter

import pytest

import photochrom.bulk
from photochrom.batch.request import Outcome
from photochrom.bulk import Done, Progress


@pytest.fixture
def asked(monkeypatch):
    """Replace the work by a result; what was asked for is in the list."""
    asked = []

    def asked_with(*counts, failures=()):
        def colorize(request, on_progress):
            asked.append(request)
            on_progress(Progress(1, 2, tuple(failures)))
            return Done(Counter(dict(counts)), Counter({".txt": 2}))

        monkeypatch.setattr(photochrom.bulk, "colorize_archive", colorize)
        return asked

    return asked_with


def test_the_summary_counts_and_the_exit_code_tells_of_failures(main, asked, capsys):
    counts = ((Outcome.DONE, ""), 3), ((Outcome.DIFFERENT, "model unet"), 1), ((Outcome.FAILED, ""), 25)
    requests = asked(*counts, failures=[f"in/{number}.jpg: broken" for number in range(25)])
    assert main("bulk", "in", "out", "--saturation", "1.2", "--workers", "3", "--ray", "auto", "--format", "png") == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 colorized; results in out",
        "1 skipped: already a result, made with other settings (model unet); --overwrite replaces it",
        "25 failed",
        "left out, as no photographs: 2 .txt",
    ]
    assert err.splitlines()[19:] == [
        "photochrom: in/19.jpg: broken",
        "photochrom: 5 more failed; the report in out/report names them",
    ]
    request = requests[0]
    assert (request.source, request.target, request.workers, request.ray) == ("in", "out", 3, "auto")
    assert (request.how.saturation, request.how.format, request.how.models) == (1.2, "png", ["default"])


def test_nothing_to_do_is_told_and_done_is_done(main, asked, capsys):
    asked()
    assert main("bulk", "in", "out") == 1
    assert "in: no photographs there" in capsys.readouterr().err
    asked(((Outcome.SKIPPED, ""), 3))
    assert main("bulk", "in", "out", "--quiet") == 0
    assert capsys.readouterr().out == ""
