"""On which days a shift is open, and opening them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.demo.build import BuiltClinic
from config.demo.shapes import Shift
from journal_core.booking.changes import lay_open
from journal_core.booking.loading import OpenedRow
from journal_core.clock import days_from
from journal_core.schedule.model import Opening
from journal_core.schedule.rules import Stretch, is_holiday

AHEAD = timedelta(weeks=8)
"""Times are always open for the coming eight weeks (contract, `make run`)."""


def eight_weeks(today: date) -> list[date]:
    """From today to the same weekday eight weeks on, that day too."""
    return days_from(today, AHEAD.days + 1)


def days_of(shift: Shift, days: Iterable[date]) -> list[date]:
    """The days on which the shift is open: never public holidays, midsommar-, jul- or nyårsafton (domain §2)."""
    return [day for day in days if _has(shift, day) and not is_holiday(day)]


def _has(shift: Shift, day: date) -> bool:
    in_week = not shift.even_weeks or day.isocalendar().week % 2 == 0
    return in_week and day.weekday() in shift.weekdays


def add_opening(session: Session, clinic: BuiltClinic, shift: Shift) -> Opening:
    """The opening of a shift, for all types of its book; those that only staff may book come in internal time."""
    opening = Opening(
        clinic_id=clinic.row.id,
        name=shift.name,
        colour=shift.colour,
        internal=shift.internal,
        types=[
            kind for kind in clinic.types if kind.book is shift.book and (shift.internal or not kind.category.invisible_online)
        ],
    )
    session.add(opening)
    session.flush()
    return opening


def open_shift(session: Session, opening: Opening, shift: Shift, days: Iterable[date]) -> None:
    """Whoever calls counts the days after."""
    open_on = days_of(shift, days)
    for span in shift.spans:
        stretches = [Stretch(day, shift.book, resource, *span) for day in open_on for resource in shift.resources]
        lay_open(session, opening.clinic_id, [OpenedRow(opening.id, None, stretch) for stretch in stretches])
