import pytest

from photochrom.errors import PhotoError, is_short_of_memory, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("old.jpg", "old.jpg"),
        ("Straße, 写真　1.jpg", "Straße, 写真　1.jpg"),
        ("two\nlines\r.jpg", r"two\nlines\r.jpg"),
        ("\x1b[31mred.jpg", r"\x1b[31mred.jpg"),
        ("not text \udcff.jpg", r"not text \udcff.jpg"),
        ("turned \u202egpj.exe", r"turned \u202egpj.exe"),
        ("next\u2028line", r"next\u2028line"),
    ],
)
def test_names_are_shown_on_one_line_and_command_no_terminal(name, shown):
    assert printable(name) == shown


def test_messages_are_printable_whatever_the_name_of_the_file():
    assert str(PhotoError("a\nb.jpg: damaged")) == r"a\nb.jpg: damaged"


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("can't start new thread"), True),
        (ImportError("libjpeg.so: failed to map segment from shared object"), True),
        (RuntimeError("[ONNXRuntimeError] : 6 : Exception during initialization: std::bad_alloc"), True),
        (RuntimeError("a mistake of ours"), False),
        (ImportError("No module named 'torch'"), False),
    ],
)
def test_what_is_raised_where_memory_is_short_is_known(error, short):
    assert is_short_of_memory(error) is short
