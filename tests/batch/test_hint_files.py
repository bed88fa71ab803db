import pytest

from photochrom import Hints, Point
from photochrom.batch.hint_files import for_one, together
from photochrom.batch.planning import plan
from photochrom.batch.request import Request
from photochrom.errors import HintError, PlanError

RED = Hints.from_points([Point(0.5, 0.5, "red")])


@pytest.fixture
def touch(tmp_path):
    """Put an empty file at each name below the test's folder."""

    def touch(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return tmp_path

    return touch


def hints_of(root, *paths, hints, out=None):
    """The names of the files of hints that each photograph gets, by its path below ``root``, and the spare ones."""
    made = plan(Request(paths, out, hints=hints))
    given = {str(job.source.relative_to(root)): [file.name for file in job.hints] for job in made.jobs}
    return given, [str(file.relative_to(root)) for file in made.spare_hints]


class TestFolders:
    def test_hints_are_found_by_the_names_of_photographs_in_the_folders_they_are_in(self, touch):
        root = touch("in/a.jpg", "in/sub/a.jpg", "in/b.png", "known/a.hints.json", "known/sub/a.hints.png")
        assert hints_of(root, root / "in", hints=root / "known") == (
            {"in/a.jpg": ["a.hints.json"], "in/sub/a.jpg": ["a.hints.png"], "in/b.png": []},
            [],
        )

    def test_hints_may_stand_beside_their_photographs(self, touch):
        root = touch("a.jpg", "a.hints.json", "b.jpg", "b.hints.png")
        assert hints_of(root, root, hints=root) == ({"a.jpg": ["a.hints.json"], "b.jpg": ["b.hints.png"]}, [])

    def test_hints_beside_a_photograph_are_its_wherever_its_folder_is(self, touch, monkeypatch):
        root = touch("one/a.jpg", "one/a.hints.json", "two/a.jpg", "two/b.jpg", "two/b.hints.json")
        monkeypatch.chdir(root)
        expected = {"one/a.jpg": ["a.hints.json"], "two/a.jpg": [], "two/b.jpg": ["b.hints.json"]}
        assert hints_of(root, root / "one", root / "two", hints=".") == (expected, [])
        assert hints_of(root, *(root / name for name in expected), hints=root)[0] == expected

    def test_points_win_over_a_layer_and_what_names_the_suffix_wins_over_both(self, touch):
        root = touch("a.jpg", "a.png", "a.hints.json", "a.hints.png", "a.jpg.hints.png", "a.jpg.hints.json")
        given, _ = hints_of(root, root, hints=root)
        assert given == {
            "a.jpg": ["a.hints.png", "a.hints.json", "a.jpg.hints.png", "a.jpg.hints.json"],
            "a.png": ["a.hints.png", "a.hints.json"],
        }

    def test_names_with_dots_and_without_suffix_have_hints_of_their_own(self, tmp_path, put, touch):
        put("in/1925.05.06.jpg", "in/a.b.png", "c.png")
        (tmp_path / "c.png").rename(tmp_path / "in" / "c")
        root = touch("in/1925.05.06.hints.json", "in/a.hints.json", "in/a.b.HINTS.JSON", "in/c.hints.json")
        given, spare = hints_of(root, root / "in", hints=root / "in")
        assert given["in/1925.05.06.jpg"] == ["1925.05.06.hints.json"]
        assert given["in/a.b.png"] == ["a.b.HINTS.JSON"]
        assert given["in/c"] == ["c.hints.json"]
        assert spare == ["in/a.hints.json"]

    def test_hints_without_a_photograph_in_a_folder_are_told_apart_but_not_for_single_files(self, touch):
        root = touch("in/a.jpg", "in/b.jpg", "known/a.hints.json", "known/other.hints.json", "known/notes.json")
        assert hints_of(root, root / "in", hints=root / "known")[1] == ["known/other.hints.json"]
        for files in ([root / "in" / "a.jpg"], [root / "in" / "a.jpg", root / "in" / "b.jpg"]):
            given, spare = hints_of(root, *files, hints=root / "known")
            assert given["in/a.jpg"] == ["a.hints.json"]
            assert spare == []

    def test_one_file_of_hints_for_photographs_in_two_folders_is_refused(self, touch):
        root = touch("one/a.jpg", "two/a.jpg", "known/a.hints.json")
        with pytest.raises(PlanError, match=r"a\.hints\.json: would be for .*one/a\.jpg and for .*two/a\.jpg"):
            hints_of(root, root / "one", root / "two", hints=root / "known")


class TestOnePhotograph:
    def test_any_file_may_hold_its_hints(self, touch):
        root = touch("a.jpg", "whatever.json")
        assert hints_of(root, root / "a.jpg", hints=root / "whatever.json")[0] == {"a.jpg": ["whatever.json"]}
        assert plan(Request([root / "a.jpg"], hints=RED)).jobs[0].hints == (RED,)

    def test_every_model_gets_them(self, touch):
        root = touch("a.jpg", "a.hints.json")
        made = plan(Request([root / "a.jpg"], models=["unet", "linknet"], hints=str(root / "a.hints.json")))
        assert [job.hints for job in made.jobs] == [(root / "a.hints.json",)] * 2

    @pytest.mark.parametrize("paths", [["in"], ["in/a.jpg", "in/b.jpg"]])
    @pytest.mark.parametrize("hints", ["a.hints.json", RED], ids=["file", "value"])
    def test_hints_of_one_photograph_are_refused_for_several(self, touch, paths, hints):
        root = touch("in/a.jpg", "in/b.jpg", "a.hints.json")
        given = hints if isinstance(hints, Hints) else root / hints
        with pytest.raises(PlanError, match=r"(a\.hints\.json: is|`hints` are) for one photograph; for several"):
            plan(Request([root / path for path in paths], hints=given))

    def test_a_photograph_without_a_name_has_none_in_a_folder(self, touch):
        with pytest.raises(PlanError, match="is a folder, and a photograph without a name has none there"):
            for_one(touch("a.hints.json"), None)


@pytest.mark.parametrize("paths", [["a.jpg"], ["."]])
def test_hints_that_are_nowhere_are_refused(touch, paths):
    root = touch("a.jpg")
    with pytest.raises(PlanError, match=r"none\.json: no such file or folder of hints"):
        plan(Request([root / path for path in paths], hints=root / "none.json"))


def test_what_is_given_counts_together_and_nothing_is_none(tmp_path):
    blue = Hints.from_points([Point(0.2, 0.2, "blue")])
    blue.save(tmp_path / "blue.json")
    assert together([RED, tmp_path / "blue.json"]) == RED + blue
    assert together([]) is None
    Hints.from_points([]).save(tmp_path / "empty.json")
    assert together([tmp_path / "empty.json"]) is None
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(HintError, match=r"broken\.json"):
        together([tmp_path / "broken.json"])
