"""Days as they stand in their rows: what is open, blocked and taken, read into memory. Whoever decides has them locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, false, literal_column, null, select, type_coerce, union_all
from sqlalchemy import literal as value
from sqlalchemy.orm import InstrumentedAttribute, Session

from journal_core.booking.model import Booking, Hold
from journal_core.booking.placement import Blocked, Key, Opened, Taken
from journal_core.catalogue.model import Book, VisitCategory, VisitType
from journal_core.organisation.model import Clinic
from journal_core.reading import one_of, quick_rows
from journal_core.schedule.model import BlockedTime, OpenedTime, Opening, opening_type
from journal_core.schedule.rules import Stretch

BOOKING, HOLD, BLOCK = 0, 1, 2


@dataclass
class Sheet:
    """One book's day."""

    openings: list[Opened] = field(default_factory=list)
    blocks: list[Blocked] = field(default_factory=list)
    taken: dict[Key, Taken] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[object, ...]:
        """Alike for days that are alike."""
        return tuple(self.openings), tuple(self.blocks), tuple(self.taken.values())


class OpenedRow(NamedTuple):
    """An opened time as it stands in its row."""

    opening_id: int
    change_id: int | None
    """The change that made or last touched it."""
    stretch: Stretch


class OpenFor(NamedTuple):
    """What an opening's time is for."""

    types: frozenset[int]
    internal: bool


@dataclass
class Loaded:
    """Days of a clinic, read under their locks."""

    clinic_id: int
    step: int | None
    minutes: Mapping[int, int]
    """Of the clinic's types, by id."""
    sheets: dict[date, dict[Book, Sheet]]
    ends: dict[date, dict[Key, datetime]] = field(default_factory=dict)
    """When each hold of a day runs out."""
    opened: dict[int, OpenedRow] = field(default_factory=dict)
    """The days' opened times by id, as they were read."""
    openings: dict[int, OpenFor] = field(default_factory=dict)
    """Of those opened times, by id."""

    def sheet(self, day: date, book: Book) -> Sheet:
        return self.sheets[day].setdefault(book, Sheet())

    def open(self, rows: Iterable[OpenedRow]) -> None:
        """From now on these opened times are the days', and no others."""
        for sheets in self.sheets.values():
            for sheet in sheets.values():
                sheet.openings = []
        # Most days are alike, so one object serves them all.
        known: dict[tuple[int, int, int, int], Opened] = {}
        for opening_id, _change, (day, book, resource, start, end) in rows:
            shape = opening_id, resource, start, end
            if shape not in known:
                known[shape] = Opened(resource, start, end, *self.openings.get(opening_id, FOR_NOTHING))
            self.sheet(day, book).openings.append(known[shape])

    def add(self, day: date, book: Book, visit: Taken, end: datetime | None = None) -> None:
        """`end`: when it runs out, if it is a hold."""
        self.sheet(day, book).taken[visit.key] = visit
        if end is not None:
            self.ends[day][visit.key] = end

    def drop(self, key: Key) -> None:
        """A visit leaves the days, wherever it stands."""
        for day, sheets in self.sheets.items():
            self.ends[day].pop(key, None)
            for sheet in sheets.values():
                sheet.taken.pop(key, None)

    def become(self, day: date, book: Book, hold: Key, booking: Key) -> None:
        """A hold is a booking from now on, and as old as it was."""
        visit = self.sheet(day, book).taken[hold]
        self.drop(hold)
        self.add(day, book, visit._replace(key=booking))

    def steps(self, type_id: int) -> int:
        return self.step or self.minutes[type_id]


def load(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> Loaded:
    """What is open, blocked and taken on the days; holds that ran out left out. Three statements, however many days."""
    loaded = load_to_change(session, clinic, days, now)
    loaded.open(loaded.opened.values())
    return loaded


def load_to_change(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> Loaded:
    """The same with nothing open yet: for whoever says next what is."""
    session.flush()
    loaded = Loaded(clinic.id, None, {}, {day: {} for day in sorted(days)})
    loaded.ends = {day: {} for day in loaded.sheets}
    if not loaded.sheets:
        return loaded
    wanted = {"clinic": clinic.id, "days": list(loaded.sheets), "first": min(loaded.sheets), "last": max(loaded.sheets)}
    # The step too, which may have changed since the clinic was read.
    loaded.step, loaded.minutes, loaded.openings = _offered(quick_rows(session, OFFERED, **wanted))
    for number, opening_id, change_id, *stretch in quick_rows(session, OPENED, **wanted):
        loaded.opened[number] = OpenedRow(opening_id, change_id, Stretch(*stretch))
    for kind, day, book, resource, start, minutes, type_id, created_at, until, number, draft in quick_rows(
        session, TAKEN, now=now, **wanted
    ):
        if kind == BLOCK:
            loaded.sheet(day, book).blocks.append(Blocked(resource, start, start + minutes))
            continue
        key: Key = (HOLD, draft) if kind == HOLD else (BOOKING, number)
        loaded.sheet(day, book).taken[key] = Taken(key, type_id, start, minutes, created_at, resource)
        if kind == HOLD:
            loaded.ends[day][key] = until
    return loaded


def _offered(
    rows: Iterable[tuple[int, int, int, bool, int | None]],
) -> tuple[int | None, dict[int, int], dict[int, OpenFor]]:
    """The clinic's step, minutes of each type, and what each opening is for."""
    step: int | None = None
    minutes: dict[int, int] = {}
    openings: dict[int, OpenFor] = {}
    for type_id, long, opening_id, internal, clinics_step in rows:
        if opening_id:
            openings[opening_id] = OpenFor(openings.get(opening_id, FOR_NOTHING).types | {type_id}, internal)
        else:
            minutes[type_id], step = long, clinics_step
    return step, minutes, openings


FOR_NOTHING = OpenFor(frozenset(), False)


def _of_days(clinic_id: InstrumentedAttribute[int], day: InstrumentedAttribute[date]) -> tuple[ColumnElement[bool], ...]:
    """Rows of the days that are asked for; their span is named too, for the index."""
    return clinic_id == bindparam("clinic"), day.between(bindparam("first"), bindparam("last")), one_of(day, "days")


_OPENED_THEN = (
    OpenedTime.book.in_([literal_column(f"'{book.value}'") for book in Book]),
    *_of_days(OpenedTime.clinic_id, OpenedTime.day),
)
"""Both books are named for the index."""

OFFERED = union_all(
    select(VisitType.id, VisitType.minutes, value(0), false(), Clinic.start_step_minutes)
    .join(VisitCategory, VisitCategory.id == VisitType.category_id)
    .join(Clinic, Clinic.id == VisitCategory.clinic_id)
    .where(VisitCategory.clinic_id == bindparam("clinic")),
    select(opening_type.c.type_id, value(0), Opening.id, Opening.internal, null())
    .join(Opening, Opening.id == opening_type.c.opening_id)
    .where(Opening.id.in_(select(OpenedTime.opening_id).where(*_OPENED_THEN))),
)
"""The clinic's types with their minutes and its step, then what each opening that stands on the days is for."""

OPENED = (
    select(
        OpenedTime.id,
        OpenedTime.opening_id,
        OpenedTime.change_id,
        OpenedTime.day,
        OpenedTime.book,
        OpenedTime.resource,
        OpenedTime.start_minute,
        OpenedTime.end_minute,
    )
    .where(*_OPENED_THEN)
    .order_by(OpenedTime.day, OpenedTime.book, OpenedTime.resource, OpenedTime.start_minute, OpenedTime.id)
)

TAKEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        value(BOOKING),
        Booking.day,
        Booking.book,
        Booking.resource,
        Booking.start_minute,
        Booking.minutes,
        Booking.type_id,
        Booking.created_at,
        type_coerce(null(), Booking.created_at.type),
        Booking.id,
        value(""),
    ).where(Booking.cancelled_at.is_(None), *_of_days(Booking.clinic_id, Booking.day)),
    select(
        value(HOLD),
        Hold.day,
        Hold.book,
        Hold.resource,
        Hold.start_minute,
        Hold.minutes,
        Hold.type_id,
        Hold.created_at,
        Hold.held_until,
        value(0),
        Hold.draft_id,
    ).where(Hold.held_until > bindparam("now"), *_of_days(Hold.clinic_id, Hold.day)),
    select(
        value(BLOCK),
        BlockedTime.day,
        BlockedTime.book,
        BlockedTime.resource,
        BlockedTime.start_minute,
        BlockedTime.end_minute - BlockedTime.start_minute,
        value(0),
        type_coerce(null(), Booking.created_at.type),
        type_coerce(null(), Booking.created_at.type),
        BlockedTime.id,
        value(""),
    ).where(*_of_days(BlockedTime.clinic_id, BlockedTime.day)),
)
"""Bookings, holds and blocked time in one statement."""


def open_for(session: Session, opening_ids: Collection[int]) -> dict[int, OpenFor]:
    """What openings are for, of those that may not stand on loaded days."""
    rows = session.execute(
        select(opening_type.c.type_id, value(0), Opening.id, Opening.internal, null())
        .join(Opening, Opening.id == opening_type.c.opening_id)
        .where(one_of(Opening.id, opening_ids))
    )
    return _offered(rows)[2]
