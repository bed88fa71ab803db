import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.errors import PhotochromError, UsageError
from photochrom.training.prepare import prepare


@pytest.fixture
def mixed(photographs: Path, tmp_path: Path) -> Path:
    """A folder with good photographs and every kind that has to be left out."""
    folder = tmp_path / "mixed"
    shutil.copytree(photographs, folder)
    (folder / "below").mkdir()
    shutil.copy(folder / "coffee-0.jpg", folder / "below" / "copy.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    Image.open(folder / "coffee-0.jpg").convert("L").save(folder / "gray.jpg")
    Image.open(folder / "coffee-0.jpg").convert("L").convert("RGB").save(folder / "gray-as-color.jpg")
    Image.open(folder / "coffee-0.jpg").resize((30, 30)).save(folder / "tiny.png")
    (folder / "notes.txt").write_text("not a picture, and not named like one")
    return folder


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_pairs_and_manifest(mixed: Path, tmp_path: Path):
    out = tmp_path / "pairs"
    seen: list[tuple[int, int]] = []
    manifest = prepare(
        mixed, out, size=48, split=(0.5, 0.25, 0.25), processes=1, progress=lambda *step: seen.append(step)
    )
    assert manifest == json.loads((out / "manifest.json").read_text())
    assert seen[-1] == (21, 21)
    assert {item["source"]: item["reason"].split(",")[0] for item in manifest["left_out"]} == {
        "broken.jpg": "not a picture of a kind that can be read",
        "coffee-0.jpg": "the same file as below/copy.jpg",
        "gray.jpg": "without color",
        "gray-as-color.jpg": "without color",
        "tiny.png": "too small",
    }
    parts = [pair["split"] for pair in manifest["pairs"]]
    assert [parts.count(part) for part in ("train", "val", "test")] == [8, 4, 4]
    assert set(files(out)) == {"manifest.json", *(pair["pair"] for pair in manifest["pairs"])}
    for pair in manifest["pairs"]:
        assert pair["sha256"] == hashlib.sha256((mixed / pair["source"]).read_bytes()).hexdigest()
        assert pair["pair"].startswith(f"{pair['split']}/")
        with Image.open(out / pair["pair"]) as image:
            picture = np.array(image)
        assert picture.shape == (48, 96, 3)
        gray = np.array(Image.fromarray(picture[:, 48:]).convert("L"))[..., None].astype(int)
        assert np.abs(picture[:, :48].astype(int) - gray).max() <= 1


def test_the_same_input_and_seed_give_the_same_bytes(mixed: Path, tmp_path: Path):
    for name, seed, processes in (("a", 0, 1), ("b", 0, 2), ("c", 1, 1)):
        prepare(mixed, tmp_path / name, size=32, seed=seed, processes=processes)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert files(tmp_path / "a") != files(tmp_path / "c")


def test_the_seed_decides_which_photograph_goes_where(photographs: Path, tmp_path: Path):
    splits = []
    for name, seed in (("a", 0), ("b", 1), ("c", 0)):
        manifest = prepare(photographs, tmp_path / name, size=32, split=(0.5, 0.25, 0.25), seed=seed, processes=1)
        splits.append({pair["source"]: pair["split"] for pair in manifest["pairs"]})
        parts = list(splits[-1].values())
        assert [parts.count(part) for part in ("train", "val", "test")] == [8, 4, 4]
    assert splits[0] == splits[2] != splits[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "missing"}, "no such folder"),
        ({"out": "mixed"}, "not empty"),
        ({"size": 8}, "size must be"),
        ({"source": "empty"}, "no photographs"),
    ],
)
def test_wrong_requests_touch_nothing(mixed: Path, tmp_path: Path, change: dict[str, object], said: str):
    (tmp_path / "empty").mkdir()
    before = files(tmp_path)
    request = {"source": "mixed", "out": "new", "size": 48} | change
    with pytest.raises(UsageError, match=said):
        prepare(tmp_path / str(request["source"]), tmp_path / str(request["out"]), size=int(str(request["size"])))
    assert files(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_an_interrupted_run_leaves_nothing(photographs: Path, tmp_path: Path):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(photographs, tmp_path / "pairs", size=32, processes=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_names_as_long_as_they_can_be(photographs: Path, tmp_path: Path):
    folder = tmp_path / "long"
    folder.mkdir()
    for index in range(3):
        shutil.copy(photographs / f"coffee-{index}.jpg", folder / f"{index}{'é' * 120}.jpg")
    assert len(prepare(folder, tmp_path / "pairs", size=32, processes=1)["pairs"]) == 3


def test_a_place_that_cannot_be_written_is_one_line(photographs: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(PhotochromError, match="cannot be written"):
        prepare(photographs, tmp_path / "file" / "pairs", size=32, processes=1)
