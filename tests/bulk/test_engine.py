import signal

import pytest

from photochrom.bulk import engine
from photochrom.bulk.engine import Begun
from photochrom.errors import UsageError


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere.invalid:6379", "ray://127.0.0.1:10001", "127.0.0.1:x"])
def test_a_cluster_that_cannot_be_had_is_told_at_once(address):
    with pytest.raises(UsageError, match=address), engine.cluster(address):
        pass


def test_the_ledger_counts_what_was_begun_and_not_ended():
    ledger = Begun()
    assert [ledger.begin("a"), ledger.begin("b"), ledger.begin("a")] == [0, 0, 1]
    ledger.end("a")
    assert [ledger.begin("a"), ledger.begin("b")] == [0, 1]


def test_ray_does_not_take_the_signal_by_which_the_command_is_stopped(monkeypatch):
    monkeypatch.setattr(engine.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(engine.ray, "init", lambda **_: signal.signal(signal.SIGTERM, signal.SIG_IGN))
    monkeypatch.setattr(engine.ray, "shutdown", lambda: None)
    monkeypatch.setattr(engine, "_refuse_other_versions", lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    with engine.cluster(None):
        assert signal.getsignal(signal.SIGTERM) == before
