import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom import Hints, Point, __version__, cli
from photochrom.batch.finding import find
from photochrom.errors import UsageError
from photochrom.photos import provenance, reading

COMMAND = Path(sys.executable).with_name("photochrom")


@pytest.fixture
def colorize(strong):
    """Run `photochrom colorize` in this process; returns its exit code."""

    def colorize(*args, model=strong):
        words = ["colorize", *map(str, args), "--model", str(model)]
        return cli.app(words, exit_on_error=False, print_error=False)

    return colorize


def photochrom(*args):
    """Run the installed command."""
    return subprocess.run([COMMAND, *map(str, args)], capture_output=True, text=True, check=False)


@pytest.fixture
def folder_of(tmp_path, camera):
    """Make a folder of that many photographs."""

    def make(count):
        (tmp_path / "in").mkdir()
        Image.fromarray(camera).resize((400, 300)).save(tmp_path / "in" / "000.jpg")
        for index in range(1, count):
            (tmp_path / "in" / f"{index:03}.jpg").write_bytes((tmp_path / "in" / "000.jpg").read_bytes())
        return tmp_path / "in"

    return make


def whole(folder):
    """The names of all pictures there, each of which can be read."""
    found = find(folder)
    for path in found:
        assert reading.read(path).luma.shape == (1, 300, 400)
    return {path.name for path in found}


def complaints(stderr):
    return [line for line in stderr.splitlines() if line.startswith("photochrom: ")]


class TestInstalled:
    def test_a_photograph_is_colored_and_its_result_named(self, source, strong, tmp_path, camera):
        ran = photochrom("colorize", source, "-o", tmp_path / "new.png", "--model", strong)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == f"1 colorized: {tmp_path / 'new.png'}\n"
        assert not complaints(ran.stderr)
        with Image.open(tmp_path / "new.png") as image:
            assert image.size == camera.shape[::-1]

    def test_bad_files_get_a_line_each(self, source, strong, tmp_path, camera):
        folder = tmp_path / "in"
        folder.mkdir()
        Image.fromarray(camera).save(folder / "good.jpg")
        whole = (folder / "good.jpg").read_bytes()
        (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
        (folder / "empty.png").touch()
        (folder / "text.jpg").write_text("hello " * 100)
        (folder / "strange [red] name\udcff.jpg").write_text("hello")
        Image.fromarray(camera).save(folder / "cut.tif")
        (folder / "cut.tif").write_bytes((folder / "cut.tif").read_bytes()[:-100])
        ran = photochrom(
            "colorize", folder, tmp_path / "nowhere.jpg", source, "-o", tmp_path / "new\udcff", "--model", strong
        )
        assert ran.returncode == 1
        assert "Traceback" not in ran.stderr
        assert "Warning" not in ran.stderr
        lines = complaints(ran.stderr)
        for name in ("cut.jpg", "empty.png", "text.jpg", "cut.tif", "nowhere.jpg", "strange [red] name"):
            assert sum(name in line for line in lines) == 1
        assert len(lines) == 6
        assert ran.stdout == f"2 colorized; results in {tmp_path / 'new'}\\udcff\n6 failed\n"
        assert sorted(path.name for path in (tmp_path / "new\udcff").iterdir()) == ["good.jpg", "old.png"]

    @pytest.mark.parametrize(
        "args",
        [
            ("colorize",),
            ("colorize", "old.png", "--no-such-option"),
            ("colorize", "old.png", "--size", "large"),
            ("colorize", "old.png", "--size", "8"),
            ("colorize", "old.png", "--saturation", "11"),
            ("colorize", "old.png", "--model", "daguerreotype"),
            ("colorize", "old.png", "--model", "nowhere.onnx"),
            ("colorise", "old.png"),
            ("colorize", ""),
            ("colorize", "old.png", "-o", ""),
            ("colorize", "old.png", "--out="),
            ("colorize", "old.png", "-o", "new.pdf"),
            ("colorize", "old.png", "old.png", "-o", "new.jpg"),
            ("colorize", "old.png", "--sheet", "sheet.pdf"),
        ],
    )
    def test_wrong_usage_is_told_in_one_line(self, args, source, main, capsys, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        assert main(*args) == 2
        err = capsys.readouterr().err
        assert len(complaints(err)) == 1
        assert err.count("\n") == 1
        assert list(tmp_path.iterdir()) == [source]

    def test_the_installed_command_tells_wrong_usage_in_one_line(self, source):
        ran = photochrom("colorize", source, "--model", "daguerreotype")
        assert ran.returncode == 2
        assert "daguerreotype: no such model; choose one of" in ran.stderr
        assert len(ran.stderr.splitlines()) == 1

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_an_interrupted_run_keeps_what_is_finished_and_leaves_nothing_half_done(
        self, strong, tmp_path, camera, number
    ):
        total = 60
        big = Image.fromarray(camera).resize((800, 600))
        (tmp_path / "in").mkdir()
        big.save(tmp_path / "in" / "000.png")
        for i in range(1, total):
            (tmp_path / "in" / f"{i:03}.png").write_bytes((tmp_path / "in" / "000.png").read_bytes())
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # so that the child does not ignore it
        try:
            process = subprocess.Popen(
                [COMMAND, "colorize", tmp_path / "in", "-o", tmp_path / "new", "--model", strong],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        with process:
            while process.poll() is None and len(list(tmp_path.glob("new/*.png"))) < 3:
                time.sleep(0.01)
            process.send_signal(number)
            _, err = process.communicate()
        assert process.returncode == 130
        assert "Traceback" not in err
        assert complaints(err) == ["photochrom: interrupted; what is finished is kept, and nothing is left half done"]
        results = list((tmp_path / "new").iterdir())
        assert 3 <= len(results) < total
        for path in results:
            assert path.suffix == ".png"
            with Image.open(path) as image:
                image.load()
                assert image.size == big.size

    def test_a_killed_run_leaves_whole_results_and_the_next_one_goes_on(self, folder_of, strong, tmp_path):
        folder = folder_of(24)
        command = [COMMAND, "colorize", folder, "-o", tmp_path / "new", "--model", strong]
        for wanted in (1, 7):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and len(list(tmp_path.glob("new/*.jpg"))) < wanted:
                time.sleep(0.003)
            process.kill()
            process.wait()
            whole(tmp_path / "new")
        ran = photochrom(*command[1:])
        assert ran.returncode == 0
        assert "skipped" in ran.stdout
        assert whole(tmp_path / "new") == {path.name for path in folder.iterdir()}
        assert not list((tmp_path / "new").glob(".*")), "what the killed runs left is cleared"

    def test_two_runs_at_once_do_not_harm_each_other(self, folder_of, strong, tmp_path):
        folder = folder_of(16)
        command = [COMMAND, "colorize", folder, "-o", tmp_path / "new", "--model", strong]
        runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        for process in runs:
            _, err = process.communicate()
            assert process.returncode == 0
            assert not err
        assert whole(tmp_path / "new") == {path.name for path in folder.iterdir()}
        assert len(list((tmp_path / "new").iterdir())) == 16

    def test_a_full_disk_leaves_nothing_half_written(self, folder_of, strong, tmp_path):
        """As a full disk does it, whose last write takes only a part; test_writing.py has all formats."""
        (source,) = folder_of(1).iterdir()
        script = (
            "import resource, signal\n"
            "from photochrom.cli import main\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
            "main()\n"
        )
        words = ["colorize", source, "-o", tmp_path / "new", "--model", strong, "--compare"]
        ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
        assert ran.returncode == 1
        assert len(complaints(ran.stderr)) == 1
        assert "000.jpg: cannot be written (" in ran.stderr
        assert not list((tmp_path / "new").iterdir())

    def test_help_loads_nothing_heavy(self):
        script = (
            "import sys\n"
            "from photochrom.cli import main\n"
            "sys.argv = ['photochrom', '--help']\n"
            "try:\n    main()\n"
            "except SystemExit as end:\n    code = end.code\n"
            "heavy = {'numpy', 'PIL', 'onnxruntime', 'onnx', 'torch', 'lightning_fabric', 'scipy', 'yaml'}\n"
            "loaded = heavy & set(sys.modules)\n"
            "sys.exit(f'loaded: {loaded}' if loaded else code)\n"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert "colorize" in ran.stdout


class TestOptions:
    def test_help_and_version_are_printed(self, main, capsys):
        assert main("--help") == 0
        assert "colorize" in capsys.readouterr().out
        assert main("--version") == 0
        assert capsys.readouterr().out.strip() == __version__
        assert main("colorize", "--help") == 0
        text = capsys.readouterr().out
        for option in ("--out", "-o", "--model", "--size", "--saturation", "--overwrite"):
            assert option in text

    def test_by_default_results_stand_beside_their_sources(self, colorize, source, capsys):
        assert colorize(source) == 0
        assert provenance.of(source.with_name("old-color.png"))
        assert capsys.readouterr().out == f"1 colorized: {source.with_name('old-color.png')}\n"

    def test_done_and_our_own_are_counted(self, colorize, source, tmp_path, capsys):
        colorize(source)
        capsys.readouterr()
        assert colorize(tmp_path) == 0
        assert capsys.readouterr().out == (
            f"1 skipped: already a result: {tmp_path / 'old-color.png'}\n"
            f"1 left alone: a result or a sheet itself: {tmp_path / 'old-color.png'}\n"
        )

    def test_hints_come_from_a_folder_and_the_summary_names_who_had_some(self, colorize, source, tmp_path, capsys):
        Hints.from_points([Point(0.5, 0.5, "green", 0.1)]).save(tmp_path / "old.hints.json")
        Hints.from_points([Point(0.5, 0.5, "green")]).save(tmp_path / "gone.hints.json")
        assert colorize(tmp_path, "--hints", tmp_path, "-o", tmp_path / "new") == 0
        assert capsys.readouterr().out.splitlines() == [
            f"1 colorized: {tmp_path / 'new' / 'old.png'}",
            f"1 with hints: {source}",
            f"1 file of hints for no photograph here: {tmp_path / 'gone.hints.json'}",
            "left out, as no photographs: 2 .hints.json",
        ]
        with Image.open(tmp_path / "new" / "old.png") as image:
            red, green, blue = image.getpixel((48, 36))
        assert green > max(red, blue)

    def test_references_are_named_and_left_alone(self, colorize, coffee, tmp_path, capsys, make_seeing):
        Image.fromarray(coffee).save(tmp_path / "p1.png")
        Image.fromarray(coffee[:, ::-1]).save(tmp_path / "p2.png")
        Image.fromarray(coffee).convert("L").save(tmp_path / "p3.png")
        references = ["--reference", tmp_path / "p1.png", tmp_path / "p2.png"]
        assert colorize(tmp_path, *references, "-o", tmp_path / "new", model=make_seeing()) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"1 colorized: {tmp_path / 'new' / 'p3.png'}",
            "2 left alone: a reference, or one is in the place of the result",
        ]

    def test_hints_of_one_photograph_that_cannot_be_obeyed_are_wrong_usage(self, source, tmp_path, main, capsys):
        (tmp_path / "broken.json").write_text("{")
        assert main("colorize", source, "--hints", tmp_path / "broken.json") == 2
        assert len(complaints(capsys.readouterr().err)) == 1
        assert not source.with_name("old-color.png").exists()

    def test_overwrite_replaces_what_is_there(self, colorize, source, capsys):
        target = source.with_name("old-color.png")
        target.write_bytes(b"mine")
        assert colorize(source) == 0
        assert target.read_bytes() == b"mine"
        assert colorize(source, "--overwrite") == 0
        assert provenance.of(target)
        first, second = capsys.readouterr().out.splitlines()
        assert first == f"1 skipped: another file is there: {target}; --overwrite replaces it"
        assert second == f"1 colorized: {target}"

    def test_saturation_scales_the_colors(self, colorize, source, tmp_path):
        spread = {}
        for saturation in ("0", "0.05", "3"):
            assert colorize(source, "-o", tmp_path / f"{saturation}.png", "--saturation", saturation) == 0
            with Image.open(tmp_path / f"{saturation}.png") as image:
                spread[saturation] = np.ptp(np.asarray(image).astype(int), axis=-1).mean()
        assert spread["0"] == 0 < spread["0.05"] < spread["3"]

    def test_warmth_shifts_the_colors(self, colorize, source, tmp_path):
        blueness = []
        for warmth in ("1", "0", "-.5"):
            assert colorize(source, "-o", tmp_path / f"{warmth}.png", "--warmth", warmth) == 0
            with Image.open(tmp_path / f"{warmth}.png") as image:
                red, _, blue = np.asarray(image).astype(int).mean(axis=(0, 1))
            blueness.append(blue - red)
        warm, plain, cool = blueness
        assert warm < plain < cool

    def test_size_changes_what_the_network_sees(self, colorize, make_model, source, tmp_path):
        model = make_model(factor=(1, -1), offset=(-0.5, 0.5))
        results = []
        for size in (None, "32", "64"):
            target = tmp_path / f"{size}.png"
            assert colorize(source, "-o", target, *(["--size", size] if size else []), model=model) == 0
            with Image.open(target) as image:
                results.append(image.tobytes())
        assert results[0] == results[2] != results[1]  # the model's own size is 64

    def test_jobs_and_device_are_taken_or_refused(self, colorize, folder_of, tmp_path, capsys):
        folder = folder_of(3)
        assert colorize(folder, "-o", tmp_path / "new", "--jobs", "2", "--device", "cpu") == 0
        assert "3 colorized" in capsys.readouterr().out
        with pytest.raises(UsageError, match="`jobs` must be at least 1"):
            colorize(folder, "--jobs", "0")
        with pytest.raises(UsageError, match="no such device"):
            colorize(folder, "--device", "abacus")

    def test_max_pixels_refuses_larger_photographs(self, colorize, source, camera, capsys):
        assert colorize(source, "--max-pixels", str(camera.size - 1)) == 1
        assert "--max-pixels raises the limit" in capsys.readouterr().err
        assert colorize(source, "--max-pixels", str(camera.size)) == 0
        with pytest.raises(UsageError, match="max_pixels must be at least 1"):
            colorize(source, "--max-pixels", "0")

    def test_the_model_is_loaded_once(self, colorize, tmp_path, camera, monkeypatch):
        from photochrom import model

        load, loaded = model._open, []
        monkeypatch.setattr(model, "_open", lambda *args: loaded.append(args) or load(*args))
        for i in range(3):
            Image.fromarray(camera).save(tmp_path / f"{i}.png")
        assert colorize(tmp_path) == 0
        assert len(loaded) == 1

    def test_the_default_model_is_taken_without_a_name(self, source, tmp_path, main):
        assert main("colorize", source, "-o", tmp_path / "new.png") == 0
        assert provenance.of(tmp_path / "new.png")

    def test_a_sheet_is_written(self, colorize, source, tmp_path):
        assert colorize(source, "-o", tmp_path / "new.png", "--sheet", tmp_path / "sheet.png") == 0
        assert (tmp_path / "sheet.png").exists()

    def test_a_sheet_that_cannot_be_made_does_not_hide_what_was_done(self, main, source, strong, tmp_path, capsys):
        assert main("colorize", source, "-o", tmp_path / "new.png", "--model", strong, "--sheet", source / "s.png") == 1
        out, err = capsys.readouterr()
        assert "1 colorized" in out
        assert "s.png: cannot be written" in err

    def test_what_a_stream_cannot_have_is_refused(self, colorize, source, tmp_path):
        for option in (["--sheet", tmp_path / "sheet.png"], ["--compare"], ["--skip-color"]):
            with pytest.raises(UsageError, match="-: goes without"):
                colorize(source, "-o", "./-", *option)

    def test_a_dry_run_prints_what_would_become_what(self, colorize, source, tmp_path, capsys):
        colorize(source)
        (tmp_path / "notes.txt").touch()
        (tmp_path / "a.png").write_bytes(source.read_bytes())
        capsys.readouterr()
        before = sorted(tmp_path.iterdir())
        assert colorize(tmp_path, "--dry-run") == 0
        assert capsys.readouterr().out.splitlines() == [
            f"{tmp_path / 'old-color.png'}: left alone: a result or a sheet itself",
            f"{tmp_path / 'a.png'} -> {tmp_path / 'a-color.png'}",
            f"{source}: skipped: already a result",
            f"1 to color: {tmp_path / 'a.png'}",
            f"1 skipped: already a result: {tmp_path / 'old-color.png'}",
            f"1 left alone: a result or a sheet itself: {tmp_path / 'old-color.png'}",
            "left out, as no photographs: 1 .txt",
        ]
        assert sorted(tmp_path.iterdir()) == before

    def test_quiet_prints_nothing_but_what_fails(self, colorize, source, tmp_path, capsys):
        (tmp_path / "bad.png").write_text("hello")
        assert colorize(tmp_path, "--quiet", "-o", tmp_path / "new", "--sheet", tmp_path / "sheet.png") == 1
        out, err = capsys.readouterr()
        assert not out
        assert len(complaints(err)) == 1
        assert "bad.png" in err

    def test_results_of_other_settings_are_told_with_the_option_that_replaces_them(self, colorize, folder_of, capsys):
        folder = folder_of(2)
        colorize(folder)
        capsys.readouterr()
        assert colorize(folder, "--saturation", "2") == 0
        assert capsys.readouterr().out.splitlines()[0] == (
            "2 skipped: already a result, made with other settings (model strong, size 64, saturation 1); "
            "--overwrite replaces them"
        )

    def test_lossless_luma_and_the_usual_way_are_counted(self, colorize, source, tmp_path, camera, capsys):
        Image.fromarray(camera).save(tmp_path / "a.jpg")
        assert colorize(tmp_path, "--lossless-luma", "-o", tmp_path / "new") == 0
        told = "1 with the luma copied bit for bit, 1 in the usual way"
        assert capsys.readouterr().out == f"2 colorized; results in {tmp_path / 'new'}; {told}\n"

    def test_pages_of_a_sheet_are_named(self, colorize, folder_of, tmp_path, capsys):
        assert colorize(folder_of(12), "-o", tmp_path / "new", "--sheet", tmp_path / "sheet.jpg") == 0
        pages = [str(tmp_path / name) for name in ("sheet.jpg", "sheet-2.jpg")]
        assert f"sheet: {', '.join(pages)}\n" in capsys.readouterr().out

    def test_a_sheet_never_replaces_a_source(self, colorize, source):
        before = source.read_bytes()
        with pytest.raises(UsageError, match="sheet"):
            colorize(source, "--sheet", source)
        assert source.read_bytes() == before

    @pytest.mark.parametrize("size", [(1, 1), (30000, 30)])
    def test_photographs_of_one_pixel_and_of_extreme_aspects_are_colored(self, colorize, tmp_path, camera, size):
        array = np.resize(camera, size[::-1])
        Image.fromarray(array).save(tmp_path / "old.png")
        assert colorize(tmp_path / "old.png", "--saturation", "3") == 0
        with Image.open(tmp_path / "old-color.png") as image:
            assert image.size == size
            assert abs(np.asarray(image) @ [0.299, 0.587, 0.114] - array).max() <= 1


class TestExitCodes:
    def test_a_folder_without_photographs_fails(self, colorize, tmp_path, capsys):
        (tmp_path / "notes.txt").touch()
        assert colorize(tmp_path) == 1
        assert "no photographs there" in capsys.readouterr().err

    def test_one_failure_among_others_is_exit_code_1(self, colorize, source, tmp_path, capsys):
        (tmp_path / "bad.png").write_text("hello")
        assert colorize(tmp_path, "-o", tmp_path / "new") == 1
        out, err = capsys.readouterr()
        assert out.splitlines() == [f"1 colorized: {tmp_path / 'new' / 'old.png'}", f"1 failed: {tmp_path / 'bad.png'}"]
        assert "bad.png: not a picture" in err

    def test_a_file_that_is_no_picture_by_its_name_fails(self, colorize, tmp_path, capsys):
        (tmp_path / "notes.txt").touch()
        assert colorize(tmp_path / "notes.txt") == 1
        assert "notes.txt: not a picture by its name" in capsys.readouterr().err

    def test_a_missing_file_fails(self, colorize, tmp_path, capsys):
        assert colorize(tmp_path / "nowhere.png") == 1
        assert "nowhere.png: no such file" in capsys.readouterr().err

    def test_conflicts_are_wrong_usage(self, main, strong, source, capsys):
        before = source.read_bytes()
        assert main("colorize", source, "-o", source, "--overwrite", "--model", strong) == 2
        assert "would be overwritten" in capsys.readouterr().err
        assert source.read_bytes() == before

    def test_a_model_that_is_none_is_wrong_usage(self, main, source, tmp_path, capsys):
        (tmp_path / "text.onnx").write_text("hello")
        assert main("colorize", source, "--model", tmp_path / "text.onnx") == 2
        assert f"{tmp_path / 'text.onnx'}: not a model" in capsys.readouterr().err

    def test_an_interruption_is_exit_code_130(self, main, source, monkeypatch, capsys):
        def interrupt(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr("photochrom.batch.running.run", interrupt)
        assert main("colorize", source) == 130
        assert "interrupted" in capsys.readouterr().err

    @pytest.mark.parametrize("spare", [0, 20, 100])
    def test_too_little_memory_is_told_in_one_line(self, tmp_path, strong, spare):
        Image.new("L", (4000, 4000)).save(tmp_path / "old.png")
        # The command line is read once before: what it keeps is there then. Where there is no memory for so little, now
        # and then Python itself fails, by a SystemError that says nothing.
        script = (
            "import contextlib, io, re, resource, sys\n"
            "from photochrom.cli import main\n"
            "import numpy, onnxruntime, PIL.Image, photochrom.batch.running\n"
            "words, sys.argv = sys.argv, ['photochrom', 'colorize', '--help']\n"
            "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
            "    main()\n"
            "sys.argv = words\n"
            f"taken = int(re.search(r'VmSize:\\s+(\\d+)', open('/proc/self/status').read())[1]) * 1024\n"
            f"resource.setrlimit(resource.RLIMIT_AS, (taken + {spare}_000_000, -1))\n"
            "main()\n"
        )
        words = ["colorize", tmp_path / "old.png", "-o", tmp_path / "new.png", "--model", strong]
        ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
        assert ran.returncode == 1
        assert len(ran.stderr.splitlines()) == 1
        assert "not enough memory" in ran.stderr
        assert not (tmp_path / "new.png").exists()

    def test_names_that_are_too_long_are_told(self, main, source, capsys):
        assert main("colorize", source, "-o", "x" * 300 + ".png") == 1
        assert main("colorize", source, "-o", "x" * 300) == 1
        assert main("colorize", "x" * 300 + ".png") == 1
        assert main("colorize", source, "--model", "x" * 300 + ".onnx") == 2
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("split", ["0.8", "a,b,c", "0.5,0.5,0.5", "1.2,-0.1,-0.1"])
def test_shares_that_make_no_sense_are_wrong_usage(main, tmp_path, split, capsys):
    assert main("prepare", tmp_path, tmp_path / "pairs", "--split", split) == 2
    assert "split must " in (said := capsys.readouterr().err)
    assert f"not {split}" in said
    assert not (tmp_path / "pairs").exists()


def test_train_wants_a_recipe_or_a_run(main, capsys):
    assert main("train") == 2
    assert "a recipe" in capsys.readouterr().err


def test_without_the_training_half_its_commands_say_how_to_get_it(main, tmp_path, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("photochrom.training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("photochrom.training", None, raising=False)  # so that later tests find the package as it was
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main("export", tmp_path / "best.pt", "-o", tmp_path / "new.onnx") == 2
    assert "pip install" in capsys.readouterr().err


def test_training_without_a_terminal_prints_a_line_an_epoch(main, tmp_path, monkeypatch, capsys):
    from photochrom.training import loop
    from photochrom.training.run_folder import RunFolder

    def train(config, run, told):
        for epoch in range(2, 5):  # as a resumed run, whose first step must not look like the end of an epoch
            for step in range(49):
                told.epochs(epoch + step / 49 + 1 / 49, config.epochs, f"L1 {0.5 - epoch / 10 - step / 1000:.3f}")
        return run / "best.pt"

    monkeypatch.setattr(loop, "start", train)
    monkeypatch.setattr(RunFolder, "why_best", lambda run: "epoch 4 of 5")
    (tmp_path / "recipe.yaml").write_text("data: photos\nepochs: 5\n")
    assert main("train", tmp_path / "recipe.yaml", "-o", tmp_path / "run") == 0
    out, err = capsys.readouterr()
    assert err.splitlines() == ["epoch 3/5: L1 0.252", "epoch 4/5: L1 0.152", "epoch 5/5: L1 0.052"]
    assert out == f"best checkpoint: {tmp_path / 'run' / 'best.pt'} (epoch 4 of 5)\n"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main("train", tmp_path / "recipe.yaml", "-o", tmp_path / "run") == 0
    assert "epoch 3/5" not in capsys.readouterr().err


def test_several_models_and_color_left_alone(colorize, main, make_model, tmp_path, camera, coffee, capsys):
    (tmp_path / "in").mkdir()
    Image.fromarray(camera).save(tmp_path / "in" / "gray.png")
    Image.fromarray(coffee).save(tmp_path / "in" / "color.png")
    one, two = make_model(offset=(0.1, 0.1), name="one"), make_model(name="two")
    assert main("colorize", tmp_path / "in", "--skip-color", "--model", one, two) == 0
    made = [tmp_path / "in" / f"gray-color-{name}.png" for name in ("one", "two")]
    assert capsys.readouterr().out == f"2 colorized: {made[0]}, {made[1]}\n2 left alone: in color\n"
    names = sorted(path.name for path in (tmp_path / "in").iterdir())
    assert names == ["color.png", *(path.name for path in made), "gray.png"]
    assert main("colorize", tmp_path / "in", "--model", one, one) == 2
    assert "two models of this name" in capsys.readouterr().err


def test_standard_input_to_standard_output(source, strong):
    words = [COMMAND, "colorize", "-", "-o", "-", "--model", str(strong)]
    ran = subprocess.run(words, input=source.read_bytes(), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(b"\x89PNG")
    assert not ran.stderr
    ran = subprocess.run([*words[:3], *words[5:]], input=b"", capture_output=True, check=False)
    assert ran.returncode == 2
    assert b"a place where the result goes" in ran.stderr


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["colorize", "--reference", "color.jpg", "album"], "--reference"),
        (["colorize", "--out", "new", "--model=unet", "album"], "--model"),
        (["compare", "-o", "sheet.png", "--models", "unet", "linknet", "album"], "--models"),
    ],
)
def test_an_option_that_took_the_photographs_too_is_named(main, capsys, words, option):
    assert main(*words) == 2
    told = f"no photographs are left: {option} takes all words after it; name them first, or put -- before them"
    assert capsys.readouterr().err == f"photochrom: {told}\n"


def test_a_folder_among_the_references_is_told_before_anything_is_colored(main, capsys, source, tmp_path):
    assert main("colorize", source, "--reference", source, tmp_path) == 2
    told = f"photochrom: {tmp_path}: is a folder, and --reference takes photographs in color"
    assert capsys.readouterr().err.startswith(told)
