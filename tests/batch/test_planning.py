import os
import socket
import sys
from pathlib import Path

import pytest

from photochrom.batch import planning
from photochrom.batch.naming import Job
from photochrom.batch.request import Request
from photochrom.batch.running import run
from photochrom.batch.sheets import before_after
from photochrom.errors import PlanError, UsageError


def plan(paths, out=None, **options):
    return planning.plan(Request(paths, out, **options))


def planned(made, root):
    """The jobs by their names below ``root``."""
    return {str(job.source.relative_to(root)): str(job.target.relative_to(root)) for job in made.jobs}


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestPlan:
    @pytest.mark.parametrize("result", ["new.jpg", "new/sub/x.PNG", "a-color.png"])
    def test_out_is_a_file_for_one_source(self, tmp_path, put, result):
        source = put("a.png")
        assert plan([source], tmp_path / result).jobs == [Job(source, tmp_path / result)]

    @pytest.mark.parametrize("name", ["new", "1925 Grandma's wedding", "2024.11.26", "new.d/", "new.png/"])
    def test_out_is_a_folder_where_its_name_has_no_ending_or_a_slash(self, tmp_path, put, name):
        target = plan([put("a.gif")], f"{tmp_path}/{name}").jobs[0].target
        assert target == tmp_path / name / "a.png"

    def test_results_have_the_format_that_is_asked_for(self, tmp_path, put):
        put("in/a.png", "in/b.gif", "in/sub/c.tif")
        names = {"a.png": "a.psd", "b.gif": "b.psd", "sub/c.tif": "sub/c.psd"}
        made = plan([tmp_path / "in"], tmp_path / "new", format="psd")
        assert planned(made, tmp_path) == {f"in/{source}": f"new/{result}" for source, result in names.items()}
        assert plan([tmp_path / "in" / "a.png"], format="ora").jobs[0].target == tmp_path / "in" / "a-color.ora"
        assert plan([tmp_path / "in" / "a.png"], tmp_path / "new.jpeg", format="jpg").jobs

    def test_an_out_of_another_format_than_is_asked_for_is_refused(self, tmp_path, put):
        with pytest.raises(PlanError, match=r"new\.png: is another format than psd; leave `format` out"):
            plan([put("a.png")], tmp_path / "new.png", format="psd")

    def test_an_out_whose_package_is_missing_is_refused(self, tmp_path, put, monkeypatch):
        monkeypatch.setitem(sys.modules, "psd_tools", None)
        with pytest.raises(PlanError, match=r"new\.psd: PSD needs an extra package: pip install '\.\[layers\]'"):
            plan([put("a.png")], tmp_path / "new.psd")

    def test_out_is_a_folder_where_it_is_one(self, tmp_path, put):
        (tmp_path / "new.png").mkdir()
        assert plan([put("a.png")], tmp_path / "new.png").jobs[0].target == tmp_path / "new.png" / "a.png"

    @pytest.mark.parametrize("name", ["new.xyz", "new.pdf", "new.gif", "new.heic"])
    def test_out_that_is_named_as_what_cannot_be_written_is_refused(self, tmp_path, put, name):
        with pytest.raises(PlanError, match=f"{name}: no kind of picture that can be written"):
            plan([put("a.png")], tmp_path / name)
        assert [path.name for path in tmp_path.iterdir()] == ["a.png"]

    @pytest.mark.parametrize("name", ["new.jpg", "new.pdf"])
    def test_out_that_is_named_as_a_file_is_refused_for_several_photographs(self, tmp_path, put, name):
        put("in/a.png", "in/b.png")
        for paths in ([tmp_path / "in"], [tmp_path / "in" / "a.png", tmp_path / "in" / "b.png"]):
            with pytest.raises(PlanError, match=f"{name}: is named as a file.*name a folder"):
                plan(paths, tmp_path / name)

    def test_references_are_left_alone(self, tmp_path, put):
        put("in/a.png", "in/b.png", "in/c.png")
        references = [tmp_path / "in" / "b.png", str(tmp_path / "in" / ".." / "in" / "c.png")]
        made = plan([tmp_path / "in"], references=references)
        assert planned(made, tmp_path) == {"in/a.png": "in/a-color.png"}
        assert made.references == [tmp_path / "in" / "b.png", tmp_path / "in" / "c.png"]

    @pytest.mark.parametrize("out", [None, "", "b.png"])
    def test_a_reference_is_never_in_the_place_of_a_result(self, tmp_path, put, out):
        put("a.png", "a-color.png", "new/a.png", "b.png")
        reference = tmp_path / ("a-color.png" if out is None else out or "new/a.png")
        where = None if out is None else tmp_path / (out or "new")
        made = plan([tmp_path / "a.png"], where, references=[reference], overwrite=True)
        assert not made.jobs
        assert made.references == [tmp_path / "a.png"]

    def test_hints_that_are_named_as_photographs_are_left_out(self, put):
        folder = put("a.png", "a.hints.png").parent
        made = plan([folder / "a.hints.png", folder / "a.png"])  # as *.png names them
        assert planned(made, folder) == {"a.png": "a-color.png"}
        assert made.left_out == {".hints.png": 1}
        assert not made.failures

    def test_out_is_a_file_for_a_photograph_that_is_not_there(self, tmp_path):
        made = plan([tmp_path / "nowhere.png"], tmp_path / "new.png")
        assert "no such file" in str(made.failures[0][1])

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
        assert list(planned(plan([tmp_path / "in"]), tmp_path)) == ["in/a.jpg"]

    def test_a_file_on_the_command_line_must_be_a_picture(self, tmp_path, put):
        (tmp_path / "notes.txt").touch()
        made = plan([tmp_path / "notes.txt", put("a.png"), tmp_path / "nowhere.png"])
        assert [job.source.name for job in made.jobs] == ["a.png"]
        assert [path.name for path, _ in made.failures] == ["notes.txt", "nowhere.png"]
        assert "notes.txt: not a picture by its name" in str(made.failures[0][1])
        assert "nowhere.png: no such file" in str(made.failures[1][1])

    def test_photographs_whose_own_name_ends_as_that_of_a_result_are_colored(self, tmp_path, put):
        put("in/water-color.jpg", "in/a-compare.png")
        assert planned(plan([tmp_path / "in"]), tmp_path) == {
            "in/a-compare.png": "in/a-compare-color.png",
            "in/water-color.jpg": "in/water-color-color.jpg",
        }

    def test_an_earlier_result_beside_its_source_is_told_by_its_note(self, tmp_path, put, colorizer):
        put("in/a.jpg")
        first = plan([tmp_path / "in"])
        list(run(first.jobs, colorizer, Request()))
        again = plan([tmp_path / "in"])
        assert again.jobs == first.jobs
        assert again.ours == [tmp_path / "in" / "a-color.jpg"]

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
        made = plan([tmp_path / "in"])
        assert list(planned(made, tmp_path)) == ["in/a.jpg"]
        assert len(made.failures) == 1
        assert "locked: cannot read this folder" in str(made.failures[0][1])

    @pytest.mark.parametrize("out", [None, "new"])
    def test_names_that_cannot_be_found_are_failures(self, tmp_path, put, out):
        (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
        paths = [put("a.png"), tmp_path / ("x" * 300 + ".png"), tmp_path / "loop.png"]
        made = plan(paths, out and tmp_path / out)
        assert [job.source.name for job in made.jobs] == ["a.png"]
        assert len(made.failures) == 2


class TestConflicts:
    def refused(self, *args, **options):
        with pytest.raises(PlanError) as caught:
            plan(*args, **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_two_folders_with_one_name_in_both_are_refused(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        message = self.refused([tmp_path / "one", tmp_path / "two"], tmp_path / "new")
        assert "both become" in message
        assert "the folder that holds both" in message

    @pytest.mark.parametrize("how", ["same", "symlink", "hardlink", "dots"])
    def test_an_out_that_is_the_source_is_refused(self, tmp_path, put, how):
        source = put("sub/a.png")
        out = {"same": source, "dots": tmp_path / "sub" / ".." / "sub" / "a.png"}.get(how, tmp_path / "link.png")
        if how == "symlink":
            out.symlink_to(source)
        if how == "hardlink":
            out.hardlink_to(source)
        assert "a.png: would be overwritten" in self.refused([source], out)

    def test_an_out_folder_that_is_the_sources_is_refused(self, tmp_path, put):
        put("in/a.jpg")
        assert "would be overwritten" in self.refused([tmp_path / "in"], tmp_path / "in")
        (tmp_path / "link").symlink_to(tmp_path / "in")
        assert "would be overwritten" in self.refused([tmp_path / "in"], tmp_path / "link")

    def test_an_out_that_is_another_source_is_refused(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        assert "both become" in self.refused([tmp_path / "one", tmp_path / "two" / "a.jpg"], tmp_path / "two")

    def test_an_out_that_is_a_file_is_refused_for_several_sources(self, tmp_path, put):
        put("in/a.jpg", "in/b.jpg", "file.png")
        assert "name a folder" in self.refused([tmp_path / "in"], tmp_path / "file.png")
        (tmp_path / "notes").touch()
        assert "no kind of picture" in self.refused([tmp_path / "in" / "a.jpg"], tmp_path / "notes")

    def test_an_out_that_is_a_pipe_is_refused(self, tmp_path, put):
        os.mkfifo(tmp_path / "new.png")
        assert "is a pipe" in self.refused([put("a.png")], tmp_path / "new.png", overwrite=True)

    def test_a_sheet_where_a_result_goes_is_refused(self, tmp_path, put):
        assert "another file for the sheet" in self.refused([put("a.png")], sheet=tmp_path / "a-color.png")

    def test_a_sheet_where_something_else_is_is_refused(self, tmp_path, put, colorizer):
        source, other = put("a.png"), put("b.png")
        list(run(plan([other]).jobs, colorizer, Request()))
        for sheet in (source, other, tmp_path / "b-color.png"):
            with pytest.raises(UsageError, match="not an earlier sheet"):
                plan([source], sheet=sheet)

    def test_a_later_page_of_a_sheet_where_something_else_is_is_refused(self, tmp_path, put):
        put(*(f"in/{number:02}.png" for number in range(20)), "sheet-2.png")
        with pytest.raises(UsageError, match=r"sheet-2\.png: is there and not an earlier sheet"):
            plan([tmp_path / "in"], tmp_path / "new", sheet=tmp_path / "sheet.png")
        assert plan([tmp_path / "in" / "01.png"], tmp_path / "new", sheet=tmp_path / "sheet.png").jobs

    def test_a_sheet_that_is_named_as_another_format_is_refused(self, put):
        with pytest.raises(UsageError, match="is a PNG or a JPEG"):
            plan([put("a.png")], sheet=Path("sheet.tif"))

    def test_an_earlier_sheet_among_the_photographs_is_replaced(self, tmp_path, put, colorizer):
        put("in/a.png")
        sheet = tmp_path / "in" / "sheet.png"
        for _ in range(2):
            jobs = plan([tmp_path / "in"], tmp_path / "out", sheet=sheet).jobs
            list(run(jobs, colorizer, Request()))
            before_after(sheet, jobs)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]

    def test_refusing_touches_nothing(self, tmp_path, put):
        put("one/a.jpg", "two/a.jpg")
        before = contents(tmp_path)
        self.refused([tmp_path / "one", tmp_path / "two"], tmp_path / "new")
        assert contents(tmp_path) == before
        assert not (tmp_path / "new").exists()


class TestWhatFoldersHold:
    def test_specials_and_what_is_no_photograph_are_counted_by_kind(self, tmp_path, put):
        put("in/a.jpg", "in/.hidden.jpg")
        for name in ("a.JXL", "b.jxl", "c.psd", "notes", "notes.txt"):
            (tmp_path / "in" / name).write_text("P2 is how this text begins")
        os.mkfifo(tmp_path / "in" / "b.jpg")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "in" / "c.jpg"))
            made = plan([tmp_path / "in"])
        assert [job.source.name for job in made.jobs] == ["a.jpg"]
        assert made.left_out == {".jxl": 2, ".psd": 1, ".txt": 1, "without a suffix": 1, "pipe": 1, "socket": 1}

    def test_a_special_that_is_named_is_a_failure(self, tmp_path):
        os.mkfifo(tmp_path / "a.jpg")
        made = plan([tmp_path / "a.jpg"])
        assert "a.jpg: is a pipe, not a file" in str(made.failures[0][1])

    def test_photographs_without_a_suffix_are_known_by_their_content(self, tmp_path, put, camera):
        put("in/a.jpg", "in/b.png", "in/c.ppm")
        for old, new in (("a.jpg", "scan"), ("b.png", "Grandma, ca. 1925"), ("c.ppm", "2024.11.26")):
            (tmp_path / "in" / old).rename(tmp_path / "in" / new)
        assert planned(plan([tmp_path / "in"], tmp_path / "new"), tmp_path) == {
            "in/2024.11.26": "new/2024.11.26.ppm",
            "in/Grandma, ca. 1925": "new/Grandma, ca. 1925.png",
            "in/scan": "new/scan.jpg",
        }
        assert planned(plan([tmp_path / "in" / "scan"]), tmp_path) == {"in/scan": "in/scan-color.jpg"}
