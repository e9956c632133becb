"""Free times as pages show them: open days, and the times of the chosen one. Booking and changing a time share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from journal_core.booking.rules import Time

NOON, EVENING = 12 * 60, 17 * 60
MANY = 40
"""More times than this in a day stand under their hours."""
WINDOW = 10
"""Open days a page."""


@dataclass(frozen=True)
class Day:
    day: date
    count: int
    chosen: bool


@dataclass(frozen=True)
class Part:
    """A part of the day with its times."""

    heading: str
    times: Sequence[Time]


@dataclass(frozen=True)
class Times:
    """Ten open days, and the times of the chosen one."""

    days: Sequence[Day]
    chosen: date | None
    parts: Sequence[Part]
    nearest: Time | None
    later: date | None
    """First day of the next ten."""
    earlier: bool


def times(free: Mapping[date, Sequence[Time]], wanted: date | None, later: date | None, *, earlier: bool) -> Times:
    """The wanted day if it is among them, else the first that has times."""
    first_open = next((day for day, starts in free.items() if starts), None)
    chosen = wanted if wanted in free else first_open
    return Times(
        days=[Day(day, len(starts), day == chosen) for day, starts in free.items()],
        chosen=chosen,
        parts=parts_of(free.get(chosen, ())) if chosen else [],
        nearest=free[first_open][0] if first_open else None,
        later=later,
        earlier=earlier,
    )


def parts_of(starts: Sequence[Time]) -> list[Part]:
    """Under parts of the day, or under hours where the day has many."""
    if len(starts) > MANY:
        hours = sorted({time.minute // 60 for time in starts})
        return [Part(_hour(hour), [time for time in starts if time.minute // 60 == hour]) for hour in hours]
    parts = (
        Part(_("Förmiddag"), [time for time in starts if time.minute < NOON]),
        Part(_("Eftermiddag"), [time for time in starts if NOON <= time.minute < EVENING]),
        Part(_("Kväll"), [time for time in starts if time.minute >= EVENING]),
    )
    return [part for part in parts if part.times]


def _hour(hour: int) -> str:
    return _("kl. %(first)s–%(last)s", first=f"{hour:02}", last=f"{hour + 1:02}")


def value_of(time: Time) -> str:
    """2026-12-01T09:20"""
    return f"{time.day.isoformat()}T{time.minute // 60:02}:{time.minute % 60:02}"


def read_time(value: str) -> Time | None:
    try:
        read = datetime.strptime(value, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - local wall time, as the form says it
    except ValueError:
        return None
    return Time(read.date(), read.hour * 60 + read.minute) if 2000 <= read.year <= 2100 else None
