from photochrom.bulk.engine import Begun


def test_the_ledger_counts_what_was_begun_and_not_ended():
    ledger = Begun()
    assert [ledger.begin("a"), ledger.begin("b"), ledger.begin("a")] == [0, 0, 1]
    ledger.end("a")
    assert [ledger.begin("a"), ledger.begin("b")] == [0, 1]
