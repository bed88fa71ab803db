"""``python -m photochrom`` is the command line."""

from photochrom.cli import main

if __name__ == "__main__":
    main()
