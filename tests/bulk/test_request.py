import pytest

from photochrom import HintError, Hints
from photochrom.batch.request import Request
from photochrom.bulk.request import BulkRequest
from photochrom.errors import UsageError


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"workers": 0}, "`workers` must be at least 1"),
        ({"ray": ""}, "an empty name"),
        ({"how": Request(answers=2)}, "by one model, without `answers`"),
        ({"how": Request(models=["default", "unet"])}, "by one model"),
        ({"how": Request(hints=Hints())}, "name a folder of them"),
    ],
)
def test_what_cannot_be_is_refused(options, told):
    with pytest.raises(UsageError, match=told):
        BulkRequest("in", "out", **options)


def test_hints_that_are_nowhere_are_refused(order, archive, tmp_path):
    with pytest.raises(HintError, match="no folder of hints"):
        order(archive, hints=str(tmp_path / "gone"))
