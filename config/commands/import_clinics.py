"""vaccinporten import-clinics"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config.commands.failure import CommandFailed
from config.imports.columns import CLINIC, listed, needed
from config.imports.files import read_rows
from config.settings import read_settings

if TYPE_CHECKING:
    from config.imports.clinics import ReadClinic
    from journal_core.organisation.model import CareProvider
    from journal_core.organisation.rules import ClinicVerdict
    from journal_core.transaction import Database

LONGEST_NAME = 200


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "FILE is a JSON list of objects (name, 1177_id, 1177_url, platform_url, location with latitude, longitude, city and "
        "cp, metadata with address and phone_number), or CSV in UTF-8 with commas or semicolons and a first line of column "
        f"names: {listed(CLINIC)}. Needed are name and address. A clinic is known again by its HSA-ID, else by "
        "name and address; what the file leaves empty is not erased. New clinics are inactive. A file that is broken "
        "changes nothing; an odd row is skipped, and the report says why."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="clinics, as JSON or CSV")
    parser.add_argument(
        "--provider", required=True, metavar="ORGNR", help="the provider's organisation number; made when it is not there"
    )
    parser.add_argument("--name", metavar="NAME", help="what a new provider is called; else Vårdgivare and its number")
    parser.add_argument(
        "--activate",
        action="store_true",
        help="activate the inactive clinics that have coordinates, show them and switch their booking on",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")


def run(arguments: argparse.Namespace) -> int:
    number = _org_number(arguments.provider)
    name = _provider_name(arguments.name, number)
    settings = read_settings(os.environ)
    rows = read_rows(arguments.file, needed(CLINIC))

    from config.commands.schema import migrated
    from config.imports.clinics import read_clinics
    from config.imports.report import Report

    read, skipped = read_clinics(rows)
    with migrated(settings) as database:
        provider, verdicts = _imported(database, number, name, read, arguments)
        ivt = _has_ivt(database, provider)
    heading = f"Clinics of {provider.name if provider else name} ({number}) from {arguments.file.name}:"
    more = [*_changes(read, verdicts), *_remarks(read, number, ivt=ivt)]
    report = Report(heading, [verdict.outcome for verdict in verdicts], skipped, more, dry=arguments.dry_run)
    print("\n".join(report.lines()))
    return 0


def _org_number(typed: str) -> str:
    from journal_core.organisation.rules import read_org_number

    number = read_org_number(typed)
    if number is None:
        raise CommandFailed("--provider has to be an organisation number: ten digits, like 556000-0000", code=2)
    return number


def _provider_name(typed: str | None, number: str) -> str:
    from config.imports.texts import Odd, read_text

    try:
        return read_text(typed, "--name", LONGEST_NAME) or f"Vårdgivare {number[:6]}-{number[6:]}"
    except Odd as odd:
        raise CommandFailed(str(odd), code=2) from None


def _imported(
    database: Database, number: str, name: str, read: Sequence[ReadClinic], arguments: argparse.Namespace
) -> tuple[CareProvider | None, list[ClinicVerdict]]:
    """The provider, None where a dry run would make it, and what became of each clinic."""
    from journal_core.clock import SystemClock
    from journal_core.organisation import queries, use_cases

    told = [clinic.told for clinic in read]
    if arguments.dry_run:
        with database.reading() as session:
            found = queries.provider_by_org_number(session, number)
            return found, use_cases.foresee_clinics(session, found, told, activate=arguments.activate)
    with database.writing() as session:
        provider = use_cases.ensure_provider(session, number, name)
        now = SystemClock().now()
        return provider, use_cases.import_clinics(session, provider, told, now, activate=arguments.activate)


def _has_ivt(database: Database, provider: CareProvider | None) -> bool:
    from journal_core.organisation import queries
    from journal_core.organisation.model import Module

    if provider is None:
        return True
    with database.reading() as session:
        return Module.IVT in queries.provider_modules(session, provider.id)


def _changes(read: Sequence[ReadClinic], verdicts: Sequence[ClinicVerdict]) -> Iterator[str]:
    from journal_core.organisation.rules import Outcome

    changed = [pair for pair in zip(read, verdicts, strict=True) if pair[1].outcome is Outcome.CHANGED]
    if changed:
        yield "Changed:"
    for clinic, verdict in changed:
        what = ", ".join([*verdict.changes, *(["activated"] if verdict.activates else [])])
        yield f"  row {clinic.number} ({clinic.told.name}): {what}"


def _remarks(read: Sequence[ReadClinic], number: str, *, ivt: bool) -> Iterator[str]:
    from journal_core.organisation.rules import check_digit_fits

    remarks = [f"  row {clinic.number}: {remark}" for clinic in read for remark in clinic.remarks]
    if not check_digit_fits(number):
        remarks.append(f"  {number} is no issued organisation number: its check digit is wrong")
    if not ivt:
        remarks.append("  the provider's module IVT is off: nothing can be booked online at its clinics")
    if remarks:
        yield "Remarks:"
        yield from remarks
