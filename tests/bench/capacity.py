"""What is free, asked for one clinic and for the country; and a year of time, opened and changed. Against the bare driver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from journal_core.actor import SYSTEM
from journal_core.booking import openings, queries, summary
from journal_core.booking.changes import Told, opening_for
from journal_core.booking.openings import Edit
from journal_core.booking.remembered import Remembered
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, VisitType
from journal_core.clock import local
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.schedule.model import OpenedTime
from journal_core.schedule.rules import Pattern, Stretch, days_of
from journal_core.transaction import Database
from tests.bench.country import NOW, Measures
from tests.bench.measured import Measured, alternate

FORTNIGHT = 14
REASON = "tbe"
ROUNDS = 15
YEAR = date(2028, 1, 1), date(2028, 12, 31)
"""A year in which nothing is open yet."""


def timed(act: Callable[[], object], times: int = 1) -> float:
    """Milliseconds that one took, of `times` in a row."""
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begun) * 1000 / times


def _times_clinic(database: Database, engine: str) -> Iterator[Measured]:
    """Free times of one clinic and type over fourteen days, by the query that the page uses."""
    first = local(NOW).date()
    days = [first + timedelta(days=n) for n in range(FORTNIGHT)]
    with database.reading() as session:
        clinic, kind = _somewhere(session)
        bare = _bare(session, clinic.id, days[0], days[-1])
        value, against = alternate(
            ROUNDS,
            lambda: timed(lambda: queries.free_cells(session, clinic, kind.id, days, NOW), 50),
            lambda: timed(bare, 50),
        )
    yield Measured("times-clinic", engine, value, "ms", against)


def _times_country(database: Database, engine: str) -> Iterator[Measured]:
    """The first free time of every clinic for a reason within fourteen days."""
    first = local(NOW).date()
    with database.reading() as session:
        types = catalogue.types_booked_online(session, REASON)
        bare = _bare(session, None, first, first + queries.SOON)
        value, against = alternate(ROUNDS, lambda: timed(lambda: queries.first_free(session, types, NOW)), lambda: timed(bare))
    yield Measured("times-country", engine, value, "ms", against)


def _times_remembered(database: Database, engine: str) -> Iterator[Measured]:
    """The same from what a process remembers, nothing having changed since."""
    first, remembered = local(NOW).date(), Remembered()
    with database.reading() as session:
        types = catalogue.types_booked_online(session, REASON)
        bare = _bare(session, None, first, first + queries.SOON)
        value, against = alternate(
            ROUNDS, lambda: timed(lambda: remembered.first_free(session, types, NOW)), lambda: timed(bare)
        )
    yield Measured("times-remembered", engine, value, "ms", against)


def _bare(session: Session, clinic_id: int | None, first: date, last: date) -> Callable[[], object]:
    """The same rows by the driver alone."""
    own = f"clinic_id = {clinic_id} AND " if clinic_id else ""
    columns = "clinic_id, day, free, free_after_holds, next_hold_end, last_hold_end"
    statement = f"SELECT {columns} FROM clinic_day WHERE {own}day BETWEEN '{first}' AND '{last}' ORDER BY clinic_id, day"
    cursor = _cursor(session.connection())

    def read() -> Sequence[Any]:
        cursor.execute(statement)
        rows: Sequence[Any] = cursor.fetchall()
        return rows

    return read


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


@dataclass(frozen=True)
class Year:
    """Every working day of a year on four resources of one clinic."""

    database: Database
    clinic_id: int
    told: Told
    days: Sequence[date]

    @property
    def stretches(self) -> list[Stretch]:
        return [Stretch(day, Book.A, resource, 540, 720) for day in self.days for resource in range(1, 5)]

    def open(self, session: Session) -> float:
        """Milliseconds."""
        here, stretches = _clinic(session, self.clinic_id), self.stretches
        return timed(lambda: openings.open_time(session, SYSTEM, here, self.told, stretches, NOW))

    def edit(self, session: Session) -> float:
        here, own = _clinic(session, self.clinic_id), OpenedTime.clinic_id == self.clinic_id
        ids = list(session.scalars(select(OpenedTime.id).where(own, OpenedTime.day >= self.days[0])))
        return timed(lambda: openings.edit(session, SYSTEM, here, ids, Edit(name="Nytt"), NOW))

    def bare(self) -> float:
        """The same rows inserted by the driver alone."""
        with self.database.rehearsing() as session:
            opening_id = opening_for(session, self.clinic_id, self.told)
            cursor, mark = _cursor(session.connection()), "?" if self.database.sqlite else "%s"
            left = b"x" * summary.RECORD * len(self.told.type_ids)
            return timed(lambda: _insert(cursor, mark, self.clinic_id, opening_id, self.stretches, self.days, left))


def _a_year(database: Database) -> Year:
    with database.reading() as session:
        clinic, kind = _somewhere(session)
        types = frozenset(one.id for one in catalogue.types_of_clinic(session, clinic.id) if one.book is kind.book)
    return Year(database, clinic.id, Told("År", None, Book.A, types), days_of(*YEAR, Pattern.WORKING_DAYS).open)


def _open_year(database: Database, engine: str) -> Iterator[Measured]:
    year = _a_year(database)

    def opened() -> float:
        with database.rehearsing() as session:
            return year.open(session)

    yield Measured("open-year", engine, *_in_ms(alternate(ROUNDS, opened, year.bare)))


def _edit_year(database: Database, engine: str) -> Iterator[Measured]:
    year = _a_year(database)

    def edited() -> float:
        with database.rehearsing() as session:
            year.open(session)
            return year.edit(session)

    yield Measured("edit-year", engine, *_in_ms(alternate(ROUNDS, edited, year.bare)))


def _in_ms(pair: tuple[float, float]) -> tuple[float, str, float]:
    return pair[0], "ms", pair[1]


def _insert(
    cursor: Any, mark: str, clinic_id: int, opening_id: int, stretches: Sequence[Stretch], days: Sequence[date], left: bytes
) -> None:
    times = "opening_id, clinic_id, book, resource, day, start_minute, end_minute"
    cursor.executemany(
        f"INSERT INTO opened_time ({times}) VALUES ({', '.join([mark] * 7)})",
        [(opening_id, clinic_id, one.book.value, one.resource, one.day.isoformat(), one.start, one.end) for one in stretches],
    )
    cursor.executemany(
        f"INSERT INTO clinic_day (clinic_id, day, version, free, free_after_holds) VALUES ({', '.join([mark] * 5)})",
        [(clinic_id, day.isoformat(), 1, left, left) for day in days],
    )


def _somewhere(session: Session) -> tuple[Clinic, VisitType]:
    """A clinic in the middle, and its first type."""
    ids = list(session.scalars(select(Clinic.id).order_by(Clinic.id)))
    clinic = _clinic(session, ids[len(ids) // 2])
    return clinic, catalogue.types_of_clinic(session, clinic.id)[0]


def _clinic(session: Session, clinic_id: int) -> Clinic:
    found = organisation.clinic(session, clinic_id)
    assert found is not None
    return found


MEASURES: Measures = {
    "times-clinic": _times_clinic,
    "times-country": _times_country,
    "times-remembered": _times_remembered,
    "open-year": _open_year,
    "edit-year": _edit_year,
}
