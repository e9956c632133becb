"""vaccinporten rotate-keys"""

from __future__ import annotations

import argparse
import os

from config.commands.failure import CommandFailed
from config.settings import read_settings

MOST = 20
"""Reasons that the command names."""


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "May be run while the service runs, and again after it was stopped half way: what is done stays done. "
        "What can't be opened is named and passed over; the command ends with 1 then."
    )


def run(_arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)

    from config.commands.schema import migrated
    from journal_core.declarations import keeping

    changed = last = 0
    broken: list[str] = []
    with migrated(settings) as database:
        while True:
            with database.reading() as session:
                ids = keeping.ids_after(session, last)
            if not ids:
                break
            with database.writing() as session:
                found, wrong = keeping.seal_anew(session, settings.keys, ids)
            changed, broken, last = changed + found, broken + wrong, ids[-1]
    print(f"Sealed {changed} values anew with key {settings.keys.current}.")
    if broken:
        named = sorted(set(broken))
        raise CommandFailed(f"{len(broken)} values stay as they are: {'; '.join(named[:MOST])}")
    return 0
