"""The whole evaluation, from the command line to the report."""

import base64
import csv
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from photochrom import cli
from photochrom.cli.console import DONE, FAILED
from photochrom.errors import PhotochromError, UsageError
from photochrom.training.config import from_dict
from photochrom.training.evaluation import Request, evaluate
from photochrom.training.loop import start


@pytest.fixture(scope="module")
def checkpoint(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = {
        "data": str(photographs), "size": 32, "width": 4, "options": {"depth": 3}, "patch": 16, "batch": 4,
        "epochs": 2, "workers": 0, "precision": "32-true", "accelerator": "cpu", "devices": 1, "threads": 1,
    }  # fmt: skip
    return start(from_dict(config), tmp_path_factory.mktemp("runs") / "tiny", lambda *_: None)


@pytest.fixture(scope="module")
def report(checkpoint: Path, photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    words = ["evaluate", str(checkpoint), "grey", "--data", str(photographs), "-o", str(out), "--title", "A <test>"]
    assert cli.app(words, exit_on_error=False, print_error=False) == DONE
    return out


def test_the_tables_and_the_files_say_the_same(report: Path):
    text = (report / "report.md").read_text()
    scores = json.loads((report / "scores.json").read_text())["models"]
    rows = list(csv.DictReader(io.StringIO((report / "scores.csv").read_text())))
    assert len(rows) == 32
    assert {row["model"] for row in rows} == {"tiny", "gray"}
    mean = sum(score["psnr"] for score in scores["tiny"]) / 16
    assert re.search(rf"^\| tiny \| {mean:.2f} \[", text, re.MULTILINE)
    assert scores["gray"][0]["lpips"] is None  # no weights were given, and the report says so
    assert "LPIPS was not measured" in text
    for title in (
        "Quality: coffee",
        "Quality: all",
        "Compared with tiny: all",
        "Losses beside the published ones",
        "Cost",
    ):
        assert f"## {title}" in text
    assert "1.2061 / 0.0395 / 6.7701 / 0.0006" in text


def test_the_page_needs_nothing_else(report: Path):
    page = (report / "report.html").read_text()
    assert "A &lt;test&gt;" in page
    assert not re.search(r"(src|href)='(?!data:)", page)
    pictures = re.findall(r"base64,([^']+)", page)
    assert len(pictures) == 4
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            assert image.width > 300


def test_hints_are_measured_beside_none(photographs: Path, strong: Path, tmp_path: Path):
    done: list[tuple[int, int]] = []
    request = Request([str(strong), "gray"], photographs, tmp_path, limit=2, overwrite=True, hints=[20, 5])
    evaluate(request, progress=lambda *numbers: done.append(numbers))
    assert done == [(number, 6) for number in range(1, 7)]
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    table = text[text.index("## Quality with hints") :]
    assert re.findall(r"^\| (\w+) \| (\d+) \|", table, re.MULTILINE)[:3] == [
        ("strong", number) for number in ("0", "5", "20")
    ]
    assert "(hints.png)" in text
    assert (tmp_path / "hints.png").is_file()
    assert len(list(csv.DictReader(io.StringIO((tmp_path / "hints.csv").read_text(encoding="utf-8"))))) == 6


def test_other_photographs_can_be_shown(checkpoint: Path, photographs: Path, tmp_path: Path):
    show = tmp_path / "show"
    show.mkdir()
    Image.open(photographs / "chelsea-0.jpg").save(show / "free.png")
    evaluate(Request([str(checkpoint)], photographs, tmp_path / "out", limit=4, show=show))
    text = (tmp_path / "out" / "report.md").read_text()
    assert "best: free.png" in text
    assert "4 color photographs" in text


def test_bad_input_is_told_in_a_line(checkpoint: Path, photographs: Path, tmp_path: Path):
    def refused(*models: str, data: Path = photographs, out: Path | None = None) -> str:
        with pytest.raises(PhotochromError) as caught:
            evaluate(Request(models, data, out))
        return str(caught.value)

    (tmp_path / "other.onnx").write_bytes(b"no model")
    (tmp_path / "other.pt").write_bytes(b"no checkpoint")
    assert "no such model" in refused("nobody")
    assert "other.onnx" in refused(str(tmp_path / "other.onnx"))
    assert "not a checkpoint" in refused(str(tmp_path / "other.pt"))
    assert "is called tiny" in refused(str(checkpoint), str(checkpoint))
    assert "no such folder" in refused("gray", data=tmp_path / "nothing")
    assert "is a file" in refused("gray", out=tmp_path / "other.pt")
    with pytest.raises(UsageError, match="from 0 to 10000, not -1"):
        evaluate(Request(["gray"], photographs, hints=[-1]))
    with pytest.raises(UsageError, match="LPIPS needs its weights"):
        evaluate(Request(["gray"], photographs, lpips_weights=tmp_path / "none.pt"))


def test_photographs_that_fail_make_the_exit_code(photographs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    Image.open(photographs / "chelsea-0.jpg").save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"nothing")
    words = ["evaluate", "gray", "--data", str(tmp_path)]
    assert cli.app(words, exit_on_error=False, print_error=False) == FAILED
    assert "bad.png" in capfd.readouterr().err
