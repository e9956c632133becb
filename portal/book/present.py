"""What the booking pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from journal_core.booking.model import Hold
from journal_core.booking.rules import Time
from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.catalogue.rules import demands_eid, types_offered_online
from journal_core.organisation.model import Clinic
from portal.web.i18n import minutes_left
from portal.words import ages

NOON, EVENING = 12 * 60, 17 * 60
MANY = 40
"""More times than this in a day stand under their hours."""


@dataclass(frozen=True)
class Group:
    """A category with its types, as radios under their heading."""

    category: VisitCategory
    ages: str
    types: Sequence[VisitType]
    needs_eid: bool
    information: str | None
    """What the provider wants to have said about the reason."""


def groups(
    clinic: Clinic, categories: Sequence[VisitCategory], settings: Mapping[int, ProviderReason], wanted: str
) -> list[Group]:
    """In the clinic's order, but what somebody came for (`wanted`, a type's id) first. `settings` are by reason id."""
    found = [
        Group(
            category,
            ages(category.min_age, category.max_age),
            types_offered_online(category),
            demands_eid(clinic, settings.get(category.reason_id)),
            settings[category.reason_id].information if category.reason_id in settings else None,
        )
        for category in categories
        if types_offered_online(category)
    ]
    return sorted(found, key=lambda group: all(str(kind.id) != wanted for kind in group.types))


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


@dataclass(frozen=True)
class Held:
    """How long a time is still held."""

    until: datetime
    now: datetime
    minutes: int
    """How long it is held from when it is taken or given more time."""

    @property
    def minutes_left(self) -> int:
        return max(0, int((self.until - self.now) / timedelta(minutes=1)))

    @property
    def words(self) -> str:
        return minutes_left(max(1, self.minutes_left))


def held(hold: Hold | None, now: datetime, length: timedelta) -> Held | None:
    if hold is None or hold.held_until <= now:
        return None
    return Held(hold.held_until, now, int(length / timedelta(minutes=1)))
