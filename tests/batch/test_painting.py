import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer, HintError, Hints, Point
from photochrom.batch import planning
from photochrom.batch.request import Event, Outcome, Request
from photochrom.batch.running import run
from photochrom.contact_sheet import SheetRow, draw
from photochrom.model import Model
from photochrom.photos import jpeg_luma, provenance, reading
from photochrom.photos.writing import Encoding


@pytest.fixture
def do(colorizer):
    """Color what is named, and return the events."""

    def do(*paths, out=None, by=colorizer, strict=False, **options):
        request = Request(paths, out, **options)
        return list(run(planning.plan(request).jobs, by, request, strict=strict))

    return do


@pytest.fixture
def counted(monkeypatch):
    """Note what a function is called with, each time."""

    def counted(owner, name):
        function, calls = getattr(owner, name), []

        def noted(*given, **options):
            calls.append(given)
            return function(*given, **options)

        monkeypatch.setattr(owner, name, noted)
        return calls

    return counted


def outcomes(events):
    return {event.source.name: event.outcome for event in events}


class TestWhatIsThereAlready:
    def test_a_result_of_the_same_settings_is_skipped(self, put, do):
        source = put("a.png")
        assert do(source) == [Event(source, source.with_name("a-color.png"), Outcome.DONE)]
        assert do(source) == [Event(source, source.with_name("a-color.png"), Outcome.SKIPPED)]

    @pytest.mark.parametrize("settings", [{"size": 48}, {"saturation": 0.5}, {"warmth": 0.2}])
    def test_a_result_of_other_settings_is_skipped_and_said_so(self, put, do, strong, settings):
        source = put("a.png")
        do(source)
        before = source.with_name("a-color.png").read_bytes()
        other = Colorizer(strong, **settings)
        (event,) = do(source, by=other)
        assert event.outcome is Outcome.DIFFERENT
        assert event.reason == "model strong, size 64, saturation 1"
        assert source.with_name("a-color.png").read_bytes() == before
        assert outcomes(do(source, by=other, overwrite=True)) == {"a.png": Outcome.DONE}
        assert outcomes(do(source, by=other)) == {"a.png": Outcome.SKIPPED}

    def test_a_result_of_another_model_is_skipped_and_said_so(self, put, do, make_model):
        source = put("a.png")
        do(source, by=Colorizer(make_model(name="another")))
        (event,) = do(source)
        assert (event.outcome, event.reason) == (Outcome.DIFFERENT, "model another, size 64, saturation 1")

    def test_a_file_that_is_no_result_is_left_alone(self, put, do):
        source, other = put("a.png"), put("new/a.png")
        before = other.read_bytes()
        assert outcomes(do(source, out=other.parent, compare=True)) == {"a.png": Outcome.OCCUPIED}
        assert other.read_bytes() == before
        assert not (other.parent / "compare").exists()

    def test_a_sheet_in_the_place_of_a_result_is_no_result(self, put, do, tmp_path):
        source = put("a.png")
        draw(tmp_path / "a-color.png", [SheetRow([Image.new("L", (8, 8))])], ("a",), 8)
        assert outcomes(do(source)) == {"a.png": Outcome.OCCUPIED}

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_what_is_no_file_is_never_replaced(self, put, do, tmp_path, overwrite):
        source = put("a.png")
        with socket.socket(socket.AF_UNIX) as server:
            (tmp_path / "new").mkdir()
            server.bind(str(tmp_path / "new" / "a.png"))
            (event,) = do(source, out=tmp_path / "new", overwrite=overwrite)
        assert event.outcome is Outcome.FAILED
        assert "a socket is there" in event.reason

    def test_a_result_of_a_faster_run_counts_as_done(self, put, do, colorizer, monkeypatch):
        source = put("a.png")
        write = Colorizer.colorize_file

        def be_slow(self, *args, **options):
            monkeypatch.undo()
            assert outcomes(do(source)) == {"a.png": Outcome.DONE}  # another run
            return write(self, *args, **options)

        monkeypatch.setattr(Colorizer, "colorize_file", be_slow)
        assert outcomes(do(source)) == {"a.png": Outcome.SKIPPED}


class TestBeforeAndAfter:
    def test_they_stand_side_by_side_in_a_folder_of_their_own(self, tmp_path, put, do, camera):
        put("in/a.png")
        assert outcomes(do(tmp_path / "in", compare=True)) == {"a.png": Outcome.DONE}
        with Image.open(tmp_path / "in" / "compare" / "a-color-png.png") as image:
            both = np.asarray(image.convert("RGB"))
        width = camera.shape[1]
        assert (both[:, :width] == camera[..., None]).all()
        with Image.open(tmp_path / "in" / "a-color.png") as image:
            assert (both[:, -width:] == np.asarray(image)).all()

    def test_they_are_no_photographs_to_color(self, tmp_path, put, do):
        put("in/a.png")
        do(tmp_path / "in", compare=True)
        assert outcomes(do(tmp_path / "in", compare=True)) == {"a.png": Outcome.SKIPPED}
        (tmp_path / "in" / "compare" / "a-color-png.png").rename(tmp_path / "b.png")
        assert outcomes(do(tmp_path / "b.png")) == {"b.png": Outcome.OURS}

    def test_they_are_drawn_of_a_result_that_is_there(self, tmp_path, put, do):
        source = put("a.png")
        do(source)
        assert outcomes(do(source, compare=True)) == {"a.png": Outcome.SKIPPED}
        assert provenance.of(tmp_path / "compare" / "a-color-png.png").is_sheet

    def test_another_file_in_their_place_is_not_replaced(self, tmp_path, put, do):
        source, other = put("a.png"), put("compare/a-color-png.png")
        before = other.read_bytes()
        (event,) = do(source, compare=True, overwrite=True)
        assert event.outcome is Outcome.FAILED
        assert "not an earlier sheet" in event.reason
        assert other.read_bytes() == before


class TestLuma:
    def test_is_copied_where_it_can_be_and_the_rest_written_as_usual(self, tmp_path, put, do):
        put("in/a.jpg", "in/b.png", "in/c.jpg")
        with Image.open(tmp_path / "in" / "c.jpg") as image:
            image.convert("RGB").save(tmp_path / "in" / "c.jpg")
        events = do(tmp_path / "in", encoding=Encoding(lossless_luma=True))
        assert [event.outcome for event in events] == [Outcome.DONE] * 3
        assert [event.luma_copied for event in events] == [True, False, False]

    def test_that_cannot_be_copied_fails_where_one_photograph_is_asked_for(self, put, do):
        (event,) = do(put("b.png"), strict=True, encoding=Encoding(lossless_luma=True))
        assert event.outcome is Outcome.FAILED
        assert "luma" in event.reason

    def test_is_refused_before_anything_is_done_where_the_package_is_missing(self, monkeypatch):
        monkeypatch.setattr(jpeg_luma, "find_spec", lambda _: None)
        with pytest.raises(Exception, match="needs an extra package"):
            jpeg_luma.refuse_without_jpeglib()


@pytest.mark.parametrize(
    ("error", "told"), [(RuntimeError("can't start new thread"), True), (RuntimeError("a mistake of ours"), False)]
)
def test_a_lack_of_threads_is_a_lack_of_memory_and_other_errors_are_raised(put, do, monkeypatch, error, told):
    def fail(*_, **__):
        raise error

    source = put("a.png")
    monkeypatch.setattr(Colorizer, "colorize_file", fail)
    if told:
        (event,) = do(source)
        assert "not enough memory" in event.reason
    else:
        with pytest.raises(RuntimeError, match="a mistake of ours"):
            do(source)


def test_color_photographs_are_left_alone_when_asked(tmp_path, put, do, coffee, camera):
    put("in/gray.png")
    Image.fromarray(coffee).save(tmp_path / "in" / "color.png")
    # At the size of a real photograph: in a thumbnail, JPEG's coarse chroma looks like color.
    print_ = np.asarray(Image.fromarray(camera).resize((384, 288)))
    sepia = np.stack([print_ * 0.9, print_ * 0.75, print_ * 0.5], axis=-1).astype(np.uint8)
    Image.fromarray(sepia).save(tmp_path / "in" / "sepia.jpg")
    assert outcomes(do(tmp_path / "in", skip_color=True)) == {
        "color.png": Outcome.COLOR,
        "gray.png": Outcome.DONE,
        "sepia.jpg": Outcome.DONE,
    }
    assert not (tmp_path / "in" / "color-color.png").exists()


def test_a_dry_run_says_what_would_be_and_writes_nothing(tmp_path, put, do, coffee):
    put("in/a.png", "in/b.png", "in/c.gif", "in/c.png")
    do(tmp_path / "in" / "b.png")
    Image.fromarray(coffee).save(tmp_path / "in" / "color.png")
    before = sorted(tmp_path.rglob("*"))
    events = do(tmp_path / "in", dry_run=True, skip_color=True, compare=True)
    assert outcomes(events) == {
        "a.png": Outcome.PLANNED,
        "b.png": Outcome.SKIPPED,
        "c.gif": Outcome.PLANNED,
        "c.png": Outcome.PLANNED,
        "color.png": Outcome.COLOR,
    }
    assert [Path(event.notes[0]).name for event in events if event.notes] == [
        "c.gif: becomes c-gif-color.png, as c-color.png is another's name",
        "c.png: becomes c-png-color.png, as c-color.png is another's name",
    ]
    assert sorted(tmp_path.rglob("*")) == before


GREEN = Hints.from_points([Point(0.25, 0.5, "green", 0.1)])


class TestHints:
    def test_a_photograph_with_hints_has_their_color_and_says_so(self, put, do):
        source = put("a.png")
        (event,) = do(source, hints=GREEN)
        assert (event.outcome, event.hinted) == (Outcome.DONE, True)
        assert provenance.of(event.target).hints == GREEN.digest
        with Image.open(event.target) as image:
            red, green, blue = image.getpixel((image.width // 4, image.height // 2))
        assert green > max(red, blue)  # the model alone paints red

    def test_a_result_made_with_other_hints_is_one_of_other_settings(self, put, do):
        source = put("a.png")
        blue = Hints.from_points([Point(0.25, 0.5, "blue")])
        do(source, hints=GREEN)
        assert outcomes(do(source, hints=GREEN)) == {"a.png": Outcome.SKIPPED}
        for hints, words in ((blue, "other hints"), (None, "with hints")):
            (event,) = do(source, hints=hints)
            assert event.outcome is Outcome.DIFFERENT
            assert event.reason == f"model strong, size 64, saturation 1, {words}"
        assert outcomes(do(source, hints=blue, overwrite=True)) == {"a.png": Outcome.DONE}
        assert outcomes(do(source, hints=blue)) == {"a.png": Outcome.SKIPPED}
        do(source, overwrite=True)
        (event,) = do(source, hints=blue)
        assert event.reason == "model strong, size 64, saturation 1, without hints"

    def test_hints_are_not_named_where_a_result_differs_in_something_else(self, put, do, strong):
        source = put("a.png")
        do(source, hints=GREEN)
        (event,) = do(source, by=Colorizer(strong, size=48), hints=GREEN)
        assert event.reason == "model strong, size 64, saturation 1"

    def test_hints_without_anything_are_none(self, put, do):
        source = put("a.png")
        do(source)
        (event,) = do(source, hints=Hints())
        assert (event.outcome, event.hinted) == (Outcome.SKIPPED, False)

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_hints_that_cannot_be_read_are_told_and_stop_nothing_else(self, tmp_path, put, do, dry_run):
        put("in/a.png", "in/b.png")
        (tmp_path / "in" / "a.hints.json").write_text("{")
        GREEN.save(tmp_path / "in" / "b.hints.json")
        folder = tmp_path / "in"
        broken, good = do(folder, hints=folder, dry_run=dry_run)
        assert broken.outcome is Outcome.FAILED
        assert broken.reason.startswith(f"{folder / 'a.png'}: {folder / 'a.hints.json'}: broken JSON")
        assert "\n" not in broken.reason
        assert (good.outcome, good.hinted) == (Outcome.PLANNED if dry_run else Outcome.DONE, True)

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_layer_of_another_aspect_is_told_with_its_photograph(self, tmp_path, put, do, dry_run):
        put("in/a.png")
        Image.new("RGBA", (50, 50), "red").save(tmp_path / "in" / "a.hints.png")
        (event,) = do(tmp_path / "in", hints=tmp_path / "in", dry_run=dry_run)
        assert event.reason.startswith(f"{tmp_path / 'in' / 'a.png'}: the layer has 50x50 pixels")
        assert not (tmp_path / "in" / "a-color.png").exists()

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_hints_for_several_pages_are_told(self, tmp_path, camera, do, dry_run):
        pages = [Image.fromarray(camera), Image.fromarray(camera)]
        pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
        GREEN.save(tmp_path / "a.hints.json")
        (event,) = do(tmp_path, hints=tmp_path, dry_run=dry_run)
        assert event.reason.startswith(f"{tmp_path / 'a.tif'}: hints are for one photograph, and here are 2 pages")

    def test_hints_for_a_photograph_that_was_named_alone_are_an_error_of_the_request(self, tmp_path, put, do):
        (tmp_path / "hints.json").write_text("{")
        with pytest.raises(HintError, match=r"hints\.json: broken JSON"):
            do(put("a.png"), hints=tmp_path / "hints.json", strict=True)


class TestAnswers:
    @pytest.fixture
    def answer(self, do, unsure):
        """Color what is named in four ways, by a model that is unsure of what is bright."""
        return lambda *paths, **options: do(*paths, by=Colorizer(unsure), answers=4, **options)

    def test_the_first_is_the_usual_result_and_the_others_differ(self, put, do, answer, unsure):
        source = put("a.png")
        events = answer(source)
        do(source, by=Colorizer(unsure))
        usual = source.with_name("a-color.png").read_bytes()
        results = [event.target.read_bytes() for event in events]
        assert [event.outcome for event in events] == [Outcome.DONE] * 4
        assert results[0] == usual
        assert len(set(results)) == 4

    def test_they_are_the_answers_of_the_colorizer(self, put, answer, unsure, camera):
        events = answer(put("a.png"))
        for event, expected in zip(events, Colorizer(unsure).answers(camera), strict=True):
            with Image.open(event.target) as image:
                assert (np.asarray(image) == expected).all()

    @pytest.mark.parametrize(("options", "pictures"), [({}, 1), ({"compare": True, "skip_color": True}, 2 + 4)])
    def test_they_take_one_reading_of_the_photograph_and_one_search(self, put, answer, counted, options, pictures):
        opened, decoded = counted(reading, "_content"), counted(reading, "decode")
        searched, painted = counted(Colorizer, "hints_of_answers"), counted(Model, "__call__")
        source = put("a.png")
        assert [event.outcome for event in answer(source, **options)] == [Outcome.DONE] * 4
        assert [first for first, *_ in opened].count(source) == 1
        assert len(decoded) == pictures, "the gray, the colors to skip it by, and each result to show it"
        assert len(searched) == 1
        tries = len(painted) - 4
        answer(source)
        assert len(painted) - 4 == 2 * tries, "one search tells that all results are there"

    def test_they_are_not_made_again(self, put, answer):
        source = put("a.png")
        answer(source)
        assert [event.outcome for event in answer(source)] == [Outcome.SKIPPED] * 4

    def test_where_the_model_is_sure_it_is_said_so(self, put, answer, camera):
        source = put("a.png")
        Image.fromarray(camera // 4).save(source)
        events = answer(source)
        assert [event.outcome for event in events] == [Outcome.DONE, *[Outcome.SURE] * 3]
        assert not source.with_name("a-color-2.png").exists()

    def test_own_hints_are_obeyed_in_all_of_them(self, put, answer):
        known = Hints.from_points([Point(0.1, 0.9, "seagreen", 0.05)])
        events = answer(put("a.png"), hints=known)
        assert all(event.hinted for event in events if event.outcome is Outcome.DONE)
        for event in events:
            if event.outcome is Outcome.DONE:
                with Image.open(event.target) as image:
                    red, green, _ = image.getpixel((9, 64))
                assert green > red

    def test_files_of_several_pages_are_refused(self, put, answer, camera):
        source = put("a.tif")
        page = Image.fromarray(camera)
        page.save(source, save_all=True, append_images=[page])
        for event in answer(source):
            assert event.outcome is Outcome.FAILED
            assert "several answers are for one photograph, and here are 2 pages" in event.reason
