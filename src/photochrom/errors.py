"""What goes wrong in ways that a user can put right. Every message is one line that says what and what to do."""


class PhotochromError(Exception):
    """The base of all errors below; the command line prints the message and exits with 1."""


class UsageError(PhotochromError):
    """A request that cannot be met as it stands; nothing was done. The command line exits with 2."""


class PhotoError(PhotochromError):
    """A file that cannot be read or written as a photograph."""


class ModelError(UsageError):
    """A model that cannot be used."""


class PlanError(UsageError):
    """A request that would harm files or contradicts itself; refused before anything is written."""


class RecipeError(UsageError):
    """A recipe that cannot be trained."""


class CheckpointError(PhotochromError):
    """A file that is no checkpoint of ours, or does not fit, or whose export does not match it."""
