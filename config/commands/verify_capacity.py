"""vaccinporten verify-capacity"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from config.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from journal_core.booking.verification import Difference
    from journal_core.clock import Clock
    from journal_core.organisation.model import Clinic
    from journal_core.transaction import Database


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Bookings go on meanwhile. Each difference is one line: clinic, day, what differs, about what; ids alone, nobody's "
        "data. Ends in 0 when nothing differs or all was mended, else in 1."
    )
    parser.add_argument("--repair", action="store_true", help="settle and count anew the clinics where something differs")


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)

    from config.commands.schema import migrated
    from journal_core.clock import SystemClock

    looked = found = left = 0
    clock = SystemClock()
    with migrated(settings) as database:
        for clinic_id in _clinics(database):
            differing = _differences(database, clinic_id, clock)
            looked, found = looked + 1, found + len(differing)
            _print(differing)
            if differing and arguments.repair:
                differing = _mended(database, clinic_id, clock)
                _print(differing, "still ")
            left += len(differing)
    print(_summary(looked, found, left, repaired=arguments.repair))
    return 1 if left else 0


def _clinics(database: Database) -> Iterator[int]:
    """Ids in ascending order, one read at a time: no transaction stays open, and however many there are, none is kept."""
    from sqlalchemy import func, select

    from journal_core.organisation.model import Clinic

    last: int | None = 0
    while last is not None:
        with database.reading() as session:
            last = session.scalar(select(func.min(Clinic.id)).where(Clinic.id > last))
        if last is not None:
            yield last


def _differences(database: Database, clinic_id: int, clock: Clock) -> list[Difference]:
    """What differs at a clinic, for certain.

    The first look locks nothing, so that bookings go on. It reads in several statements, and a booking made between two of them
    looks like a difference: what was seen is looked at again under the locks of its days, where nobody changes anything.
    """
    from journal_core.booking import capacity, verification

    with database.reading() as session:
        seen = list(verification.differences(session, _clinic(session, clinic_id), clock.now()))
    if not seen:
        return []
    days = {one.day for one in seen}
    with database.rehearsing() as session:
        capacity.lock_days(session, clinic_id, days)
        again = verification.differences(session, _clinic(session, clinic_id), clock.now())
        return [one for one in again if one.day in days]


def _mended(database: Database, clinic_id: int, clock: Clock) -> list[Difference]:
    """Mends a clinic in one transaction; what differs still."""
    from journal_core.booking import verification

    with database.writing() as session:
        verification.repair(session, _clinic(session, clinic_id), clock.now())
    return _differences(database, clinic_id, clock)


def _clinic(session: Session, clinic_id: int) -> Clinic:
    from journal_core.organisation.model import Clinic

    return session.get_one(Clinic, clinic_id)


def _print(differences: list[Difference], still: str = "") -> None:
    for one in differences:
        print(f"clinic {one.clinic_id}, {one.day}: {still}{one.what}, {one.about}")


def _summary(looked: int, found: int, left: int, *, repaired: bool) -> str:
    said = f"Looked at {_count(looked, 'clinic')}: {_count(found, 'difference') if found else 'no difference'}"
    if found and repaired:
        said += f", {found - left} mended" + (f", {left} left" if left else "")
    return f"{said}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
