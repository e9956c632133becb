"""Reading bookings and holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from journal_core.booking import capacity, loading
from journal_core.booking.loading import BOOKING
from journal_core.booking.model import Booking, ClinicDay, Hold, Visit
from journal_core.booking.placement import CELL, Key, grid, starts_of
from journal_core.booking.rules import Time, last_day
from journal_core.booking.summary import cells_of
from journal_core.catalogue.model import VisitCategory, VisitType
from journal_core.clock import local, minute_of
from journal_core.organisation.model import Clinic
from journal_core.organisation.queries import WHOLE_CLINIC
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.reading import one_of, quick_rows
from journal_core.schedule import queries as schedule
from journal_core.schedule.model import OpenedTime, Opening, opening_type

NOBODY: Key = (BOOKING, 0)
WHOLE_BOOKING = (
    joinedload(Booking.clinic).options(*WHOLE_CLINIC),
    joinedload(Booking.type).joinedload(VisitType.category),
    joinedload(Booking.booked_by),
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
    own: Key | None = None,
) -> dict[date, list[Time]]:
    """Free starts by day, none of them in the past; `own`, a hold or a booking, counts as free.

    From what each day has written down; days that nobody has counted, or where a hold has run out, are counted from their rows.
    """
    if not days:
        return {}
    left = free_cells(session, clinic, kind.id, days, now, own=own)
    return {day: times_of(day, left.get(day) or 0, now) for day in days if day >= local(now).date()}


def free_cells(
    session: Session, clinic: Clinic, type_id: int, days: Sequence[date], now: datetime, *, own: Key | None = None
) -> dict[date, int | None]:
    """Free cells of a type by day (booking.placement); None: nothing is open for it."""
    left: dict[date, int | None] = {}
    uncounted = set()
    mine = {taken_day(session, own)} if own else set()
    for day, packed in standing(session, clinic.id, min(days), max(days), now):
        if packed is None or day in mine:
            uncounted.add(day)
        else:
            left[day] = cells_of(packed, type_id)
    return left | _count(session, clinic, type_id, uncounted & set(days), now, own)


def free_on(
    session: Session, clinic: Clinic, kinds: Sequence[VisitType], day: date, now: datetime
) -> dict[int, list[Time] | None]:
    """Free starts of one day by type; None: nothing is open for it. As many statements for many types as for one."""
    packed = next((left for _day, left in standing(session, clinic.id, day, day, now)), None)
    if packed is not None:
        cells = {kind.id: cells_of(packed, kind.id) for kind in kinds}
    else:
        left = capacity.left(loading.load(session, clinic, {day}, now), day)
        cells = {kind.id: left.get(kind.id) for kind in kinds}
    return {number: None if found is None else times_of(day, found, now) for number, found in cells.items()}


def _count(
    session: Session, clinic: Clinic, type_id: int, days: Set[date], now: datetime, own: Key | None
) -> dict[date, int | None]:
    """The same from the rows."""
    if not days:
        return {}
    loaded = loading.load(session, clinic, days, now)
    for sheets in loaded.sheets.values():
        for sheet in sheets.values():
            sheet.taken.pop(own or NOBODY, None)
    return {day: capacity.left(loaded, day).get(type_id) for day in days}


def standing(session: Session, clinic_id: int, first: date, last: date, now: datetime) -> list[tuple[date, bytes | None]]:
    """What each day has written down that is true now, packed; None where the rows have to be asked.

    The page's own query: past the mapper, for many ask it at once.
    """
    rows = quick_rows(session, DAYS_LEFT, clinic=clinic_id, first=first, last=last)
    return [(day, counted(free, after, next_end, last_end, now)) for day, free, after, next_end, last_end in rows]


LEFT = ClinicDay.day, ClinicDay.free, ClinicDay.free_after_holds, ClinicDay.next_hold_end, ClinicDay.last_hold_end
DAYS_LEFT = (
    select(*LEFT)
    .where(ClinicDay.clinic_id == bindparam("clinic"), ClinicDay.day.between(bindparam("first"), bindparam("last")))
    .order_by(ClinicDay.day)
)


def counted(
    free: bytes | None, after_holds: bytes | None, next_end: datetime | None, last_end: datetime | None, now: datetime
) -> bytes | None:
    """Which of a day's two summaries is true now; neither while some of its holds have run out and others not."""
    if next_end is None or now < next_end:
        return free
    assert last_end is not None
    return after_holds if now >= last_end else None


SOON = timedelta(days=14)
"""So far ahead the first free time of many clinics is looked for."""


def first_free(session: Session, types: Mapping[int, Collection[int]], now: datetime) -> dict[int, Time]:
    """The first free time of each clinic within SOON, for any of the types given by clinic; who has none is left out.

    One statement however many clinics. A day of which nobody has counted what is left is passed over, and where some holds have
    run out and others not it counts them all as held: every time that is given is free, an earlier one may be free too.
    """
    if not types:
        return {}
    first = local(now).date()
    found: dict[int, Time] = {}
    if len(types) <= FEW:
        rows = quick_rows(session, FREE_OF_SOME, first=first, last=first + SOON, clinics=list(types))
    else:
        rows = quick_rows(session, FREE_OF_ALL, first=first, last=first + SOON)
    for clinic_id, days in groupby(rows, itemgetter(0)):
        time = first_of((left for _clinic, *left in days), types.get(clinic_id, ()), now)
        if time is not None:
            found[clinic_id] = time
    return found


FREE_OF_ALL = (
    select(ClinicDay.clinic_id, *LEFT)
    .where(ClinicDay.day.between(bindparam("first"), bindparam("last")), ClinicDay.free.is_not(None))
    .order_by(ClinicDay.clinic_id, ClinicDay.day)
)
FREE_OF_SOME = FREE_OF_ALL.where(one_of(ClinicDay.clinic_id, "clinics"))


def first_of(days: Iterable[Sequence[Any]], types: Collection[int], now: datetime) -> Time | None:
    """The first free time for any of the types, in a clinic's days as LEFT has them, ascending from today."""
    today = local(now).date()
    for day, free, after, next_end, last_end in days if types else ():
        packed = counted(free, after, next_end, last_end, now) or free or b""
        cells = 0
        for type_id in types:
            cells |= cells_of(packed, type_id) or 0
        if day == today:
            cells &= ~((1 << (minute_of(now) // CELL + 1)) - 1)
        if cells:
            return Time(day, ((cells & -cells).bit_length() - 1) * CELL)
    return None


FEW = 100
"""More clinics than this are not named one by one in a statement."""


def times_of(day: date, cells: int, now: datetime) -> list[Time]:
    """The starts in `cells` that are still to come."""
    today = local(now).date()
    earliest = 0 if day > today else minute_of(now) + 1
    return [Time(day, minute) for minute in starts_of(cells) if minute >= earliest and today <= day <= last_day(now)]


def taken_day(session: Session, own: Key) -> date | None:
    """The day of a hold or a booking."""
    kind, number = own
    found = quick_rows(session, BOOKING_DAY if kind == BOOKING else HOLD_DAY, own=number)
    return found[0][0] if found else None


BOOKING_DAY = select(Booking.day).where(Booking.id == bindparam("own"))
HOLD_DAY = select(Hold.day).where(Hold.draft_id == bindparam("own"))


def hold(session: Session, draft_id: str) -> Hold | None:
    # It may have been read before, and another draft may have taken it over meanwhile.
    return session.get(Hold, draft_id, populate_existing=True)


def holds(session: Session, draft_ids: Sequence[str]) -> Sequence[Hold]:
    return session.scalars(select(Hold).where(Hold.draft_id.in_(draft_ids))).all()


def day_of(session: Session, booking_id: int) -> tuple[int, date] | None:
    """Clinic and day of a booking."""
    found = session.execute(select(Booking.clinic_id, Booking.day).where(Booking.id == booking_id)).one_or_none()
    return (found[0], found[1]) if found else None


def places_of(session: Session, person_ids: Collection[int]) -> list[tuple[int, int, date]]:
    """Id, clinic and day of each booking, cancelled ones too, in which one of the persons comes or that one of them made."""
    comes = Booking.id.in_(select(Visit.booking_id).where(Visit.person_id.in_(person_ids)))
    wanted = select(Booking.id, Booking.clinic_id, Booking.day).where(or_(comes, Booking.booked_by_id.in_(person_ids)))
    return [(booking_id, clinic_id, day) for booking_id, clinic_id, day in session.execute(wanted)]


def without_resource(session: Session, clinic_id: int, first: date) -> Sequence[Booking]:
    """Resurs saknas: live bookings from `first` on that no resource is open for, by time."""
    return session.scalars(
        select(Booking)
        .where(Booking.clinic_id == clinic_id, Booking.resource.is_(None), Booking.cancelled_at.is_(None), Booking.day >= first)
        .order_by(Booking.day, Booking.start_minute, Booking.id)
        .options(*WHOLE_BOOKING)
    ).all()


def count_without_resource(session: Session, clinic_id: int, first: date) -> int:
    nowhere = Booking.clinic_id == clinic_id, Booking.resource.is_(None), Booking.cancelled_at.is_(None)
    return session.scalar(select(func.count()).select_from(Booking).where(*nowhere, Booking.day >= first)) or 0


def bookings_between(
    session: Session, clinic_id: int, first: date, last: date, *, with_visits: bool = False
) -> Sequence[Booking]:
    """Live bookings of these days by time, with their types: for the schedule, which says nothing of persons."""
    wanted = select(Booking).where(
        Booking.clinic_id == clinic_id, Booking.day.between(first, last), Booking.cancelled_at.is_(None)
    )
    wanted = wanted.options(joinedload(Booking.type).joinedload(VisitType.category))
    if with_visits:
        wanted = wanted.options(selectinload(Booking.visits))
    return session.scalars(wanted.order_by(Booking.day, Booking.start_minute, Booking.id)).all()


def booking(session: Session, booking_id: int, *, lock: bool = False) -> Booking | None:
    return _one(session, Booking.id == booking_id, lock)


def last_contact(session: Session, person_id: int) -> tuple[str | None, str | None]:
    """Mobile and e-mail that somebody gave when booking last with e-ID; what was typed without e-ID is nobody's (domain §3)."""
    wanted = select(Booking.mobile, Booking.email).where(
        Booking.booked_by_id == person_id, or_(Booking.mobile.is_not(None), Booking.email.is_not(None))
    )
    found = session.execute(wanted.order_by(Booking.created_at.desc(), Booking.id.desc()).limit(1)).one_or_none()
    return (found[0], found[1]) if found else (None, None)


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
    return bool(quick_rows(session, WITH_CODE, code=code))


WITH_CODE = select(Booking.id).where(Booking.code == bindparam("code"))


def live_bookings_of(
    session: Session, person_ids: Sequence[int], category: VisitCategory, day: date, now: datetime
) -> Sequence[Booking]:
    """Bookings of these persons in this category that have not ended yet; for a series only those of the same day."""
    if not person_ids:
        return ()
    today, minute = local(now).date(), minute_of(now)
    first, last = (day, day) if category.series else (today, date.max)
    # Most have none, so what they are is only read when there are any.
    found = quick_rows(
        session,
        LIVE,
        persons=person_ids,
        category=category.id,
        first=first,
        last=last,
        today=today,
        minute=minute,
    )
    if not found:
        return ()
    ids = [booking_id for (booking_id,) in found]
    wanted = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.day, Booking.start_minute, Booking.id)
    return session.scalars(wanted.options(*WHOLE_BOOKING)).all()


LIVE = (
    select(Booking.id)
    .join(VisitType, VisitType.id == Booking.type_id)
    .where(
        Booking.id.in_(select(Visit.booking_id).where(one_of(Visit.person_id, "persons"))),
        VisitType.category_id == bindparam("category"),
        Booking.cancelled_at.is_(None),
        Booking.day.between(bindparam("first"), bindparam("last")),
        or_(
            Booking.day > bindparam("today"),
            and_(Booking.day == bindparam("today"), Booking.start_minute + Booking.minutes > bindparam("minute")),
        ),
    )
)


def bookings_of_persons(session: Session, person_ids: Collection[int], first: date) -> Sequence[Booking]:
    """Bookings in which any of the persons comes from `first` on, cancelled ones too, by time."""
    return session.scalars(
        select(Booking)
        .where(
            Booking.id.in_(select(Visit.booking_id).where(Visit.person_id.in_(person_ids))),
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
    """What who has or had this identity number has booked at a clinic on a day, by time; cancelled bookings left out."""
    here = _visits().where(Booking.clinic_id == clinic_id, Booking.day == day, Booking.cancelled_at.is_(None))
    return session.scalars(here.where(Person.id.in_(persons.id_of(number)))).all()


def visit(session: Session, visit_id: int, clinic_id: int) -> Visit | None:
    """One visit of this very clinic."""
    return session.scalar(_visits().where(Visit.id == visit_id, Booking.clinic_id == clinic_id))


def persons_beside(session: Session, visit_id: int, clinic_id: int) -> Sequence[Person]:
    """Everybody in the same booking as a visit of this very clinic, who has that visit too."""
    beside = select(Visit.booking_id).join(Visit.booking).where(Visit.id == visit_id, Booking.clinic_id == clinic_id)
    return session.scalars(
        select(Person).where(Person.id.in_(select(Visit.person_id).where(Visit.booking_id.in_(beside)))).order_by(Person.id)
    ).all()


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
            contains_eager(Visit.booking).joinedload(Booking.booked_by),
        )
    )


def all_starts(session: Session, clinic: Clinic, kind: VisitType, first: date, last: date) -> dict[date, int]:
    """Cells at which residents' time lets a visit begin, free or taken, by day; days without any are absent."""
    step = clinic.start_step_minutes or kind.minutes
    opened = (
        select(OpenedTime.day, OpenedTime.start_minute, OpenedTime.end_minute)
        .distinct()
        .join(Opening, Opening.id == OpenedTime.opening_id)
        .join(opening_type, opening_type.c.opening_id == Opening.id)
        .where(
            OpenedTime.clinic_id == clinic.id,
            OpenedTime.book == kind.book,
            OpenedTime.day.between(first, last),
            opening_type.c.type_id == kind.id,
            ~Opening.internal,
        )
    )
    found: dict[date, int] = {}
    for day, start, end in session.execute(opened):
        found[day] = found.get(day, 0) | grid(start, end, kind.minutes, step)
    return {day: cells for day, cells in found.items() if cells}
