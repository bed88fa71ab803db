from photochrom.bulk.hint_index import HintIndex


def test_hints_are_for_photographs_of_their_name_and_the_most_particular_comes_last(store):
    for name in (
        "box/a.hints.json",
        "box/a.hints.png",
        "box/a.tif.hints.png",
        "other/a.hints.json",
        "box/b.hints.json",
    ):
        store.write(name, b"{}")
    index = HintIndex.read(store)
    assert [hint.path for hint in index.of("box/a.tif")] == [
        "box/a.hints.png",
        "box/a.hints.json",
        "box/a.tif.hints.png",
    ]
    assert [hint.path for hint in index.of("box/a.jpg")] == ["box/a.hints.png", "box/a.hints.json"]
    assert index.of("a.tif") == []
    assert HintIndex.read(None).of("box/a.tif") == []
