"""Time: one source of *now*, the wall clock of the clinics, and how old somebody is on a day.

All instants are timezone-aware UTC. Visits are kept as a Swedish calendar day and minutes from its midnight, because that is
what was promised to the person; the two meet only here.
"""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTES_A_DAY = 24 * 60
ADULT = 18
"""Under it one is a minor."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, timezone-aware UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """The same instant as people in Sweden read it."""
    return instant.astimezone(STOCKHOLM)


def today(clock: Clock) -> date:
    return local(clock.now()).date()


def instant_of(day: date, minute: int) -> datetime:
    """UTC instant of `minute` minutes after midnight by the wall clock of `day`.

    Opened times lie within 05.00-23.00 (domain §2), where the wall clock never jumps.
    """
    return datetime.combine(day, time(minute // 60, minute % 60), STOCKHOLM).astimezone(UTC)


def minute_of(instant: datetime) -> int:
    """Minutes from midnight by the Swedish wall clock."""
    wall = local(instant)
    return wall.hour * 60 + wall.minute


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def age_on(born: date, day: date) -> int:
    """Whole years on `day`. Who was born on 29 February fills the year on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def day_of_age(born: date, years: int) -> date:
    """The day on which somebody turns `years`."""
    year = born.year + years
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)
