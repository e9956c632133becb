"""vaccinporten import-postcodes"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from config.commands.failure import CommandFailed
from config.imports.columns import POSTCODE, listed, needed
from config.imports.files import read_rows
from config.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal_core.organisation.rules import Outcome, ToldPostcode
    from journal_core.transaction import Database


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "FILE is CSV in UTF-8 with commas or semicolons and a first line of column names, or a JSON list of objects with the "
        f"same names: {listed(POSTCODE)}. It replaces the whole list: postcodes that it lacks are removed. A file "
        "that is broken changes nothing; an odd row is skipped, and the report says why."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="postcodes, as CSV or JSON")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)
    rows = read_rows(arguments.file, needed(POSTCODE))

    from config.commands.schema import migrated
    from config.imports.postcodes import read_postcodes
    from config.imports.report import Report

    read, skipped = read_postcodes(rows)
    if not read:
        raise CommandFailed(f"{arguments.file.name}: no row can be used (row {skipped[0].number}: {skipped[0].reason})")
    with migrated(settings) as database:
        outcomes, gone = _imported(database, read, dry=arguments.dry_run)
    heading = f"Postcodes from {arguments.file.name}:"
    more = [f"Removed, for the file lacks them: {len(gone)}"] if gone else []
    print("\n".join(Report(heading, outcomes, skipped, more, dry=arguments.dry_run).lines()))
    return 0


def _imported(database: Database, read: Sequence[ToldPostcode], *, dry: bool) -> tuple[list[Outcome], list[str]]:
    """What became of each, and the codes that were removed."""
    from journal_core.organisation import use_cases

    if dry:
        with database.reading() as session:
            return use_cases.foresee_postcodes(session, read)
    with database.writing() as session:
        return use_cases.replace_postcodes(session, read)
