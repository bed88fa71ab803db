import pytest


@pytest.mark.parametrize(
    ("hints", "said"), [("1,many", "not 1,many"), ("-1", "--hints must be"), ("99999", "not 99999")]
)
def test_hints_that_are_no_numbers_are_told(main, tmp_path, capsys, hints, said):
    assert main("evaluate", "gray", "--data", tmp_path, f"--hints={hints}") == 2
    assert said in capsys.readouterr().err


def test_evaluate_writes_into_no_folder_of_others(main, source, tmp_path, capsys):
    (tmp_path / "report.md").write_text("my own")
    assert main("evaluate", "gray", "--data", tmp_path, "-o", tmp_path) == 2
    assert "is not empty; name a new folder" in capsys.readouterr().err
    assert (tmp_path / "report.md").read_text() == "my own"
