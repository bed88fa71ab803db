from pathlib import Path

import pytest

from photochrom.batch import planning
from photochrom.batch.naming import Job
from photochrom.batch.request import Request
from photochrom.batch.running import run
from photochrom.errors import PlanError


def plan(paths, out=None, **options):
    return planning.plan(Request(paths, out, **options))


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def planned(made, root):
    """The jobs by their names below ``root``."""
    return {str(job.source.relative_to(root)): str(job.target.relative_to(root)) for job in made.jobs}


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("a.jpg", "a-color.jpg"),
        ("a.JPEG", "a-color.JPEG"),
        ("a.png", "a-color.png"),
        ("a.Tif", "a-color.Tif"),
        ("a.tiff", "a-color.tiff"),
        ("a.webp", "a-color.webp"),
        ("a.bmp", "a-color.bmp"),
        ("a.ppm", "a-color.ppm"),
        ("a.pgm", "a-color.ppm"),
        ("a.pnm", "a-color.ppm"),
        ("a.PGM", "a-color.ppm"),
        ("a.pbm", "a-color.png"),
        ("a.gif", "a-color.png"),
        ("a.b.c.jpg", "a.b.c-color.jpg"),
        ("Oma & Opa 写真.jpg", "Oma & Opa 写真-color.jpg"),
    ],
)
def test_a_result_stands_beside_its_source(tmp_path, name, result):
    (tmp_path / name).touch()
    assert plan([tmp_path / name]).jobs == [Job(tmp_path / name, tmp_path / result)]


def test_a_photograph_named_twice_is_colored_once(tmp_path, put, monkeypatch):
    put("in/a.jpg")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    names = ("in/a.jpg", "./in/a.jpg", "in", "in/../in/a.jpg", "link/a.jpg", str(tmp_path / "in" / "a.jpg"))
    assert len(plan([Path(name) for name in names]).jobs) == 1


class TestNamesThatWouldMeet:
    def test_a_pair_of_formats_that_become_one_is_told_apart_by_its_endings(self, tmp_path, put):
        put("in/IMG_1.HEIC", "in/IMG_1.jpg", "in/IMG_2.jpg", "in/IMG_3.heic")
        made = plan([tmp_path / "in"], tmp_path / "new")
        assert planned(made, tmp_path) == {
            "in/IMG_1.HEIC": "new/IMG_1-HEIC.jpg",
            "in/IMG_1.jpg": "new/IMG_1-jpg.jpg",
            "in/IMG_2.jpg": "new/IMG_2.jpg",
            "in/IMG_3.heic": "new/IMG_3.jpg",
        }
        notes = [job.note for job in made.jobs if job.note]
        assert len(notes) == 2
        assert "IMG_1.HEIC: becomes IMG_1-HEIC.jpg, as IMG_1.jpg is another's name" in notes[0]

    @pytest.mark.parametrize(
        ("names", "results"),
        [
            (("a.pgm", "a.ppm"), {"a-pgm-color.ppm", "a-ppm-color.ppm"}),
            (("a.gif", "a.png", "a.pbm"), {"a-gif-color.png", "a-png-color.png", "a-pbm-color.png"}),
            (("a.pgm", "a.ppm", "a-pgm.ppm"), {"a-pgm-2-color.ppm", "a-ppm-color.ppm", "a-pgm-color.ppm"}),
        ],
    )
    def test_beside_their_sources_results_of_formats_that_become_one_are_told_apart(
        self, tmp_path, put, names, results
    ):
        put(*names)
        assert {job.target.name for job in plan([tmp_path]).jobs} == results

    def test_it_is_the_same_in_whatever_order_they_are_named(self, tmp_path, put):
        put("a.pgm", "a.ppm")
        (tmp_path / "link").symlink_to(tmp_path)
        one = plan([tmp_path / "a.pgm", tmp_path / "link" / "a.ppm"]).jobs
        other = plan([tmp_path / "a.ppm", tmp_path / "a.pgm"]).jobs
        assert {job.source.name: job.target.name for job in one} == {job.source.name: job.target.name for job in other}

    def test_a_photograph_in_the_place_of_a_result_is_not_replaced(self, tmp_path, put, colorizer):
        put("in/water.jpg", "in/water-color.jpg")
        before = contents(tmp_path)
        expected = {"in/water-color.jpg": "in/water-color-color.jpg", "in/water.jpg": "in/water-jpg-color.jpg"}
        for _ in range(2):
            made = plan([tmp_path / "in"], overwrite=True)
            assert planned(made, tmp_path) == expected
            list(run(made.jobs, colorizer, Request(overwrite=True)))
        assert contents(tmp_path).items() >= before.items()

    def test_a_photograph_that_comes_later_is_not_taken_for_done(self, tmp_path, put):
        put("in/IMG_1.HEIC")
        earlier = planned(plan([tmp_path / "in"], tmp_path / "new"), tmp_path)["in/IMG_1.HEIC"]
        put("in/IMG_1.jpg")
        assert planned(plan([tmp_path / "in"], tmp_path / "new"), tmp_path)["in/IMG_1.jpg"] != earlier

    def test_pictures_before_and_after_do_not_meet(self, tmp_path, put):
        put("in/a.jpg", "in/a.png", "in/sub/a.jpg")
        for out, root in ((None, tmp_path / "in"), (tmp_path / "new", tmp_path / "new")):
            for models in (["default"], ["unet", "mine"]):
                jobs = plan([tmp_path / "in"], out, models=models, compare=True).jobs
                assert len({job.compared for job in jobs} | {job.target for job in jobs}) == 2 * len(jobs)
                assert all("compare" in job.compared.relative_to(root).parts for job in jobs)
        assert str(jobs[-1].compared.relative_to(tmp_path)) == "new/compare/sub/a-mine-jpg.png"


def test_several_models_make_a_result_each(tmp_path, put):
    source = put("in/a.jpg")
    made = plan([source], models=["unet", "mine"])
    names = [(job.target.name, job.model) for job in made.jobs]
    assert names == [("a-color-unet.jpg", "unet"), ("a-color-mine.jpg", "mine")]
    targets = [job.target.name for job in plan([source], tmp_path / "new.png", models=["unet", "mine"]).jobs]
    assert targets == ["new-unet.png", "new-mine.png"]


def test_a_source_is_not_replaced_by_a_picture_before_and_after(tmp_path, put):
    source = put("a.png")
    (tmp_path / "compare").mkdir()
    (tmp_path / "compare" / "new-jpg.png").symlink_to(source)
    assert len(plan([source], tmp_path / "new.jpg").jobs) == 1
    with pytest.raises(PlanError, match="would be overwritten"):
        plan([source], tmp_path / "new.jpg", compare=True)


def test_several_answers_make_a_result_each(tmp_path, put):
    source = put("a.png")
    made = plan([source], answers=3)
    assert [(job.target.name, job.answer) for job in made.jobs] == [
        ("a-color-1.png", 1), ("a-color-2.png", 2), ("a-color-3.png", 3),
    ]  # fmt: skip
    targets = [job.target.name for job in plan([source], tmp_path / "new.png", models=["unet", "mine"], answers=2).jobs]
    assert targets == ["new-unet-1.png", "new-unet-2.png", "new-mine-1.png", "new-mine-2.png"]


def test_sheets_call_a_result_by_what_tells_it_from_others(put):
    source = put("a.png")
    labels = [plan([source], **options).jobs[-1].label for options in ({}, {"answers": 2}, {"models": ["x", "y"]})]
    assert labels == ["a.png", "a.png, answer 2", "a.png, y"]
