import pytest

from photochrom import __version__
from photochrom.model_files import at_hand


@pytest.fixture
def folder(make_model, tmp_path, monkeypatch):
    """A folder of models: one that works, and one that does not."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "broken.onnx").write_text("not a model")
    (folder / "mine.onnx").write_bytes(make_model(name="mine").read_bytes())
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(folder))
    return folder


def test_models_lists_files_and_generators(main, folder, capsys):
    assert main("models") == 0
    said = capsys.readouterr().out
    for expected in ("mine", "A test", "CC0-1.0", "not a model", "unet_plus_plus", "31.04", "48.1"):
        assert expected in said
    assert f"in {folder}: broken, mine\n" in said


def test_models_cuts_no_name_that_one_must_type(main, folder, capsys, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")  # 80 columns, and no colors
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main("models") == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    for name in at_hand():
        assert any(line.split()[:1] == [name] for line in lines), name
    files = said.partition("\nin ")[0]
    assert max(map(len, files.splitlines())) <= 80
    assert "…" not in files


def test_models_goes_on_without_a_folder_that_cannot_be_read(main, tmp_path, monkeypatch, capsys):
    closed = tmp_path / ("x" * 300)
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(closed))
    assert main("models") == 0
    out, err = capsys.readouterr()
    assert "default" in out
    assert err == f"photochrom: {closed}: cannot be read (File name too long); check its permissions\n"


def test_doctor_prints_what_was_found(main, capsys):
    assert main("doctor", "--device", "cpu") == 0
    said = capsys.readouterr().out
    for expected in (__version__, "CPU cores to use", "device cuda", "untested", "model default", "extra train"):
        assert expected in said


def test_doctor_prints_what_was_found_even_where_no_model_runs(main, capsys):
    assert main("doctor", "--device", "abacus") == 1
    said = capsys.readouterr().out
    assert "nothing: abacus: no such device" in said
    assert "model default" in said
