"""vaccinporten import-clinics FILE --provider ORGNR"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from config.imports.clinics import Tidied
    from journal_core.organisation.use_cases import Outcome

COLUMNS = "name, 1177_id, address, postcode, city, phone, web_page, latitude, longitude"


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a JSON list of objects, or CSV with named columns, in UTF-8")
    parser.add_argument("--provider", required=True, type=_org_number, metavar="ORGNR", help="whose clinics they are")
    parser.add_argument("--name", metavar="NAME", help="what a provider that is made is called; else its number")
    parser.add_argument(
        "--activate",
        action="store_true",
        help="show those with coordinates to residents and let them be booked once somebody opens times",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.epilog = (
        f"Columns of a CSV file, of which only name must be there: {COLUMNS}. A clinic is found again by its 1177_id, else by "
        "name and address. What the file says counts, also over what staff have changed; what it leaves empty stays. Odd rows "
        "are skipped and named. A broken file imports nothing."
    )


def _org_number(typed: str) -> str:
    digits = typed.replace("-", "")
    if not re.fullmatch(r"\d{10}", digits, re.ASCII):
        raise argparse.ArgumentTypeError("must be an organisation number of ten digits, like 556000-0000")
    return digits


def run(arguments: argparse.Namespace) -> int:
    from config.commands.importing import report
    from config.commands.schema import migrated
    from config.imports.clinics import COLUMNS as NEEDED
    from config.imports.clinics import tidy
    from config.imports.files import read_rows

    rows = read_rows(arguments.file, NEEDED)
    tidied = tidy(rows)
    with migrated(read_settings(os.environ)) as database, database.writing() as session:
        outcome = _import(session, tidied, arguments)
        if arguments.dry_run:
            session.rollback()
    print(report(len(rows), outcome, tidied.skipped, tidied.remarks, dry=arguments.dry_run))
    return 0


def _import(session: Session, tidied: Tidied, arguments: argparse.Namespace) -> Outcome:
    from journal_core.clock import SystemClock
    from journal_core.organisation.use_cases import import_clinics, provider_for_import

    provider = provider_for_import(session, arguments.provider, arguments.name or arguments.provider)
    return import_clinics(session, provider, tidied.facts, SystemClock().now(), activate=arguments.activate)
