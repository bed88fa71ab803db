import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import helper
from PIL import Image

import photochrom
from photochrom import Colorizer, Hints, Point
from photochrom.batch import planning
from photochrom.batch.finding import find
from photochrom.batch.request import Outcome, Request
from photochrom.batch.running import colorize_folder, colorize_paths, run
from photochrom.errors import UsageError
from photochrom.photos import formats, provenance


def plan(paths, out=None, **options):
    return planning.plan(Request(paths, out, **options))


def outcomes(jobs, colorizer, **options):
    return [event.outcome for event in run(jobs, colorizer, Request(**options))]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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


class TestRun:
    @pytest.mark.parametrize("suffix", sorted({*formats.READABLE} - {*formats.RAW.suffixes, ".psd", ".ora"}))
    def test_every_format_is_colored(self, tmp_path, put, colorizer, camera, suffix):
        made = plan([put(f"a{suffix}")])
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

    @pytest.mark.parametrize("suffix", [".psd", ".ora"])
    def test_layers_are_colored_compared_and_known_again(self, tmp_path, put, colorizer, suffix):
        first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
        assert outcomes(plan([put("a.png")], first, compare=True).jobs, colorizer) == [Outcome.DONE]
        assert len(list(tmp_path.glob("compare/*.png"))) == 1
        assert outcomes(plan([tmp_path / "a.png"], first).jobs, colorizer) == [Outcome.SKIPPED]
        assert outcomes(plan([first], second).jobs, colorizer) == [Outcome.OURS]

    def test_existing_files_are_replaced_when_asked(self, tmp_path, put, colorizer):
        source = put("a.png")
        (tmp_path / "a-color.png").write_bytes(b"mine")
        made = plan([source])
        assert outcomes(made.jobs, colorizer) == [Outcome.OCCUPIED]
        assert (tmp_path / "a-color.png").read_bytes() == b"mine"
        assert outcomes(made.jobs, colorizer, overwrite=True) == [Outcome.DONE]
        assert provenance.of(tmp_path / "a-color.png")

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".ppm"])
    def test_our_own_results_are_never_colored_again(self, tmp_path, put, colorizer, suffix):
        assert outcomes(plan([put(f"a{suffix}")], tmp_path / "new").jobs, colorizer) == [Outcome.DONE]
        # Under another name, it is known by its note.
        (tmp_path / "new" / f"a{suffix}").rename(tmp_path / f"b{suffix}")
        (tmp_path / f"a{suffix}").unlink()
        assert outcomes(plan([tmp_path]).jobs, colorizer, overwrite=True) == [Outcome.OURS]
        assert [path.name for path in find(tmp_path)] == [f"b{suffix}"]

    def test_a_second_run_over_a_folder_finds_everything_done(self, tmp_path, put, colorizer):
        put("a.png", "b.gif", "c.pgm", "d.bmp", "sub/e.jpg")
        assert outcomes(plan([tmp_path]).jobs, colorizer) == [Outcome.DONE] * 5
        before = contents(tmp_path)
        made = plan([tmp_path])
        assert outcomes(made.jobs, colorizer) == [Outcome.SKIPPED] * 5
        assert len(made.ours) == 5
        assert contents(tmp_path) == before

    def test_sources_are_not_touched(self, tmp_path, put, colorizer):
        put("a.png", "b.jpg", "c.tif", "d.pgm")
        before = contents(tmp_path)
        list(run(plan([tmp_path]).jobs, colorizer, Request(overwrite=True)))
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
            results = list(run(plan([folder], out).jobs, colorizer, Request()))
            failed = {event.source.name: event.reason for event in results if event.outcome is Outcome.FAILED}
            assert set(failed) == {"b.jpg", "c.jpg", "d.png", "e.png", "g.jpg"}
            assert [event.source.name for event in results if event.outcome is Outcome.DONE] == ["a.png", "z.png"]
            for name, reason in failed.items():
                assert name in reason
                assert "\n" not in reason
        assert len(find(tmp_path / "new")) == 2
        assert not list(tmp_path.rglob("*.part"))

    def test_a_name_that_leaves_no_room_for_ours(self, tmp_path, put, colorizer):
        put("b.png", "x" * 250 + ".png")
        results = list(run(plan([tmp_path]).jobs, colorizer, Request()))
        assert [event.outcome for event in results] == [Outcome.DONE, Outcome.FAILED]
        assert "too long" in results[1].reason
        assert outcomes(plan([tmp_path / ("x" * 250 + ".png")], tmp_path / "new").jobs, colorizer) == [Outcome.DONE]

    def test_an_out_that_cannot_be_made(self, tmp_path, put, colorizer):
        put("in/a.png", "in/sub/b.png")
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "sub").write_text("in the way")
        results = list(run(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer, Request()))
        assert [event.outcome for event in results] == [Outcome.DONE, Outcome.FAILED]
        assert "cannot be written" in results[1].reason

    def test_too_little_memory_is_a_failure(self, tmp_path, put, colorizer, monkeypatch):
        put("a.png", "b.png")
        work = Colorizer.colorize_file

        def run_out(self, source, target, **options):
            if source.path.name == "a.png":
                raise MemoryError
            return work(self, source, target, **options)

        monkeypatch.setattr(Colorizer, "colorize_file", run_out)
        results = list(run(plan([tmp_path]).jobs, colorizer, Request()))
        assert [event.outcome for event in results] == [Outcome.FAILED, Outcome.DONE]
        assert "a.png: not enough memory" in results[0].reason

    def test_errors_in_our_code_are_raised(self, tmp_path, put, colorizer, monkeypatch):
        def fail(*_, **__):
            raise ZeroDivisionError

        monkeypatch.setattr(Colorizer, "colorize_file", fail)
        with pytest.raises(ZeroDivisionError):
            list(run(plan([put("a.png")]).jobs, colorizer, Request()))

    def test_several_at_once_give_the_same_in_the_same_order(self, tmp_path, put, colorizer):
        put(*(f"in/{index:02}.png" for index in range(12)))
        (tmp_path / "in" / "05.png").write_text("not a picture")
        jobs = plan([tmp_path / "in"], tmp_path / "one").jobs
        alone = list(run(jobs, colorizer, Request()))
        others = plan([tmp_path / "in"], tmp_path / "three").jobs
        together = list(run(others, colorizer, Request(), at_once=3))
        assert [event.target for event in together] == [job.target for job in others]
        assert [(event.outcome, event.reason) for event in together] == [
            (event.outcome, event.reason) for event in alone
        ]
        files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "three")]
        assert files[0] == files[1]
        assert len(files[0]) == 11

    def test_after_stopping_no_other_photograph_is_begun(self, tmp_path, put, colorizer):
        put(*(f"in/{index:02}.png" for index in range(30)))
        steps = run(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer, Request(), at_once=2)
        next(steps)
        steps.close()
        done = list((tmp_path / "new").iterdir())
        assert 1 <= len(done) <= 11
        assert {path.suffix for path in done} == {".png"}
        assert outcomes(plan([tmp_path / "in"], tmp_path / "new").jobs, colorizer).count(Outcome.DONE) == 30 - len(done)

    def test_errors_in_our_code_are_raised_from_threads(self, tmp_path, put, colorizer, monkeypatch):
        def fail(*_, **__):
            raise ZeroDivisionError

        put("a.png", "b.png")
        monkeypatch.setattr(Colorizer, "colorize_file", fail)
        with pytest.raises(ZeroDivisionError):
            list(run(plan([tmp_path]).jobs, colorizer, Request(), at_once=2))

    @pytest.mark.parametrize("at_once", [1, 2])
    def test_a_source_that_goes_away_is_a_failure(self, tmp_path, put, colorizer, at_once):
        put("a.png", "b.png", "c.png")
        jobs = plan([tmp_path]).jobs
        (tmp_path / "b.png").unlink()
        results = list(run(jobs, colorizer, Request(), at_once))
        assert [event.outcome for event in results] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
        assert "b.png: no such file" in results[1].reason

    def test_a_disk_that_fills_up_is_a_failure(self, tmp_path, put, colorizer, monkeypatch):
        def fill(image, file, **options):
            file.write(b"a part of it")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        put("in/a.png", "in/b.jpg")
        jobs = plan([tmp_path / "in"], tmp_path / "new").jobs
        monkeypatch.setattr(Image.Image, "save", fill)
        results = list(run(jobs, colorizer, Request(), 2))
        assert [event.outcome for event in results] == [Outcome.FAILED] * 2
        assert all("No space left on device" in event.reason for event in results)
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
        steps = run(jobs, colorizer, Request())
        assert next(steps).outcome is Outcome.DONE
        (sources / "b.png").chmod(0)
        new.chmod(0o555)
        before = contents(new)
        with nobody():
            of_b, of_c = next(steps), next(steps)
        assert (of_b.outcome, of_c.outcome) == (Outcome.FAILED, Outcome.FAILED)
        assert "b.png: not permitted to read it" in of_b.reason
        assert "c.png: cannot be written" in of_c.reason
        assert "Permission denied" in of_c.reason
        assert contents(new) == before, "nothing half done is left"
        (sources / "b.png").chmod(0o644)
        new.chmod(0o777)
        with nobody():
            assert next(steps).outcome is Outcome.DONE
            again = outcomes(jobs, colorizer)
        assert again == [Outcome.SKIPPED, Outcome.DONE, Outcome.DONE, Outcome.SKIPPED]

    def test_work_is_done_one_by_one(self, tmp_path, put, colorizer):
        put("a.png", "b.png")
        steps = run(plan([tmp_path]).jobs, colorizer, Request())
        next(steps)
        assert (tmp_path / "a-color.png").exists()
        assert not (tmp_path / "b-color.png").exists()


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
    events = {event.source.name: event for event in run(plan([tmp_path / "in"]).jobs, colorizer, Request())}
    assert events["square.png"].outcome is Outcome.DONE
    assert events["wide.png"].outcome is Outcome.FAILED
    assert "wide.png: the model picky fails on a picture of" in events["wide.png"].reason


class TestColorizePaths:
    def test_everything_is_told_and_summed_up(self, tmp_path, put, strong):
        put("in/a.jpg", "in/a.HEIC", "in/sub/b.png")
        (tmp_path / "in" / "c.jpg").write_text("no picture")
        (tmp_path / "in" / "d.psd").touch()
        told = []
        request = Request(
            [tmp_path / "in", tmp_path / "nowhere.jpg"], tmp_path / "new", [str(strong)], sheet=tmp_path / "sheet.jpg"
        )
        summary = colorize_paths(request, lambda event, total: told.append((event, total)))
        assert [event for event, _ in told] == list(summary.events)
        assert {total for _, total in told} == {4}
        assert [path.name for path in summary.results] == ["a-HEIC.jpg", "a-jpg.jpg", "b.png"]
        assert [line.rpartition("/")[2].partition(":")[0] for line in summary.failures] == ["nowhere.jpg", "c.jpg"]
        assert summary.left_out == {".psd": 1}
        assert summary.sheets == (tmp_path / "sheet.jpg",)

    def test_leftovers_of_killed_runs_are_cleared(self, tmp_path, put, strong):
        left = tmp_path / "new" / ".photochrom-0123456789ab.part"
        left.parent.mkdir()
        left.touch()
        request = Request([put("a.png")], tmp_path / "new", [str(strong)])
        colorize_paths(replace(request, dry_run=True), lambda *_: None)
        assert left.exists()
        colorize_paths(request, lambda *_: None)
        assert [path.name for path in left.parent.iterdir()] == ["a.png"]

    @pytest.mark.parametrize(
        "options", [{"size": 8}, {"saturation": 11}, {"warmth": 2}, {"device": "abacus"}, {"max_pixels": 0}]
    )
    def test_numbers_that_cannot_be_are_refused_before_anything_is_done(self, tmp_path, put, strong, options):
        with pytest.raises(UsageError):
            colorize_folder(put("in/a.png").parent, tmp_path / "new", models=[str(strong)], **options)
        assert not (tmp_path / "new").exists()


def test_colorize_folder_follows_the_same_rules(tmp_path, put, strong):
    put("in/a.png", "in/b.png")
    summary = photochrom.colorize_folder(tmp_path / "in", models=[str(strong)], saturation=0.5)
    assert [path.name for path in summary.results] == ["a-color.png", "b-color.png"]
    assert provenance.of(summary.results[0]).saturation == 0.5
    again = photochrom.colorize_folder([tmp_path / "in" / "a.png"], models=[str(strong)], saturation=0.5)
    assert [event.outcome for event in again.events] == [Outcome.SKIPPED]


class TestReferences:
    @pytest.fixture
    def album(self, tmp_path, coffee):
        """A folder with a photograph in color, the same in gray, and one of several gray pages."""
        gray = Image.fromarray(coffee).convert("L")
        gray.save(tmp_path / "gray.png")
        gray.save(tmp_path / "pages.tif", save_all=True, append_images=[gray])
        Image.fromarray(coffee).save(tmp_path / "color.png")
        return tmp_path

    def test_an_album_takes_the_colors_of_a_reference_and_leaves_it_alone(self, album, coffee, make_seeing):
        reference, model = album / "color.png", str(make_seeing())
        done = colorize_folder(album, album / "new", references=[reference], models=[model])
        assert not done.failures
        assert [event.source for event in done.of(Outcome.REFERENCE)] == [reference]
        assert {path.name for path in done.results} == {"gray.png", "pages.tif"}
        assert not any(event.hinted for event in done.events)
        for page in (album / "new" / "gray.png", album / "new" / "pages.tif"):
            with Image.open(page) as image:
                image.seek(getattr(image, "n_frames", 1) - 1)
                off = np.abs(np.asarray(image.convert("RGB")).astype(int) - coffee)
            assert off.mean() < 0.4 * np.abs(coffee.astype(int) - coffee.mean(axis=2, keepdims=True)).mean()
        again = colorize_folder(album, album / "new", references=[reference], models=[model])
        assert len(again.of(Outcome.SKIPPED)) == 2
        without = colorize_folder(album, album / "new", models=[model])
        assert len(without.of(Outcome.DIFFERENT)) == 2

    def test_points_win_over_references(self, album, make_seeing):
        Hints.from_points([Point(0.5, 0.5, (0, 0, 255), 0.1)]).save(album / "gray.hints.json")
        done = colorize_folder(
            album / "gray.png",
            album / "new.png",
            references=[album / "color.png"],
            hints=album,
            models=[str(make_seeing())],
        )
        assert done.events[0].hinted
        with Image.open(album / "new.png") as image:
            red, green, blue = image.getpixel((image.width // 2, image.height // 2))
        assert blue > max(red, green)

    def test_what_is_no_reference_is_told_before_anything_is_written(self, album, strong, make_seeing):
        for reference, models, message in (
            ("gray.png", [str(make_seeing())], r"gray\.png: is gray"),
            ("gone.png", [str(make_seeing())], r"gone\.png: "),
            ("color.png", [str(make_seeing()), str(strong)], "strong has no features"),
        ):
            with pytest.raises(UsageError, match=message):
                colorize_folder(album / "pages.tif", album / "new", references=[album / reference], models=models)
        assert not (album / "new").exists()


def test_a_model_that_knows_one_answer_is_refused_before_anything_is_written(put, strong):
    source = put("a.png")
    with pytest.raises(UsageError, match="knows one color a place"):
        colorize_folder(source, models=[str(strong)], answers=2)
    assert list(source.parent.iterdir()) == [source]
