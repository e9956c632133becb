"""vaccinporten import-postcodes FILE"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8 with postal_code, locality, municipality_name")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.epilog = (
        "Search understands postcodes by this list. It replaces the one before as a whole. Odd rows are skipped and named. "
        "A broken file changes nothing."
    )


def run(arguments: argparse.Namespace) -> int:
    from config.commands.importing import report
    from config.commands.schema import migrated
    from config.imports.files import read_rows
    from config.imports.postcodes import COLUMNS, tidy
    from journal_core.organisation.use_cases import import_postcodes

    rows = read_rows(arguments.file, COLUMNS, csv_only=True)
    found, skipped = tidy(rows)
    with migrated(read_settings(os.environ)) as database, database.writing() as session:
        outcome = import_postcodes(session, found)
        if arguments.dry_run:
            session.rollback()
    print(report(len(rows), outcome, skipped, (), dry=arguments.dry_run))
    return 0
