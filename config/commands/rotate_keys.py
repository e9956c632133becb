"""vaccinporten rotate-keys"""

from __future__ import annotations

import argparse
import os

from config.commands.failure import CommandFailed
from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "May be run while the service runs, and again after it was stopped half way: what is done stays done."


def run(_arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)

    from config.commands.schema import migrated
    from journal_core.declarations import keeping
    from journal_core.keyring import KeyMissing, SealBroken

    changed = last = 0
    with migrated(settings) as database:
        while True:
            with database.reading() as session:
                ids = keeping.ids_after(session, last)
            if not ids:
                break
            try:
                with database.writing() as session:
                    changed += keeping.seal_anew(session, settings.keys, ids)
            except (KeyMissing, SealBroken) as wrong:
                raise CommandFailed(f"stopped after {changed} values: {wrong}") from None
            last = ids[-1]
    print(f"Sealed {changed} values anew with key {settings.keys.current}.")
    return 0
