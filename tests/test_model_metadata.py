import pytest

from photochrom.model_metadata import Metadata


def test_metadata_survives_the_file(metadata):
    assert Metadata.from_onnx(metadata.to_onnx()) == metadata
    assert all(key.startswith("photochrom.") for key in metadata.to_onnx())


def test_what_others_say_in_a_file_is_ignored(metadata):
    assert Metadata.from_onnx({"author": "me", **metadata.to_onnx()}) == metadata


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"options": "{width"}, "not whole"),
        ({"working_size": "large"}, "not whole"),
        ({"working_size": ""}, "not whole"),
        ({"multiple_of": "0"}, "below 1"),
        ({"working_size": "-128"}, "below 1"),
        ({"format": "3"}, "another version"),
        ({"format": "2", "hints": "yes"}, "not whole"),
        ({"format": "2", "chroma_scale": "3"}, "not whole"),
        ({"format": "2", "outputs": "logits"}, "not whole"),
        ({"format": "2", "outputs": "[1]"}, "not whole"),
        ({"unheard_of": "1"}, "not whole"),
        ({"title": None}, "not whole"),
        ({"format": None}, "another version"),
    ],
)
def test_broken_metadata_is_refused(change, message, metadata):
    props = metadata.to_onnx() | {f"photochrom.{key}": value for key, value in change.items()}
    props = {key: value for key, value in props.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        Metadata.from_onnx(props)


def test_metadata_of_none_of_ours_is_refused():
    with pytest.raises(ValueError, match="not a model of Photochrom"):
        Metadata.from_onnx({"author": "me"})


def test_files_of_format_1_say_nothing_that_earlier_versions_do_not_know(metadata):
    assert metadata.format == "1"
    assert not {"photochrom.hints", "photochrom.chroma_scale", "photochrom.outputs"} & metadata.to_onnx().keys()
