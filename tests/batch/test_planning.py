import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import tifffile
from onnx import helper
from PIL import Image

from photochrom import Colorizer
from photochrom.batch.planning import Job, plan
from photochrom.batch.running import Options, Outcome, before_after, run
from photochrom.errors import PhotoError, PlanError, UsageError
from photochrom.photos import formats, provenance, reading


@pytest.fixture
def put(tmp_path, camera):
    """Put a black-and-white photograph at each name below the test's folder."""

    def put(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix in {".heic", ".heif"}:
                pillow_heif.from_pillow(Image.fromarray(camera).convert("RGB")).save(path)
                continue
            Image.fromarray(camera).save(path, formats.of_name(path).name)
        return tmp_path / names[0]

    return put


@pytest.fixture
def colorizer(strong):
    return Colorizer(strong)


@pytest.fixture
def open_to_all():
    """A folder that every user can reach, as the test's own cannot be."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def nobody():
    """For a while, a user for whom permissions count: root may do everything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def planned(made, root):
    """The jobs by their names below ``root``."""
    return {str(job.source.relative_to(root)): str(job.target.relative_to(root)) for job in made.jobs}


def outcomes(jobs, colorizer, overwrite=False):
    return [outcome for _, outcome, _ in run(jobs, colorizer, Options(overwrite=overwrite))]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestPlan:
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
    def test_a_result_stands_beside_its_source(self, tmp_path, name, result):
        (tmp_path / name).touch()
        assert plan([tmp_path / name], None).jobs == [Job(tmp_path / name, tmp_path / result)]

    @pytest.mark.parametrize("result", ["new.jpg", "new/sub/x.PNG", "a-color.png"])
    def test_out_is_a_file_for_one_source(self, tmp_path, put, result):
        source = put("a.png")
        assert plan([source], tmp_path / result).jobs == [Job(source, tmp_path / result)]

    def test_out_is_a_folder_where_its_name_is_no_pictures(self, tmp_path, put):
        assert plan([put("a.png")], tmp_path / "new").jobs == [Job(tmp_path / "a.png", tmp_path / "new" / "a.png")]
        assert plan([put("a.gif")], tmp_path / "new.d").jobs[0].target == tmp_path / "new.d" / "a.png"

    def test_out_is_a_folder_where_it_is_one(self, tmp_path, put):
        (tmp_path / "new.png").mkdir()
        assert plan([put("a.png")], tmp_path / "new.png").jobs[0].target == tmp_path / "new.png" / "a.png"

    def test_out_is_a_folder_for_a_folder(self, tmp_path, put):
        put("in/a.png")
        assert plan([tmp_path / "in"], tmp_path / "new.png").jobs[0].target == tmp_path / "new.png" / "a.png"

    def test_out_is_a_folder_for_several_sources(self, tmp_path, put):
        put("a.png", "b.png")
        made = plan([tmp_path / "a.png", tmp_path / "b.png"], tmp_path / "new.png")
        assert planned(made, tmp_path) == {"a.png": "new.png/a.png", "b.png": "new.png/b.png"}

    def test_out_holds_the_tree_below_each_path(self, tmp_path, put):
        put("one/a.jpg", "one/sub/b.gif", "one/sub/deep/c.PGM", "two/d.jpg", "three.png")
        made = plan([tmp_path / "one", tmp_path / "two", tmp_path / "three.png"], tmp_path / "new")
        assert planned(made, tmp_path) == {
            "one/a.jpg": "new/a.jpg",
            "one/sub/b.gif": "new/sub/b.png",
            "one/sub/deep/c.PGM": "new/sub/deep/c.ppm",
            "two/d.jpg": "new/d.jpg",
            "three.png": "new/three.png",
        }

    def test_only_pictures_are_taken_from_a_folder(self, tmp_path, put):
        put("in/a.jpg", "in/.trash/b.jpg")
        (tmp_path / "in" / "notes.txt").touch()
        assert list(planned(plan([tmp_path / "in"], None), tmp_path)) == ["in/a.jpg"]

    def test_a_file_on_the_command_line_must_be_a_picture(self, tmp_path, put):
        (tmp_path / "notes.txt").touch()
        made = plan([tmp_path / "notes.txt", put("a.png"), tmp_path / "nowhere.png"], None)
        assert [job.source.name for job in made.jobs] == ["a.png"]
        assert [type(failure) for failure in made.failures] == [PhotoError, PhotoError]
        assert "notes.txt: not a picture by its name" in str(made.failures[0])
        assert "nowhere.png: no such file" in str(made.failures[1])

    def test_results_beside_their_sources_are_left_alone(self, tmp_path, put):
        put("in/a.jpg", "in/a-color.jpg", "in/b-color.png")
        made = plan([tmp_path / "in"], None)
        assert list(planned(made, tmp_path)) == ["in/a.jpg"]
        assert sorted(path.name for path in made.ours) == ["a-color.jpg", "b-color.png"]

    def test_an_out_inside_the_source_is_left_alone(self, tmp_path, put, monkeypatch):
        put("in/a.jpg", "in/new/old.jpg", "in/new/sub/old.jpg", "in/newer/c.jpg")
        expected = {"in/a.jpg": "in/new/a.jpg", "in/newer/c.jpg": "in/new/newer/c.jpg"}
        assert planned(plan([tmp_path / "in"], tmp_path / "in" / "new"), tmp_path) == expected
        monkeypatch.chdir(tmp_path / "in")
        assert [str(job.source) for job in plan([Path()], Path("new")).jobs] == ["a.jpg", "newer/c.jpg"]
        (tmp_path / "link").symlink_to(tmp_path / "in" / "new")
        assert len(plan([tmp_path / "in"], tmp_path / "link").jobs) == 2

    def test_an_out_around_the_source_leaves_nothing_out(self, tmp_path, put):
        put("around/in/a.jpg")
        made = plan([tmp_path / "around" / "in"], tmp_path / "around")
        assert planned(made, tmp_path) == {"around/in/a.jpg": "around/a.jpg"}

    def test_a_folder_that_cannot_be_read_is_a_failure(self, tmp_path, put, monkeypatch):
        scandir = os.scandir

        def refuse(path="."):
            if Path(path).name == "locked":
                raise PermissionError(13, "Permission denied", str(path))
            return scandir(path)

        put("in/a.jpg", "in/locked/b.jpg")
        monkeypatch.setattr(os, "scandir", refuse)
        made = plan([tmp_path / "in"], None)
        assert list(planned(made, tmp_path)) == ["in/a.jpg"]
        assert len(made.failures) == 1
        assert "locked: cannot read this folder" in str(made.failures[0])

    @pytest.mark.parametrize("out", [None, "new"])
    def test_names_that_cannot_be_are_failures(self, tmp_path, put, out):
        (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
        paths = [put("a.png"), tmp_path / ("x" * 300 + ".png"), tmp_path / "loop.png"]
        made = plan(paths, out and tmp_path / out)
        assert [job.source.name for job in made.jobs] == ["a.png"]
        assert len(made.failures) == 2


class TestConflicts:
    def refused(self, *args):
        with pytest.raises(PlanError) as caught:
            plan(*args)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_two_sources_beside_each_other_to_one_result(self, tmp_path, put):
        put("a.pgm", "a.ppm")
        message = self.refused([tmp_path], None)
        assert "a.pgm" in message
        assert "a.ppm" in message
        assert "a-color.ppm" in message

    def test_two_folders_with_one_name_in_both(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        assert "both become" in self.refused([tmp_path / "one", tmp_path / "two"], tmp_path / "new")

    def test_two_sources_to_one_result_by_way_of_a_link(self, tmp_path, put):
        put("in/a.pgm", "in/a.ppm")
        (tmp_path / "link").symlink_to(tmp_path / "in")
        assert "both become" in self.refused([tmp_path / "in" / "a.pgm", tmp_path / "link" / "a.ppm"], None)

    @pytest.mark.parametrize("how", ["same", "symlink", "hardlink", "dots"])
    def test_an_out_that_is_the_source(self, tmp_path, put, how):
        source = put("sub/a.png")
        out = {"same": source, "dots": tmp_path / "sub" / ".." / "sub" / "a.png"}.get(how, tmp_path / "link.png")
        if how == "symlink":
            out.symlink_to(source)
        if how == "hardlink":
            out.hardlink_to(source)
        assert "a.png: would be overwritten" in self.refused([source], out)

    def test_an_out_folder_that_is_the_sources(self, tmp_path, put):
        put("in/a.jpg")
        assert "would be overwritten" in self.refused([tmp_path / "in"], tmp_path / "in")
        (tmp_path / "link").symlink_to(tmp_path / "in")
        assert "would be overwritten" in self.refused([tmp_path / "in"], tmp_path / "link")

    def test_an_out_that_is_another_source(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        assert "would be overwritten" in self.refused([tmp_path / "one", tmp_path / "two" / "a.jpg"], tmp_path / "two")

    def test_an_out_that_is_a_file_for_several_sources(self, tmp_path, put):
        put("in/a.jpg", "in/b.jpg", "file.png")
        assert "name a folder" in self.refused([tmp_path / "in"], tmp_path / "file.png")
        (tmp_path / "notes.txt").touch()
        assert "name a folder" in self.refused([tmp_path / "in" / "a.jpg"], tmp_path / "notes.txt")

    def test_a_sheet_where_a_result_goes(self, tmp_path, put):
        assert "another file for the sheet" in self.refused([put("a.png")], None, tmp_path / "a-color.png")

    def test_a_sheet_where_something_else_is(self, tmp_path, put, colorizer):
        source, other = put("a.png"), put("b.png")
        list(run(plan([other], None).jobs, colorizer))
        for sheet in (source, other, tmp_path / "b-color.png"):
            with pytest.raises(UsageError, match="not an earlier sheet"):
                plan([source], None, sheet)

    def test_a_sheet_that_is_named_as_another_format(self, put):
        with pytest.raises(UsageError, match="is a PNG"):
            plan([put("a.png")], None, Path("sheet.jpg"))

    def test_an_earlier_sheet_among_the_photographs(self, tmp_path, put, colorizer):
        put("in/a.png")
        sheet = tmp_path / "in" / "sheet.png"
        for _ in range(2):
            jobs = plan([tmp_path / "in"], tmp_path / "out", sheet).jobs
            assert [job.source.name for job in jobs] == ["a.png"]
            list(run(jobs, colorizer))
            before_after(sheet, jobs)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]

    def test_a_photograph_named_twice_is_colored_once(self, tmp_path, put, monkeypatch):
        put("in/a.jpg")
        monkeypatch.chdir(tmp_path)
        (tmp_path / "link").symlink_to(tmp_path / "in")
        names = ("in/a.jpg", "./in/a.jpg", "in", "in/../in/a.jpg", "link/a.jpg", str(tmp_path / "in" / "a.jpg"))
        assert len(plan([Path(name) for name in names], None).jobs) == 1

    def test_refusing_touches_nothing(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        before = contents(tmp_path)
        self.refused([tmp_path / "one", tmp_path / "two"], tmp_path / "new")
        assert contents(tmp_path) == before
        assert not (tmp_path / "new").exists()


class TestRun:
    @pytest.mark.parametrize("suffix", sorted(formats.READABLE))
    def test_every_format_is_colored(self, tmp_path, put, colorizer, camera, suffix):
        made = plan([put(f"a{suffix}")], None)
        assert outcomes(made.jobs, colorizer) == [Outcome.DONE]
        with Image.open(made.jobs[0].target) as image:
            assert image.format == formats.of_name(made.jobs[0].target).name
            assert image.size == camera.shape[::-1]
            colors = np.asarray(image.convert("RGB")).astype(int)
        assert np.ptp(colors, axis=-1).max() > 50

    def test_finished_results_are_skipped_and_kept(self, tmp_path, put, colorizer):
        put("in/a.png", "in/sub/b.jpg")
        made = plan([tmp_path / "in"], tmp_path / "new")
        assert outcomes(made.jobs, colorizer) == [Outcome.DONE] * 2
        before = contents(tmp_path)
        assert outcomes(made.jobs, colorizer) == [Outcome.SKIPPED] * 2
        assert contents(tmp_path) == before

    def test_existing_files_are_replaced_when_asked(self, tmp_path, put, colorizer):
        source = put("a.png")
        (tmp_path / "a-color.png").write_bytes(b"mine")
        made = plan([source], None)
        assert outcomes(made.jobs, colorizer) == [Outcome.SKIPPED]
        assert (tmp_path / "a-color.png").read_bytes() == b"mine"
        assert outcomes(made.jobs, colorizer, overwrite=True) == [Outcome.DONE]
        assert provenance.of(tmp_path / "a-color.png")

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".ppm"])
    def test_our_own_results_are_never_colored_again(self, tmp_path, put, colorizer, suffix):
        assert outcomes(plan([put(f"a{suffix}")], tmp_path / "new").jobs, colorizer) == [Outcome.DONE]
        # Under another name, it is known by its note.
        (tmp_path / "new" / f"a{suffix}").rename(tmp_path / f"b{suffix}")
        (tmp_path / f"a{suffix}").unlink()
        assert outcomes(plan([tmp_path], None).jobs, colorizer, overwrite=True) == [Outcome.OURS]
        assert [path.name for path in reading.find(tmp_path)] == [f"b{suffix}"]

    def test_a_second_run_over_a_folder_finds_everything_done(self, tmp_path, put, colorizer):
        put("a.png", "b.gif", "c.pgm", "d.bmp", "sub/e.jpg")
        assert outcomes(plan([tmp_path], None).jobs, colorizer) == [Outcome.DONE] * 5
        before = contents(tmp_path)
        made = plan([tmp_path], None)
        assert outcomes(made.jobs, colorizer) == [Outcome.SKIPPED] * 5
        assert len(made.ours) == 5
        assert contents(tmp_path) == before

    def test_sources_are_not_touched(self, tmp_path, put, colorizer):
        put("a.png", "b.jpg", "c.tif", "d.pgm")
        before = contents(tmp_path)
        list(run(plan([tmp_path], None).jobs, colorizer, Options(overwrite=True)))
        assert contents(tmp_path).items() >= before.items()

    def test_one_bad_file_never_stops_the_rest(self, tmp_path, put, colorizer):
        put("in/a.png", "in/z.png", "in/c.jpg")
        folder = tmp_path / "in"
        (folder / "b.jpg").write_text("not a picture")
        (folder / "c.jpg").write_bytes((folder / "c.jpg").read_bytes()[:500])
        (folder / "d.png").touch()
        (folder / "e.png").symlink_to(tmp_path / "nowhere.png")
        (folder / "f.jpg").mkdir()
        (folder / "g.jpg").symlink_to(folder / "g.jpg")
        for out in (None, tmp_path / "new"):
            results = list(run(plan([folder], out).jobs, colorizer))
            failed = {job.source.name: reason for job, outcome, reason in results if outcome is Outcome.FAILED}
            assert set(failed) == {"b.jpg", "c.jpg", "d.png", "e.png", "g.jpg"}
            assert [job.source.name for job, outcome, _ in results if outcome is Outcome.DONE] == ["a.png", "z.png"]
            for name, reason in failed.items():
                assert name in reason
                assert "\n" not in reason
        assert len(reading.find(tmp_path / "new")) == 2
        assert not list(tmp_path.rglob("*.part"))

    def test_a_name_that_leaves_no_room_for_ours(self, tmp_path, put, colorizer):
        put("b.png", "x" * 250 + ".png")
        results = list(run(plan([tmp_path], None).jobs, colorizer))
        assert [outcome for _, outcome, _ in results] == [Outcome.DONE, Outcome.FAILED]
        assert "too long" in results[1][2]
        assert outcomes(plan([tmp_path / ("x" * 250 + ".png")], tmp_path / "new").jobs, colorizer) == [Outcome.DONE]

    def test_an_out_that_cannot_be_made(self, tmp_path, put, colorizer):
        put("in/a.png", "in/sub/b.png")
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "sub").write_text("in the way")
        results = list(run(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer))
        assert [outcome for _, outcome, _ in results] == [Outcome.DONE, Outcome.FAILED]
        assert "cannot be written" in results[1][2]

    def test_too_little_memory_is_a_failure(self, tmp_path, put, colorizer, monkeypatch):
        put("a.png", "b.png")
        work = Colorizer.colorize_file

        def run_out(self, source, target, **options):
            if source.path.name == "a.png":
                raise MemoryError
            return work(self, source, target, **options)

        monkeypatch.setattr(Colorizer, "colorize_file", run_out)
        results = list(run(plan([tmp_path], None).jobs, colorizer))
        assert [outcome for _, outcome, _ in results] == [Outcome.FAILED, Outcome.DONE]
        assert "a.png: not enough memory" in results[0][2]

    def test_mistakes_of_ours_are_not_hidden(self, tmp_path, put, colorizer, monkeypatch):
        def fail(*_, **__):
            raise ZeroDivisionError

        monkeypatch.setattr(Colorizer, "colorize_file", fail)
        with pytest.raises(ZeroDivisionError):
            list(run(plan([put("a.png")], None).jobs, colorizer))

    def test_several_at_once_give_the_same_in_the_same_order(self, tmp_path, put, colorizer):
        put(*(f"in/{index:02}.png" for index in range(12)))
        (tmp_path / "in" / "05.png").write_text("not a picture")
        jobs = plan([tmp_path / "in"], tmp_path / "one").jobs
        alone = list(run(jobs, colorizer))
        others = plan([tmp_path / "in"], tmp_path / "three").jobs
        together = list(run(others, colorizer, at_once=3))
        assert [job for job, _, _ in together] == others
        assert [result[1:] for result in together] == [result[1:] for result in alone]
        files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "three")]
        assert files[0] == files[1]
        assert len(files[0]) == 11

    def test_stopping_begins_nothing_more(self, tmp_path, put, colorizer):
        put(*(f"in/{index:02}.png" for index in range(30)))
        steps = run(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer, at_once=2)
        next(steps)
        steps.close()
        done = list((tmp_path / "new").iterdir())
        assert 1 <= len(done) <= 11
        assert {path.suffix for path in done} == {".png"}
        assert outcomes(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer).count(Outcome.DONE) == 30 - len(done)

    def test_mistakes_of_ours_are_not_hidden_among_several(self, tmp_path, put, colorizer, monkeypatch):
        def fail(*_, **__):
            raise ZeroDivisionError

        put("a.png", "b.png")
        monkeypatch.setattr(Colorizer, "colorize_file", fail)
        with pytest.raises(ZeroDivisionError):
            list(run(plan([tmp_path], None).jobs, colorizer, at_once=2))

    @pytest.mark.parametrize("at_once", [1, 2])
    def test_a_source_that_goes_away_is_a_failure(self, tmp_path, put, colorizer, at_once):
        put("a.png", "b.png", "c.png")
        jobs = plan([tmp_path], None).jobs
        (tmp_path / "b.png").unlink()
        results = list(run(jobs, colorizer, None, at_once))
        assert [outcome for _, outcome, _ in results] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
        assert "b.png: no such file" in results[1][2]

    def test_a_disk_that_fills_up_is_a_failure(self, tmp_path, put, colorizer, monkeypatch):
        def fill(image, file, **options):
            file.write(b"a part of it")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        put("in/a.png", "in/b.jpg")
        jobs = plan([tmp_path / "in"], tmp_path / "new").jobs
        monkeypatch.setattr(Image.Image, "save", fill)
        results = list(run(jobs, colorizer, None, 2))
        assert [outcome for _, outcome, _ in results] == [Outcome.FAILED] * 2
        assert all("No space left on device" in reason for _, _, reason in results)
        assert not list((tmp_path / "new").iterdir())
        monkeypatch.undo()
        assert outcomes(jobs, colorizer) == [Outcome.DONE] * 2

    @pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions work in another way here")
    def test_permissions_revoked_half_way_are_failures(self, open_to_all, camera, colorizer):
        sources, new = open_to_all / "in", open_to_all / "new"
        sources.mkdir()
        new.mkdir()
        for name in "abcd":
            Image.fromarray(camera).save(sources / f"{name}.png")
        jobs = plan([sources], new).jobs
        steps = run(jobs, colorizer)
        assert next(steps)[1] is Outcome.DONE
        (sources / "b.png").chmod(0)
        new.chmod(0o555)
        before = contents(new)
        with nobody():
            (_, outcome_b, said_b), (_, outcome_c, said_c) = next(steps), next(steps)
        assert (outcome_b, outcome_c) == (Outcome.FAILED, Outcome.FAILED)
        assert "b.png: not permitted to read it" in said_b
        assert "c.png: cannot be written" in said_c
        assert "Permission denied" in said_c
        assert contents(new) == before, "nothing half done is left"
        (sources / "b.png").chmod(0o644)
        new.chmod(0o777)
        with nobody():
            assert next(steps)[1] is Outcome.DONE
            again = outcomes(jobs, colorizer)
        assert again == [Outcome.SKIPPED, Outcome.DONE, Outcome.DONE, Outcome.SKIPPED]

    def test_work_is_done_one_by_one(self, tmp_path, put, colorizer):
        put("a.png", "b.png")
        steps = run(plan([tmp_path], None).jobs, colorizer)
        next(steps)
        assert (tmp_path / "a-color.png").exists()
        assert not (tmp_path / "b-color.png").exists()


def test_a_sheet_shows_what_has_a_result(tmp_path, put, colorizer):
    put("a.png", "b.png", "c.png")
    jobs = plan([tmp_path], tmp_path / "new").jobs
    list(run(jobs[:2], colorizer))
    before_after(tmp_path / "sheet.png", jobs)
    with Image.open(tmp_path / "sheet.png") as image:
        colors = np.asarray(image.convert("RGB")).astype(int)
    saturation = np.ptp(colors, axis=-1)
    middle = colors.shape[1] // 2
    assert saturation[:, :middle].max() == 0
    assert saturation[:, middle:].max() > 50


def test_a_model_that_fails_on_a_photograph_stops_nothing(tmp_path, put, save_model):
    nodes = [
        helper.make_node("Concat", ["luma", "luma"], ["double"], axis=1),
        helper.make_node("Add", ["double", "fits_64_only"], ["chroma"]),
    ]
    only = {"fits_64_only": np.zeros((1, 2, 64, 64), np.float32)}
    colorizer = Colorizer(save_model(tmp_path / "picky.onnx", nodes, only))
    put("in/square.png", "in/wide.png")
    with Image.open(tmp_path / "in" / "square.png") as image:
        square = image.resize((50, 50))
        wide = image.resize((200, 50))
    square.save(tmp_path / "in" / "square.png")
    wide.save(tmp_path / "in" / "wide.png")
    jobs = plan([tmp_path / "in"], tmp_path / "out").jobs
    outcomes = {job.source.name: (outcome, reason) for job, outcome, reason in run(jobs, colorizer)}
    assert outcomes["square.png"] == (Outcome.DONE, "")
    assert outcomes["wide.png"][0] is Outcome.FAILED
    assert "wide.png: the model picky fails on a picture of" in outcomes["wide.png"][1]


def test_color_photographs_are_left_alone_when_asked(tmp_path, put, colorizer, coffee, camera):
    put("in/gray.png")
    Image.fromarray(coffee).save(tmp_path / "in" / "color.png")
    # At the size of a real photograph: in a thumbnail, JPEG's coarse chroma looks like color.
    print_ = np.asarray(Image.fromarray(camera).resize((384, 288)))
    sepia = np.stack([print_ * 0.9, print_ * 0.75, print_ * 0.5], axis=-1).astype(np.uint8)
    Image.fromarray(sepia).save(tmp_path / "in" / "sepia.jpg")
    jobs = plan([tmp_path / "in"], None).jobs
    results = {job.source.name: outcome for job, outcome, _ in run(jobs, colorizer, Options(skip_color=True))}
    assert results == {"color.png": Outcome.COLOR, "gray.png": Outcome.DONE, "sepia.jpg": Outcome.DONE}
    assert not (tmp_path / "in" / "color-color.png").exists()


def test_before_and_after_stand_side_by_side_and_are_no_source(tmp_path, put, colorizer, camera):
    put("in/a.png")
    jobs = plan([tmp_path / "in"], None).jobs
    assert [outcome for _, outcome, _ in run(jobs, colorizer, Options(compare=True))] == [Outcome.DONE]
    with Image.open(tmp_path / "in" / "a-color-png-compare.png") as image:
        both = np.asarray(image.convert("RGB"))
    width = camera.shape[1]
    assert (both[:, :width] == camera[..., None]).all()
    with Image.open(tmp_path / "in" / "a-color.png") as image:
        assert (both[:, -width:] == np.asarray(image)).all()
    made = plan([tmp_path / "in"], None)
    assert len(made.jobs) == 1
    (tmp_path / "in" / "a-color-png-compare.png").rename(tmp_path / "in" / "b.png")
    assert outcomes(plan([tmp_path / "in" / "b.png"], None).jobs, colorizer) == [Outcome.OURS]


def test_pictures_before_and_after_have_names_of_their_own(tmp_path, put, colorizer):
    put("in/a.jpg", "in/a.png")
    for models in ([], ["unet", "mine"]):
        jobs = plan([tmp_path / "in"], None, None, models, compare=True).jobs
        assert len({job.compared for job in jobs} | {job.target for job in jobs}) == 2 * len(jobs)
    made = plan([tmp_path / "in"], None, compare=True)
    assert [outcome for _, outcome, _ in run(made.jobs, colorizer, Options(compare=True), 2)] == [Outcome.DONE] * 2
    compared = sorted(path.name for path in (tmp_path / "in").glob("*-compare.png"))
    assert compared == ["a-color-jpg-compare.png", "a-color-png-compare.png"]
    assert len(plan([tmp_path / "in"], None, compare=True).jobs) == 2
    sheet = tmp_path / "in" / compared[0]
    assert provenance.of(sheet).is_sheet
    with pytest.raises(PlanError, match="another file for the sheet"):
        plan([tmp_path / "in"], None, sheet, compare=True)


def test_a_source_is_not_replaced_by_a_picture_before_and_after(tmp_path, put):
    source = put("a.png")
    (tmp_path / "new-jpg-compare.png").symlink_to(source)
    assert len(plan([source], tmp_path / "new.jpg").jobs) == 1
    with pytest.raises(PlanError, match="would be overwritten"):
        plan([source], tmp_path / "new.jpg", compare=True)


def test_several_models_make_a_result_each(tmp_path, put):
    source = put("in/a.jpg")
    made = plan([source], None, None, ["unet", "mine"])
    names = [(job.target.name, job.model) for job in made.jobs]
    assert names == [("a-color-unet.jpg", "unet"), ("a-color-mine.jpg", "mine")]
    targets = [job.target.name for job in plan([source], tmp_path / "new.png", None, ["unet", "mine"]).jobs]
    assert targets == ["new-unet.png", "new-mine.png"]
    put("in/a-color-unet.jpg")
    assert len(plan([tmp_path / "in"], None, None, ["unet", "mine"]).ours) == 1


def test_a_sheet_shows_floating_point_by_its_white(tmp_path, colorizer, camera):
    levels = camera.astype(np.float32) * 10
    levels[0, 0] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", levels)
    jobs = plan([tmp_path / "a.tif"], None).jobs
    assert [outcome for _, outcome, _ in run(jobs, colorizer, Options(white=2550.0))] == [Outcome.DONE]
    before_after(tmp_path / "sheet.png", jobs, reading.ReadOptions(white=2550.0))
    with Image.open(tmp_path / "sheet.png") as image:
        before = np.asarray(image.convert("L"))[40:, : image.width // 2].astype(int)
    assert 20 < before[before < 250].mean() < 235


def test_a_sheet_that_cannot_be_written_is_told(tmp_path, put, colorizer):
    jobs = plan([put("a.png")], None).jobs
    list(run(jobs, colorizer))
    for sheet in (tmp_path / "a.png" / "sheet.png", tmp_path):
        with pytest.raises(PhotoError, match="cannot be written"):
            before_after(sheet, jobs)


def test_a_sheet_of_nothing_is_refused(tmp_path, put):
    with pytest.raises(PhotoError, match="no result to show"):
        before_after(tmp_path / "sheet.png", plan([put("a.png")], None).jobs)
    assert not (tmp_path / "sheet.png").exists()


def test_outcomes_read_well():
    assert [outcome.value for outcome in Outcome][:2] == ["colorized", "skipped (done already)"]
