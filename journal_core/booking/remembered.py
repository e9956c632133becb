"""What the country's days have left, remembered by each process: for pages that ask for the first free time of everywhere.

Each write of a day grows its version (booking.capacity), so that one short statement tells which clinics have changed since;
only their days are read again. What is remembered is only shown, as what is written down is: a place is never given by it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Lock
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from journal_core.booking.model import ClinicDay
from journal_core.booking.queries import LEFT, SOON, first_of
from journal_core.booking.rules import Time
from journal_core.clock import local
from journal_core.reading import Row, one_of, quick_rows

_THEN = ClinicDay.day.between(bindparam("first"), bindparam("last")), ClinicDay.free.is_not(None)
STAMPS = select(ClinicDay.clinic_id, func.sum(ClinicDay.version)).where(*_THEN).group_by(ClinicDay.clinic_id)
DAYS = (
    select(ClinicDay.clinic_id, ClinicDay.version, *LEFT)
    .where(*_THEN, one_of(ClinicDay.clinic_id, "clinics"))
    .order_by(ClinicDay.clinic_id, ClinicDay.day)
)


class _Answer(NamedTuple):
    """A clinic's first free time for some types, and from when to when this is true if nothing is written."""

    time: Time | None
    since: datetime
    until: datetime


@dataclass
class _Days:
    """A clinic's, with the sum of their versions."""

    stamp: int = 0
    left: list[Row] = field(default_factory=list)
    answers: dict[tuple[int, ...], _Answer] = field(default_factory=dict)
    """By types."""

    def first(self, types: tuple[int, ...], now: datetime) -> Time | None:
        answer = self.answers.get(types)
        if answer is None or not answer.since <= now < answer.until:
            answer = self.answers[types] = self._answer(types, now)
        return answer.time

    def _answer(self, types: tuple[int, ...], now: datetime) -> _Answer:
        """A time is free until it begins, and another may be when a hold runs out."""
        time = first_of(self.left, types, now)
        ends = [end for *_, next_end, last_end in self.left for end in (next_end, last_end) if end is not None and end > now]
        return _Answer(time, now, min([*ends, time.instant] if time else ends, default=FOR_EVER))


FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Remembered:
    """Of one database. Threads may ask at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """For when another database has come in the place of the one that is remembered."""
        self._first: date | None = None
        self._clinics: dict[int, _Days] = {}

    def first_free(self, session: Session, types: Mapping[int, Collection[int]], now: datetime) -> dict[int, Time]:
        """As queries.first_free, which it agrees with. Two statements where something has changed, else one."""
        clinics = self._as_they_are(session, local(now).date())
        found: dict[int, Time] = {}
        for clinic_id, kinds in types.items():
            time = clinics[clinic_id].first(tuple(kinds), now) if clinic_id in clinics and kinds else None
            if time is not None:
                found[clinic_id] = time
        return found

    def _as_they_are(self, session: Session, first: date) -> Mapping[int, _Days]:
        window = {"first": first, "last": first + SOON}
        stamps: dict[int, int] = dict(quick_rows(session, STAMPS, **window))
        with self._lock:
            known = self._clinics if self._first == first else {}
        changed = [number for number, stamp in stamps.items() if number not in known or known[number].stamp != stamp]
        # Others may be reading what is known, so it is never changed.
        clinics = {clinic_id: days for clinic_id, days in known.items() if clinic_id in stamps}
        clinics |= self._read(session, changed, window) if changed else {}
        with self._lock:
            self._first, self._clinics = first, clinics
        return clinics

    def _read(self, session: Session, clinic_ids: list[int], window: Mapping[str, date]) -> dict[int, _Days]:
        found: dict[int, _Days] = {}
        for clinic_id, version, *left in quick_rows(session, DAYS, clinics=clinic_ids, **window):
            days = found.setdefault(clinic_id, _Days())
            days.stamp += version
            days.left.append(tuple(left))
        return found
