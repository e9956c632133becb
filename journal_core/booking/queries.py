"""Reading bookings and holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from journal_core.booking.model import Booking, Hold, Visit
from journal_core.booking.rules import Time, last_day
from journal_core.catalogue.model import Book, VisitCategory, VisitType
from journal_core.clock import local, minute_of
from journal_core.organisation.model import Clinic
from journal_core.organisation.queries import WHOLE_CLINIC
from journal_core.persons.model import Person
from journal_core.schedule import queries as schedule
from journal_core.schedule.rules import Stretch, free_starts

WHOLE_BOOKING = (
    joinedload(Booking.clinic).options(*WHOLE_CLINIC),
    joinedload(Booking.type).joinedload(VisitType.category),
    selectinload(Booking.visits).joinedload(Visit.person),
)


def open_days(session: Session, clinic: Clinic, kind: VisitType, first: date, limit: int, now: datetime) -> Sequence[date]:
    """The first open days from `first`, none further ahead than residents may book."""
    days = schedule.open_days(session, clinic.id, kind.id, kind.book, first, limit)
    return [day for day in days if day <= last_day(now)]


def free_times(
    session: Session,
    clinic: Clinic,
    kind: VisitType,
    days: Sequence[date],
    now: datetime,
    *,
    own_draft: str | None = None,
) -> dict[date, list[Time]]:
    """Free starts by day, none of them in the past; a hold of one's own counts as free."""
    opened = schedule.opened(session, clinic.id, kind.id, kind.book, days)
    occupied = taken(session, clinic.id, kind.book, days, now, but_draft=own_draft)
    today = local(now).date()
    return {
        day: [
            Time(day, minute)
            for minute in free_starts(
                opened.get(day, ()),
                occupied.get(day, ()),
                kind.minutes,
                clinic.start_step_minutes,
                earliest=minute_of(now) + 1 if day == today else 0,
            )
        ]
        for day in days
        if day >= today
    }


def taken(
    session: Session,
    clinic_id: int,
    book: Book,
    days: Sequence[date],
    now: datetime,
    *,
    but_draft: str | None = None,
) -> dict[date, list[Stretch]]:
    """What live bookings and living holds occupy, by day."""
    bookings = select(
        Booking.day,
        Booking.resource,
        Booking.start_minute,
        Booking.start_minute + Booking.minutes,
    ).where(
        Booking.clinic_id == clinic_id,
        Booking.book == book,
        Booking.day.in_(days),
        Booking.cancelled_at.is_(None),
        Booking.resource.is_not(None),
    )
    holds = select(Hold.day, Hold.resource, Hold.start_minute, Hold.start_minute + Hold.minutes).where(
        Hold.clinic_id == clinic_id,
        Hold.book == book,
        Hold.day.in_(days),
        Hold.held_until > now,
    )
    if but_draft is not None:
        holds = holds.where(Hold.draft_id != but_draft)
    return schedule.by_day(session.execute(bookings.union_all(holds)).all())


def held_day(session: Session, draft_id: str) -> date | None:
    return session.scalar(select(Hold.day).where(Hold.draft_id == draft_id))


def hold(session: Session, draft_id: str) -> Hold | None:
    # It may have been read before, and another draft may have taken it over meanwhile.
    return session.get(Hold, draft_id, populate_existing=True)


def booking(session: Session, booking_id: int, *, lock: bool = False) -> Booking | None:
    return _one(session, Booking.id == booking_id, lock)


def booking_by_link(session: Session, link_hash: str) -> Booking | None:
    return _one(session, Booking.link_hash == link_hash)


def booking_by_arrival_link(session: Session, arrival_hash: str) -> Booking | None:
    return _one(session, Booking.arrival_hash == arrival_hash)


def booking_by_code(session: Session, code: str, born: date) -> Booking | None:
    """The booking with this code in which somebody has this date of birth. One statement, found or not."""
    somebody = select(Visit.booking_id).join(Person).where(Person.birth_date == born)
    return _one(session, and_(Booking.code == code, Booking.id.in_(somebody)))


def _one(session: Session, where: ColumnElement[bool], lock: bool = False) -> Booking | None:
    query = select(Booking).where(where).options(*WHOLE_BOOKING)
    if lock:
        # It may have been read before; what counts is what it is now.
        query = query.with_for_update(of=Booking).execution_options(populate_existing=True)
    return session.scalar(query)


def code_is_used(session: Session, code: str) -> bool:
    return session.scalar(select(Booking.id).where(Booking.code == code)) is not None


def live_bookings_of(
    session: Session, person_ids: Sequence[int], category: VisitCategory, day: date, now: datetime
) -> Sequence[Booking]:
    """Bookings of these persons in this category that have not ended yet; for a series only those of the same day."""
    if not person_ids:
        return ()
    today = local(now).date()
    to_come = or_(Booking.day > today, and_(Booking.day == today, Booking.start_minute + Booking.minutes > minute_of(now)))
    when = and_(to_come, Booking.day == day) if category.series else to_come
    return session.scalars(
        select(Booking)
        .join(VisitType, VisitType.id == Booking.type_id)
        .where(
            Booking.id.in_(select(Visit.booking_id).where(Visit.person_id.in_(person_ids))),
            VisitType.category_id == category.id,
            Booking.cancelled_at.is_(None),
            when,
        )
        .order_by(Booking.day, Booking.start_minute)
        .options(*WHOLE_BOOKING)
    ).all()


def bookings_of_person(session: Session, person_id: int, first: date) -> Sequence[Booking]:
    """A person's bookings from `first` on, cancelled ones too, by time."""
    return session.scalars(
        select(Booking)
        .where(
            Booking.id.in_(select(Visit.booking_id).where(Visit.person_id == person_id)),
            Booking.day >= first,
        )
        .order_by(Booking.day, Booking.start_minute)
        .options(*WHOLE_BOOKING)
    ).all()


def visits_of_day(session: Session, clinic_id: int, day: date) -> Sequence[Visit]:
    """Everybody booked at a clinic on a day, by time and position; cancelled bookings left out."""
    return session.scalars(
        _visits().where(
            Booking.clinic_id == clinic_id,
            Booking.day == day,
            Booking.cancelled_at.is_(None),
        )
    ).all()


def visits_of_number(session: Session, clinic_id: int, number: str, day: date) -> Sequence[Visit]:
    """What somebody with this identity number has booked at a clinic on a day, by time; cancelled bookings left out."""
    here = _visits().where(Booking.clinic_id == clinic_id, Booking.day == day, Booking.cancelled_at.is_(None))
    return session.scalars(here.where(Person.identity == number)).all()


def visit(session: Session, visit_id: int, clinic_id: int) -> Visit | None:
    """One visit of this very clinic."""
    return session.scalar(_visits().where(Visit.id == visit_id, Booking.clinic_id == clinic_id))


def _visits() -> Select[Visit]:
    return (
        select(Visit)
        .join(Visit.booking)
        .join(Visit.person)
        .join(Booking.type)
        .join(VisitType.category)
        .order_by(Booking.start_minute, Booking.id, Visit.position)
        .options(
            contains_eager(Visit.person),
            contains_eager(Visit.booking).contains_eager(Booking.type).contains_eager(VisitType.category),
        )
    )
