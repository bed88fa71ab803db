import pytest

from photochrom import HintError, ModelError
from photochrom.batch.request import Request
from photochrom.bulk.manner import Manner, Named
from photochrom.errors import PhotoError, UsageError


def test_what_cannot_be_had_is_refused(strong, tmp_path):
    with pytest.raises(ModelError, match="no model of this name; there are default"):
        Manner.of(Request(models=["nothing"]))
    with pytest.raises(ModelError, match=r"gone\.onnx: no such file"):
        Manner.of(Request(models=[str(tmp_path / "gone.onnx")]))
    with pytest.raises(HintError, match=r"gone\.jpg: no such file"):
        Manner.of(Request(models=[str(strong)], references=[tmp_path / "gone.jpg"]))
    with pytest.raises(UsageError, match="size must be between"):
        Manner.of(Request(models=[str(strong)], size=1)).open()


def test_the_settings_tell_whatever_changes_results(order, archive, source):
    ways = [{}, {"saturation": 1.2}, {"size": 128}, {"format": "png"}, {"skip_color": True}, {"references": [source]}]
    assert len({order(archive, **how).manner.digest for how in ways}) == len(ways)
    for how in ({"overwrite": True}, {"max_pixels": 1000}):
        assert order(archive, **how).manner.digest == order(archive).manner.digest


def test_a_file_that_is_another_one_for_a_worker_is_refused(store):
    store.write("own.onnx", b"1")
    named = Named.of(f"{store.url}/own.onnx")
    assert named.read() == b"1"
    store.write("own.onnx", b"2", overwrite=True)
    with pytest.raises(PhotoError, match=r"own\.onnx: is another file for a worker"):
        named.read()
