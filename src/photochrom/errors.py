"""What goes wrong in ways that a user can put right. Every message is one line that says what and what to do.

Messages name a parameter as Python does, in backquotes, `like_this`. The command line prints such a name as its option.
"""

import unicodedata

_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode categories of what a terminal obeys or cannot show

_SHORT_OF_MEMORY = (
    "bad_alloc", "failed to map segment", "Cannot allocate memory", "can't start new thread",
)  # fmt: skip


def printable(text: str) -> str:
    r"""``text`` on one line that is safe on a terminal: names of files may hold anything.

    Control and format characters, line separators and bytes that are no text become escapes, such as ``\n``.
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if unicodedata.category(character) in _OBEYED else character
        for character in text
    )


def is_short_of_memory(error: BaseException) -> bool:
    """Whether ``error`` is one of the ways in which Python and libraries say that there is no memory left."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _SHORT_OF_MEMORY)


class PhotochromError(Exception):
    """The base of all errors below; the command line prints the message and exits with 1."""

    def __init__(self, message: object = "") -> None:
        super().__init__(printable(str(message)))


class UsageError(PhotochromError):
    """A request that cannot be met as it stands; nothing was done. The command line exits with 2."""


class PhotoError(PhotochromError):
    """A file that cannot be read or written as a photograph."""


class ExistsError(PhotoError):
    """A place of a result where another file is, which may be a result that another run has just made."""


class NotAPhotoError(PhotoError):
    """A file that is no picture of a kind that can be read."""


class MissingPackageError(PhotoError):
    """A file of a format that a package reads which is not installed."""


class TooLargeError(PhotoError):
    """A photograph of more pixels than may be read."""


class ModelError(UsageError):
    """A model that cannot be used."""


class HintError(UsageError):
    """Hints that cannot be obeyed: a broken file, a point outside the photograph, a layer of another aspect."""


class PlanError(UsageError):
    """A request that would harm files or contradicts itself; refused before anything is written."""


class OutputError(PhotochromError):
    """Standard output that is closed or full."""


class EngineError(PhotochromError):
    """The engine that runs an archive's workers gave up; what is done is kept."""


class RecipeError(UsageError):
    """A recipe that cannot be trained."""


class CheckpointError(PhotochromError):
    """A file that is no checkpoint of ours, or does not fit, or whose export does not match it."""
