"""The command line: parse, call, print. Whatever is heavy is imported by the command that needs it."""

import signal
import sys
import warnings
from io import TextIOWrapper

from cyclopts import App, CycloptsError

from photochrom.cli.console import FAILED, INTERRUPTED, WRONG_USAGE, complain
from photochrom.cli.serving import serve
from photochrom.cli.training import evaluate, export, prepare, train
from photochrom.cli.using import colorize, compare, doctor, models
from photochrom.errors import PhotochromError, UsageError
from photochrom.version import __version__

app = App(
    name="photochrom",
    help="Turn black-and-white photographs into color, and train the networks that do it.",
    version=__version__,
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # told by main
)
for command in (colorize, compare, models, doctor, serve, prepare, train, export, evaluate):
    app.command(command)


def main() -> None:
    """Run the command line and exit: 0 done, 1 something failed, 2 wrong usage, 130 interrupted."""
    if isinstance(sys.stdout, TextIOWrapper):  # names of files may hold what its encoding does not, as on stderr
        sys.stdout.reconfigure(errors="backslashreplace")
    # For the whole process: several threads read, and Python's own way to ignore warnings for a while is not theirs.
    warnings.filterwarnings("ignore", module="PIL")
    signal.signal(signal.SIGTERM, _interrupt)  # so that being stopped cleans up as Ctrl-C does
    try:
        # Cyclopts takes a lone - for an option; as a path, it is the same place.
        words = ["./-" if word == "-" else word for word in sys.argv[1:]]
        sys.exit(app(words, exit_on_error=False, print_error=False))
    except KeyboardInterrupt:
        complain("interrupted; what is finished is kept, and nothing is left half done")
        sys.exit(INTERRUPTED)
    except (CycloptsError, UsageError) as error:
        complain(" ".join(str(error).split()))
        sys.exit(WRONG_USAGE)
    except PhotochromError as error:
        complain(error)
        sys.exit(FAILED)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
