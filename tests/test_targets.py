import pytest

from photochrom.errors import UsageError
from photochrom.targets import refuse_existing, refuse_filled, refuse_other_names


def test_a_name_that_ends_otherwise_is_refused(tmp_path):
    for name in ("family.png", "model", "model.onnx.bak", ".onnx"):
        with pytest.raises(UsageError, match=r"a model ends with \.onnx"):
            refuse_other_names(tmp_path / name, (".onnx",), "a model")
    refuse_other_names(tmp_path / "model.ONNX", (".onnx",), "a model")


def test_a_file_that_is_there_is_refused_unless_it_may_be_overwritten(tmp_path):
    file = tmp_path / "there"
    refuse_existing(file)
    file.write_text("somebody's")
    with pytest.raises(UsageError, match="exists already"):
        refuse_existing(file)
    refuse_existing(file, overwrite=True)


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists already"):
        refuse_existing(tmp_path / "link")
    with pytest.raises(UsageError, match="is a file"):
        refuse_filled(tmp_path / "link")


def test_a_folder_is_no_file_whatever_may_be_overwritten(tmp_path):
    with pytest.raises(UsageError, match="is a folder"):
        refuse_existing(tmp_path, overwrite=True)


def test_a_folder_must_be_new_or_empty(tmp_path):
    refuse_filled(tmp_path / "new")
    refuse_filled(tmp_path)
    (tmp_path / "file").write_text("somebody's")
    with pytest.raises(UsageError, match="is not empty"):
        refuse_filled(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        refuse_filled(tmp_path / "file")
