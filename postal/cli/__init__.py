"""The command `postal`. Each command is loaded when it is used, so that `postal --help` answers at once."""

from postal.cli.main import main

__all__ = ["main"]
