"""vaccinporten migrate"""

from __future__ import annotations

import argparse
import os

from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Two at once are harmless. There is no way back but restore: take a backup first."


def run(_arguments: argparse.Namespace) -> int:
    from config.commands.schema import opened, upgrade
    from journal_core import migrations

    with opened(read_settings(os.environ)) as database:
        changed = upgrade(database)
    print(f"The database is {'now' if changed else 'already'} at revision {migrations.newest()}.")
    return 0
