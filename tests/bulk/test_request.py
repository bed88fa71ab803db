import pytest

from photochrom import HintError, Hints, ModelError
from photochrom.batch.request import Request
from photochrom.bulk.request import BulkRequest, Named
from photochrom.errors import PhotoError, UsageError


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


def test_what_cannot_be_had_is_refused(order, archive, tmp_path, source):
    with pytest.raises(ModelError, match="no model of this name; there are default"):
        order(archive).of(Request(models=["nothing"]), order(archive).source, order(archive).target)
    with pytest.raises(HintError, match=r"gone\.jpg: no such file"):
        order(archive, references=[tmp_path / "gone.jpg"])
    with pytest.raises(HintError, match="no folder of hints"):
        order(archive, hints=str(tmp_path / "gone"))


def test_the_settings_tell_whatever_changes_results(order, archive, source):
    ways = [{}, {"saturation": 1.2}, {"size": 128}, {"format": "png"}, {"skip_color": True}, {"references": [source]}]
    assert len({order(archive, **how).settings for how in ways}) == len(ways)
    assert (
        order(archive, overwrite=True).settings == order(archive, max_pixels=1000).settings == order(archive).settings
    )


def test_a_file_that_is_another_one_for_a_worker_is_refused(store):
    store.write("own.onnx", b"1")
    named = Named.of(f"{store.url}/own.onnx")
    assert named.read() == b"1"
    store.write("own.onnx", b"2", overwrite=True)
    with pytest.raises(PhotoError, match=r"own\.onnx: is another file for a worker"):
        named.read()
