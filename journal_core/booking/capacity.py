"""The one deciding path: who may have a place. The only room that takes a day's lock.

Order of locks, always: draft, persons, then days ascending. PostgreSQL: the row of `clinic_day` is locked by updating it.
SQLite: `Database.writing` already holds the file lock, so that there is one writer at all. Below both stands the wall in the
database (migration 0001), which no path, this one included, gets past.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from journal_core.booking import queries, refusals
from journal_core.booking.model import ClinicDay, Hold
from journal_core.booking.rules import Time, last_day
from journal_core.catalogue.model import VisitType
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule.rules import resource_with_room
from journal_core.writing import upsert


def lock_days(session: Session, clinic_id: int, days: Iterable[date]) -> None:
    """Nobody else decides on these days of the clinic until this transaction ends."""
    for day in sorted(set(days)):
        insert = upsert(session, ClinicDay).values(clinic_id=clinic_id, day=day, version=1)
        session.execute(
            insert.on_conflict_do_update(
                index_elements=("clinic_id", "day"),
                set_={"version": ClinicDay.version + 1},
            )
        )


def place(
    session: Session,
    clinic: Clinic,
    kind: VisitType,
    time: Time,
    now: datetime,
    draft_id: str,
) -> int:
    """The resource that takes a visit at `time`; call under the day's lock. Raises Refusal: time_past, time_taken."""
    if time.instant <= now:
        raise Refusal(refusals.TIME_PAST)
    if time.day > last_day(now):
        raise Refusal(refusals.TIME_TAKEN, time=time)
    _forget_run_out(session, clinic.id, time.day, now, draft_id)
    opened = schedule.opened(session, clinic.id, kind.id, kind.book, [time.day]).get(time.day, ())
    occupied = queries.taken(session, clinic.id, kind.book, [time.day], now, but_draft=draft_id).get(time.day, [])
    resource = resource_with_room(opened, occupied, kind.minutes, clinic.start_step_minutes, time.minute)
    if resource is None:
        raise Refusal(refusals.TIME_TAKEN, time=time)
    return resource


def _forget_run_out(session: Session, clinic_id: int, day: date, now: datetime, but_draft: str) -> None:
    session.execute(
        delete(Hold).where(
            Hold.clinic_id == clinic_id,
            Hold.day == day,
            Hold.held_until <= now,
            Hold.draft_id != but_draft,
        )
    )
