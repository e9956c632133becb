"""A nurse at the schedule of a clinic: opens, closes, edits, copies and blocks time, and sees what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import pytest
from sqlalchemy import select

from journal_core.actor import Actor, ActorKind
from journal_core.audit.model import AccessLogRow
from journal_core.booking import openings, queries
from journal_core.booking.changes import Effect, Told
from journal_core.booking.model import Booking, ClinicDay, Hold
from journal_core.booking.openings import Edit
from journal_core.booking.rules import Time
from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule.model import BlockedTime, OpenedTime, Opening, ScheduleChange
from journal_core.schedule.queries import OpenedSearch
from journal_core.schedule.rules import Stretch
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_category, a_clinic, a_type
from tests.build.clocks import START

NINE, TEN, ELEVEN = 9 * 60, 10 * 60, 11 * 60
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NURSE = Actor(ActorKind.STAFF, 7, 8)
ONE_ENGINE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the engine has no part in."""

Result = TypeVar("Result")


What = tuple[str, str | None, bool, frozenset[int]]
"""Name, colour, whether internal, types."""


class Standing(NamedTuple):
    """An opened time as it stands."""

    day: date
    book: Book
    resource: int
    start: int
    end: int
    what: What


@dataclass(frozen=True)
class Desk:
    """A clinic with two types of book A and one of book B, and a nurse who changes its schedule."""

    database: Database
    clinic_id: int
    short: Offer
    """Ten minutes."""
    long: Offer
    """Twenty."""
    other: Offer
    """Of book B."""

    def do(self, change: Callable[..., Result], *args: Any, now: datetime = START) -> Result:
        with self.database.writing() as session:
            return change(session, NURSE, session.get_one(Clinic, self.clinic_id), *args, now)

    def open(
        self,
        days: Iterable[date] = (MONDAY,),
        resources: Iterable[int] = (1,),
        span: tuple[int, int] = (NINE, TEN),
        **told: Any,
    ) -> Effect:
        wanted = Told(**{"name": "Öppet", "colour": None, "book": Book.A, "type_ids": self.both, "internal": False, **told})
        lines = list(resources)
        stretches = [Stretch(day, wanted.book, line, *span) for day in days for line in lines]
        return self.do(openings.open_time, wanted, stretches)

    @property
    def both(self) -> frozenset[int]:
        return frozenset((self.short.kind.id, self.long.kind.id))

    def close(self, *ids: int) -> Effect:
        return self.do(openings.close, ids)

    def edit(self, *ids: int, **wish: Any) -> Effect:
        return self.do(openings.edit, ids, Edit(**wish))

    def copy(self, targets: Mapping[tuple[date, int], tuple[date, int]], book: Book = Book.A) -> Effect:
        return self.do(openings.copy, targets, book)

    def undo(self, effect: Effect) -> Effect:
        return self.do(openings.undo, effect.change_id)

    def block(self, *stretches: Stretch) -> Effect:
        return self.do(openings.block, stretches, "Möte")

    def unblock(self, block_id: int) -> Effect | None:
        return self.do(openings.unblock, block_id)

    def ids(self, **search: Any) -> list[int]:
        with self.database.reading() as session:
            return [one.time.id for one in schedule.opened(session, self.clinic_id, OpenedSearch(**search))]

    def standing(self) -> list[Standing]:
        """All that is open, by time."""
        with self.database.reading() as session:
            return [
                Standing(one.day, one.book, one.resource, one.start_minute, one.end_minute, as_what(opened.opening))
                for opened in schedule.opened(session, self.clinic_id, OpenedSearch())
                for one in (opened.time,)
            ]

    def where(self) -> list[tuple[date, int, int, int]]:
        return [(one.day, one.resource, one.start, one.end) for one in self.standing()]

    def book(self, minute: int = NINE, day: date = MONDAY, who: cast.Member = cast.BOOKER, offer: Offer | None = None) -> int:
        with self.database.writing() as session:
            return a_booking(session, offer or self.short, time=Time(day, minute), coming=(who.coming,)).id

    def places(self, *bookings: int) -> list[tuple[date, int, int | None]]:
        with self.database.reading() as session:
            found = [session.get_one(Booking, number) for number in bookings]
        return [(one.day, one.start_minute, one.resource) for one in found]

    def without_resource(self, first: date = MONDAY) -> list[int]:
        with self.database.reading() as session:
            return [one.id for one in queries.without_resource(session, self.clinic_id, first)]

    def free(self, offer: Offer | None = None, day: date = MONDAY) -> list[int]:
        shown = offer or self.short
        with self.database.reading() as session:
            found = queries.free_times(session, shown.clinic, shown.kind, [day], START)
        return [time.minute for time in found[day]]


def as_what(opening: Opening) -> What:
    return opening.name, opening.colour, opening.internal, frozenset(kind.id for kind in opening.types)


def a_desk(database: Database, **clinic: Any) -> Desk:
    with database.writing() as session:
        here = a_clinic(session, **clinic)
        category = a_category(session, here)
        kinds = [a_type(session, category, minutes=minutes, book=book) for minutes, book in ((10, "A"), (20, "A"), (10, "B"))]
        return Desk(database, here.id, *(Offer(here, category, kind) for kind in kinds))


def refusal_of(desk: Desk, act: Callable[..., object], *args: Any, **words: Any) -> Refusal:
    """Why it is refused; nothing at all is written then."""
    before = everything(desk.database)
    with pytest.raises(Refusal) as refused:
        act(*args, **words)
    assert everything(desk.database) == before
    return refused.value


def everything(database: Database) -> list[object]:
    with database.reading() as session:
        tables = (OpenedTime, Opening, ScheduleChange, BlockedTime, ClinicDay, Booking, Hold, AccessLogRow)
        return [sorted(map(repr, map(tuple, session.execute(select(table.__table__))))) for table in tables]


def figures(effect: Effect) -> dict[str, object]:
    return {name: value for name, value in asdict(effect).items() if name != "change_id"}


def effect(times: int, days: int, **more: Any) -> dict[str, object]:
    return {"times": times, "days": days, "bookings": 0, "without": [], "back": [], "moved": 0, **more}


def blocks(desk: Desk) -> list[int]:
    with desk.database.reading() as session:
        return list(session.scalars(select(BlockedTime.id)))
