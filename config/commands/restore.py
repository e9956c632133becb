"""vaccinporten restore FILE"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that vaccinporten backup wrote")
    parser.epilog = (
        "The database that DATABASE_URL names must be empty, or for SQLite missing. "
        "It is brought to the form that this version needs afterwards."
    )


def run(arguments: argparse.Namespace) -> int:
    from config.commands.archive import archive_for, check_revision
    from config.commands.schema import opened, upgrade
    from journal_core import migrations

    settings = read_settings(os.environ)
    archive = archive_for(settings)
    archive.check_target()
    check_revision(archive.revision_in(arguments.file))
    archive.read(arguments.file)
    with opened(settings) as database:
        upgrade(database)
    print(f"Restored from {arguments.file}; the database is at revision {migrations.newest()}.")
    return 0
