"""vaccinporten new-key NAME"""

from __future__ import annotations

import argparse
import re

from config.commands.failure import CommandFailed


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Put the line first in the file, keep the older ones below it, restart the service, then run rotate-keys. "
        "An older line may go when rotate-keys has ended and no backup that you keep needs it."
    )
    parser.add_argument("name", help="what to call the key: letters, digits and hyphens, for example 2027-01")


def run(arguments: argparse.Namespace) -> int:
    from journal_core.keyring import new_line

    if not re.fullmatch(r"[A-Za-z0-9-]{1,20}", arguments.name):
        raise CommandFailed("the name must have 1 to 20 letters, digits and hyphens")
    print(new_line(arguments.name))
    return 0
