"""The command line: parse, call, print. Whatever is heavy is imported by the command that needs it."""

import signal
import sys
import warnings
from typing import Literal

from cyclopts import App, CycloptsError, MissingArgumentError

from photochrom.cli.archives import bulk
from photochrom.cli.console import DONE, FAILED, INTERRUPTED, WRONG_USAGE, complain, prepare_streams
from photochrom.cli.examples import shown
from photochrom.cli.filming import video
from photochrom.cli.listing import doctor, models
from photochrom.cli.measuring import evaluate, lpips_weights
from photochrom.cli.serving import serve, site
from photochrom.cli.training import export, pack, prepare, train
from photochrom.cli.using import OF_SEVERAL_VALUES, colorize, compare
from photochrom.errors import PhotochromError, UsageError, is_short_of_memory
from photochrom.version import __version__

app = App(
    name="photochrom",
    help="Turn black-and-white photographs into color, and train the networks that do it.",
    version=__version__,
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # told by main
)


def completion(shell: Literal["bash", "zsh", "fish"], /) -> int:
    """Print the script by which a shell completes commands, options and names of files.

    Parameters
    ----------
    shell
        The shell that is to complete them.
    """
    print(app.generate_completion(shell=shell))
    return DONE


_COMMANDS = (
    colorize,
    compare,
    video,
    bulk,
    models,
    doctor,
    serve,
    site,
    prepare,
    pack,
    train,
    export,
    evaluate,
    lpips_weights,
    completion,
)
for command in _COMMANDS:
    name = command.__name__.replace("_", "-")
    app.command(command, name=name, help_epilogue=shown(name))


def main() -> None:
    """Run the command line and exit: 0 done, 1 something failed, 2 wrong usage, 130 interrupted."""
    prepare_streams()
    # For the whole process: several threads read, and Python's own way to ignore warnings for a while is not theirs.
    warnings.filterwarnings("ignore", module="PIL")
    signal.signal(signal.SIGTERM, _interrupt)  # so that being stopped cleans up as Ctrl-C does
    try:
        code = app(_words(sys.argv[1:]), exit_on_error=False, print_error=False)
        sys.stdout.flush()
        sys.exit(code)
    except KeyboardInterrupt:
        complain("interrupted; what is finished is kept, and nothing is left half done")
        sys.exit(INTERRUPTED)
    except (CycloptsError, UsageError) as error:
        complain(_told(error))
        sys.exit(WRONG_USAGE)
    except PhotochromError as error:
        complain(error)
        sys.exit(FAILED)
    except Exception as error:
        if not is_short_of_memory(error):
            raise
        complain("not enough memory; end other programs, raise the limit, or color fewer photographs at once")
        sys.exit(FAILED)


def _words(given: list[str]) -> list[str]:
    """The words of the command line, as Cyclopts takes them. Raises `UsageError` for one that is empty."""
    for word in given:
        if not word or (word.startswith("-") and word.endswith("=")):  # as a path, it would be the current folder
            raise UsageError("an argument is empty; it may come from a variable that is not set")
    return ["./-" if word == "-" else word for word in given]  # a lone - is an option to Cyclopts


def _told(error: Exception) -> str:
    """An error in one line; where an option of several values took the photographs, too, that this is so."""
    nothing_left = isinstance(error, MissingArgumentError) and error.argument and error.argument.name == "PATHS"
    options = (word.partition("=")[0] for word in sys.argv if word.startswith("-"))
    greedy = next((option for option in options if option in OF_SEVERAL_VALUES), None)
    if nothing_left and greedy:
        return f"no photographs are left: {greedy} takes all words after it; name them first, or put -- before them"
    return " ".join(str(error).split())


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
