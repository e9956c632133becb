"""The operator's command, `vaccinporten`. One module a command, imported when it is called.

What goes wrong is said in one line on standard error, and the command ends in something else than 0.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from traceback import extract_tb
from typing import NoReturn, Protocol, cast

from config.commands.failure import CommandFailed, database_says
from config.settings import SECRETS, VARIABLES, BadSettings

COMMANDS = {
    "serve": "serve the portal",
    "migrate": "bring the database to the form that this version needs",
    "check-config": "say what is set, what is missing and whether the service could start",
    "backup": "copy the whole database into one file, while the service runs",
    "restore": "fill an empty database from a backup",
    "import-clinics": "bring in a provider's clinics from a file",
    "import-postcodes": "bring in the list of postcodes from a file",
    "verify-capacity": "recount what each day has left, and compare with what serves the pages",
    "new-key": "write a line with a new key, for VACCINPORTEN_KEYS_FILE",
    "rotate-keys": "seal what people told of their health with the first key of the file",
    "remove-due": "remove health declarations that their providers keep no longer",
    "demo": "fill an empty database with invented clinics, times and bookings",
}
SETTINGS = "\n".join(
    [
        "settings, from the environment:",
        *(f"  {name:<31}{meaning}" for name, meaning in VARIABLES.items()),
        "",
        f"{' and '.join(SECRETS)} may be given by file instead: {', '.join(f'{name}_FILE' for name in SECRETS)}.",
        "docs/operations.md tells more.",
    ]
)


class Command(Protocol):
    """What a command's module has."""

    def describe(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, like everything else here."""

    def error(self, message: str) -> NoReturn:
        raise CommandFailed(f"{message} (try {self.prog} --help)", code=2)


def main(argv: Sequence[str] | None = None) -> int:
    try:
        arguments = _parser().parse_args(argv)
        return _module(arguments.command).run(arguments)
    except CommandFailed as failed:
        return _complain(str(failed), failed.code)
    except BadSettings as wrong:
        return _complain(str(wrong), 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        return _complain(_unforeseen(error), 1)


def _parser() -> Parser:
    parser = Parser(
        prog="vaccinporten",
        description="Vaccinporten for its operator.",
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, meaning in COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=meaning.capitalize() + ".", allow_abbrev=False)
        _module(name).describe(command)
    return parser


def _module(name: str) -> Command:
    return cast(Command, import_module(f"config.commands.{name.replace('-', '_')}"))


def _complain(line: str, code: int) -> int:
    print(f"vaccinporten: {line}", file=sys.stderr)
    return code


def _unforeseen(error: Exception) -> str:
    """A database says in its first line what is the matter; of other errors only the place is told, never the data."""
    from sqlalchemy.exc import DBAPIError  # slow to import, and --help needs none of it

    if isinstance(error, DBAPIError):
        return f"the database refuses: {database_says(error)}"
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    place = extract_tb(error.__traceback__)[-1]
    return f"unforeseen {type(error).__name__} at {place.filename}:{place.lineno}; this is a fault of the program"
