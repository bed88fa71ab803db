import pytest

from photochrom.bulk import stores
from photochrom.bulk.stores import Store
from photochrom.errors import ExistsError, PhotoError, UsageError


@pytest.fixture(params=["disk", "memory", "renames"])
def any_store(request, tmp_path, store, monkeypatch):
    if request.param == "renames":  # as over SFTP
        monkeypatch.setattr(stores, "_OBJECT_STORES", set())
    return Store.open(str(tmp_path)) if request.param == "disk" else store


def test_what_is_written_can_be_listed_looked_up_and_read(any_store):
    any_store.write("box/a.png", b"0123456789")
    any_store.write("box/.hidden/b.png", b"0")
    any_store.write("c.png", b"1")
    files, folders = any_store.listing("box")
    assert files["a.png"].size == any_store.entry("box/a.png").size == 10
    assert files["a.png"].etag == any_store.entry("box/a.png").etag
    assert folders == [".hidden"]
    assert any_store.read("box/a.png") == b"0123456789"
    assert any_store.read("box/a.png", 4) == b"0123"
    assert [(folder, list(files)) for folder, files in any_store.walk()] == [("", ["c.png"]), ("box", ["a.png"])]


def test_no_file_is_replaced_unless_that_is_wanted(any_store):
    any_store.write("a.png", b"old")
    before = any_store.entry("a.png").etag
    with pytest.raises(ExistsError, match="exists already"):
        any_store.write("a.png", b"another")
    assert any_store.read("a.png") == b"old"
    any_store.write("a.png", b"another", overwrite=True)
    assert any_store.read("a.png") == b"another"
    assert any_store.entry("a.png").etag != before
    assert list(any_store.listing()[0]) == ["a.png"]


def test_what_is_not_there_is_none_or_told(any_store):
    assert any_store.entry("a.png") is None
    assert any_store.listing("box") == ({}, [])
    with pytest.raises(PhotoError, match=r"a\.png: no such file; check the name"):
        any_store.read("a.png")


def test_a_store_that_refuses_for_a_while_is_asked_again(store, monkeypatch):
    store.write("a.png", b"0")
    waits, cat_file = [], store.filesystem.cat_file

    def refusing(path, **options):
        if len(waits) < 3:
            raise OSError(5, "try again")
        return cat_file(path, **options)

    monkeypatch.setattr(store.filesystem, "cat_file", refusing)
    monkeypatch.setattr(stores.time, "sleep", waits.append)
    assert store.read("a.png") == b"0"
    assert sum(waits) > 2
    waits.clear()
    monkeypatch.setattr(store.filesystem, "cat_file", lambda path, **_: 1 / 0)
    with pytest.raises(PhotoError, match=r"a\.png: cannot be read \(division by zero\)"):
        store.read("a.png")
    assert sum(waits) > 30


def test_what_will_not_pass_is_not_waited_for(store, monkeypatch):
    monkeypatch.setattr(stores.time, "sleep", lambda _: pytest.fail("waited"))

    def closed(path, **_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store.filesystem, "cat_file", closed)
    with pytest.raises(PhotoError, match="Permission denied"):
        store.read("a.png")


def test_a_store_that_nothing_can_open_is_told_with_the_package():
    with pytest.raises(UsageError, match="pip install smbprotocol"):
        Store.open("smb://host/share")
    with pytest.raises(UsageError, match="nowhere://"):
        Store.open("nowhere://host")


def test_a_folder_holds_itself_and_what_is_below(tmp_path):
    folder = Store.open(str(tmp_path))
    assert folder.holds(folder)
    assert folder.holds(Store.open(f"file://{tmp_path}/box"))
    assert not Store.open(f"{tmp_path}/box").holds(folder)
    assert not Store.open(f"{tmp_path}/box").holds(Store.open(f"{tmp_path}/boxes"))
    assert not folder.holds(Store.open(f"memory://{tmp_path}/box"))
    whole = Store.open("memory://")
    assert whole.holds(Store.open("memory://box"))
    assert whole.name("box/a.png") == "memory://box/a.png"


def test_what_a_killed_run_left_half_written_is_removed(tmp_path):
    (tmp_path / ".photochrom-0123456789ab.part").write_bytes(b"half")
    Store.open(str(tmp_path)).clear("")
    assert not list(tmp_path.iterdir())
