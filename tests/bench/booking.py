"""Booking under load: sixteen clients who hold and confirm, over all clinics or all on one. Against the same statements, bare.

A first round writes down every statement that the use case sends, with its values. The rounds that are measured run the use
case and those statements in turn, each on a fresh copy of the same database, by as many processes that start together.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import BrokenBarrierError
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import event, func, make_url, select
from sqlalchemy.orm import Session

from config.worker import set_apart_what_is_loaded
from journal_core.access import queries as access
from journal_core.access.use_cases import start_draft
from journal_core.actor import STRANGER, SYSTEM
from journal_core.booking import openings, queries
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Told
from journal_core.booking.model import Booking
from journal_core.booking.rules import Coming, Time
from journal_core.catalogue import queries as catalogue
from journal_core.clock import local
from journal_core.crypto import Vault
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from journal_core.schedule.rules import Stretch
from journal_core.transaction import BUSY_SECONDS, Database
from tests.bench.country import DAYS, NOW, Measures
from tests.bench.measured import Measured
from tests.build import cast, engines
from tests.build.builders import OWNER, SECRET, Offer, an_order, the_tools

CLIENTS = 16
WARM, EACH = 3, int(os.environ.get("BENCH_BOOKINGS", "20"))
"""How many each client makes before all start together, and then."""
ALL = CLIENTS * (WARM + EACH)
ROUNDS = 3
SOON = DAYS
"""Days among which times are chosen."""
SPAN = 9 * 60, 16 * 60
"""When the days of one clinic are open that all want."""
SECONDS = 120.0
"""Until a client that does not come to the line has failed."""
COMING = (Coming(cast.EIGHTY.born, "Gunborg", "Sand"),)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.bench.booking"])


class Wish(NamedTuple):
    clinic_id: int
    type_id: int
    time: Time


class Made(NamedTuple):
    """In a statement's values: the id of the row that this transaction has made in a table."""

    table: str


class Sent(NamedTuple):
    statement: str
    values: Any
    many: bool


Tape = list[list[Sent]]
"""What one booking sends: its transactions."""


class Ran(NamedTuple):
    began: float
    ended: float
    longest: float
    """Seconds of the slowest transaction."""


# --- the clients: each in a process of its own ----------------------------------------------------------------------------

_line: Any = None


def _come(line: Any) -> None:
    """A client begins as a worker of the server does."""
    global _line
    _line = line
    set_apart_what_is_loaded()


def _run(book: Callable[[Any], Iterator[None]], things: Sequence[Any]) -> Ran:
    """Books each; the first ones warm up. `book` yields after each of its transactions."""
    for thing in things[:WARM]:
        for _ in book(thing):
            pass
    _line.wait(SECONDS)
    began = last = time.monotonic()
    longest = 0.0
    for thing in things[WARM:]:
        for _ in book(thing):
            now = time.monotonic()
            longest, last = max(longest, now - last), now
    return Ran(began, last, longest)


def use_case(url: str, wishes: Sequence[Wish]) -> Ran:
    with engines.opened(url) as database:
        return _run(lambda wish: _book(database, wish), wishes)


def _book(database: Database, wish: Wish) -> Iterator[None]:
    with database.writing() as session:
        offer = _offer(session, wish)
        draft_id = start_draft(session, Vault(SECRET), OWNER, wish.clinic_id, {"type": wish.type_id}, NOW)
        booking.hold(session, offer.clinic, offer.kind, wish.time, draft_id, NOW)
    yield
    with database.writing() as session:
        order = an_order(_offer(session, wish), coming=COMING)
        draft = access.draft(session, draft_id, OWNER, NOW, lock=True)
        assert draft is not None
        booking.confirm(session, STRANGER, the_tools(), draft, order, NOW)
    yield


def _offer(session: Session, wish: Wish) -> Offer:
    clinic, kind = _clinic(session, wish.clinic_id), catalogue.visit_type(session, wish.type_id, wish.clinic_id)
    assert kind is not None
    return Offer(clinic, kind.category, kind)


def bare(url: str, tapes: Sequence[Tape]) -> Ran:
    with _driver(url) as (connection, turn):
        return _run(lambda tape: _send(connection, turn, tape), tapes)


def _send(connection: Any, turn: Callable[[], Any], tape: Tape) -> Iterator[None]:
    """On SQLite it waits for its turn where the use case does, which is where it begins."""
    for transaction in tape:
        with ExitStack() as at_the_end:
            made: dict[str, int] = {}
            cursor = connection.cursor()
            for sent in transaction:
                if sent.statement.startswith("BEGIN"):
                    at_the_end.enter_context(turn())
                _send_one(cursor, sent, made)
            connection.commit()
        yield


def _send_one(cursor: Any, sent: Sent, made: dict[str, int]) -> None:
    values = _filled(sent.values, made)
    (cursor.executemany if sent.many else cursor.execute)(sent.statement, values)
    rows = cursor.fetchall() if cursor.description and not sent.many else []
    table = _filling(sent.statement)
    if table in MADE:
        columns = [column[0] for column in cursor.description or ()]
        made[table] = rows[0][columns.index("id")] if rows else cursor.lastrowid


def _filled(values: Any, made: Mapping[str, int]) -> Any:
    if isinstance(values, Made):
        return made[values.table]
    if isinstance(values, dict):
        return {name: _filled(value, made) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return type(values)(_filled(value, made) for value in values)
    return values


def _filling(statement: str) -> str:
    found = re.match(r"INSERT INTO (\w+)", statement)
    return found.group(1) if found else ""


@contextmanager
def _driver(url: str) -> Iterator[tuple[Any, Callable[[], Any]]]:
    """A connection as the portal's, and what a writer waits at: on SQLite the file lock."""
    if not url.startswith("sqlite"):
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as postgres:
            yield postgres, nullcontext
        return
    path = make_url(url).database or ""
    sqlite = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        sqlite.execute(f"PRAGMA {pragma}")

    @contextmanager
    def turn() -> Iterator[None]:
        with Path(f"{path}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    try:
        yield sqlite, turn
    finally:
        sqlite.close()


# --- what the use case sends ----------------------------------------------------------------------------------------------

MADE = Booking.__tablename__, Person.__tablename__
MOST_SMALL = 1500
"""Minutes of a day, and numbers of clinics and types of a small country, are below."""


def recorded(url: str, wishes: Sequence[Wish]) -> list[Tape]:
    """Books each in turn and writes down what was sent."""
    with engines.opened(url) as database:
        return [_recorded(database, wish) for wish in wishes]


def _recorded(database: Database, wish: Wish) -> Tape:
    sent: list[Sent] = []

    def note(_connection: Any, cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        sent.append(Sent(statement, values, many))

    before = _newest(database)
    event.listen(database.engine, "before_cursor_execute", note)
    tape: Tape = []
    try:
        for _ in _book(database, wish):
            transaction = list(sent)
            made = {table: number for table, number in _newest(database).items() if number != before[table]}
            ids = sorted(made.values())
            assert len(set(ids)) == len(ids) and ids[:1] >= [MOST_SMALL][: len(ids)], "ids that could be other numbers"
            tape.append([Sent(one.statement, _emptied(one.values, made), one.many) for one in transaction])
            sent.clear()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return tape


def _newest(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {model.__tablename__: session.scalar(select(func.max(model.id))) or 0 for model in (Booking, Person)}


def _emptied(values: Any, made: Mapping[str, int]) -> Any:
    """The values with made ids taken out. In a country of any size they are equal to no other number that is sent."""
    if isinstance(values, dict):
        return {name: _emptied(value, made) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return type(values)(_emptied(value, made) for value in values)
    if isinstance(values, memoryview):
        return bytes(values)
    if type(values) is int:
        return next((Made(table) for table, number in made.items() if number == values), values)
    return values


# --- rounds ---------------------------------------------------------------------------------------------------------------


@dataclass
class Rush:
    """Sixteen clients, again and again on copies of a database."""

    database: Database
    wishes: Sequence[Wish]
    longest: list[float] = field(default_factory=list)

    def measured(self) -> tuple[float, float]:
        """Medians of milliseconds a booking: by the use case, and bare."""
        with self._copy() as url:
            tapes = recorded(url, self.wishes)
        pairs = [(self._seconds(use_case, self.wishes), self._seconds(bare, tapes)) for _ in range(ROUNDS)]
        a_booking = 1000 / (CLIENTS * EACH)
        return median(pair[0] for pair in pairs) * a_booking, median(pair[1] for pair in pairs) * a_booking

    def _seconds(self, act: Callable[[str, Sequence[Any]], Ran], things: Sequence[Any]) -> float:
        line = _context.Barrier(CLIENTS)
        with (
            self._copy() as url,
            ProcessPoolExecutor(CLIENTS, mp_context=_context, initializer=_come, initargs=(line,)) as pool,
        ):
            waiting = [pool.submit(act, url, things[client::CLIENTS]) for client in range(CLIENTS)]
            ran = _results(waiting)
        if act is use_case:
            self.longest.append(max(one.longest for one in ran))
        return max(one.ended for one in ran) - min(one.began for one in ran)

    @contextmanager
    def _copy(self) -> Iterator[str]:
        """The address of a database that nobody has booked in yet."""
        self.database.dispose()
        if self.database.path is None:
            name = self.database.engine.url.database
            with engines.postgres_copy(engines.url_of(self.database), name) as copy:
                yield engines.url_of(copy)
            return
        with (
            TemporaryDirectory(dir=self.database.path.parent) as folder,
            engines.sqlite_copy(self.database.path, Path(folder)) as copy,
        ):
            yield engines.url_of(copy)


def _results(waiting: Sequence[Future[Ran]]) -> list[Ran]:
    """Of all; the fault of whoever failed, not that the others waited for it at the line."""
    wait(waiting, SECONDS * 2)
    faults = [one.exception(0) for one in waiting]
    for fault in sorted(filter(None, faults), key=lambda fault: isinstance(fault, BrokenBarrierError)):
        raise fault
    return [one.result() for one in waiting]


def _measured(name: str, database: Database, engine: str, wishes: Sequence[Wish]) -> Iterator[Measured]:
    rush = Rush(database, wishes)
    value, against = rush.measured()
    # How many of the bare bookings' number the use case makes in the same time: the other way round than elsewhere.
    yield Measured(name, engine, 1000 / value, "bookings/s", 1000 / against)
    yield Measured(f"{name}-longest-wait", engine, max(rush.longest) * 1000, "ms", 1000.0)


def _spread(database: Database, engine: str) -> Iterator[Measured]:
    """Each booking at another clinic, as far as there are clinics, else on another day: none moves what another has made."""
    with database.reading() as session:
        ids = list(session.scalars(select(Clinic.id).order_by(Clinic.id)))
        at_each = -(-ALL // len(ids))
        offered = [_firsts(session, clinic_id, at_each) for clinic_id in ids]
    wishes = [wish for turn in zip(*offered, strict=True) for wish in turn]
    yield from _measured("book-spread", database, engine, wishes[:ALL])


def _firsts(session: Session, clinic_id: int, count: int) -> list[Wish]:
    """A free time of a clinic's first type on each of so many days."""
    first = local(NOW).date() + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(SOON)]
    kind = catalogue.types_of_clinic(session, clinic_id)[0]
    free = queries.free_times(session, _clinic(session, clinic_id), kind, days, NOW)
    wishes = [Wish(clinic_id, kind.id, times[0]) for times in free.values() if times]
    assert len(wishes) >= count, f"{len(wishes)} days for {count}"
    return wishes[:count]


def _hot(database: Database, engine: str) -> Iterator[Measured]:
    """All at one clinic, one at each start of the same days, which are opened for this and empty: nobody is moved."""
    with database.writing() as session:
        ids = list(session.scalars(select(Clinic.id).order_by(Clinic.id)))
        clinic = _clinic(session, ids[len(ids) // 2])
        kind = catalogue.types_of_clinic(session, clinic.id)[0]
        starts = range(*SPAN, kind.minutes)[:-1]
        first = local(NOW).date() + timedelta(days=DAYS + 30)
        days = [first + timedelta(days=n) for n in range(-(-ALL // len(starts)))]
        stretches = [Stretch(day, kind.book, resource, *SPAN) for day in days for resource in range(1, 5)]
        told = Told("Kö", None, kind.book, frozenset((kind.id,)))
        openings.open_time(session, SYSTEM, clinic, told, stretches, NOW)
        wishes = [Wish(clinic.id, kind.id, Time(day, minute)) for day in days for minute in starts]
    yield from _measured("book-hot", database, engine, wishes[:ALL])


def _clinic(session: Session, clinic_id: int) -> Clinic:
    found = organisation.clinic(session, clinic_id)
    assert found is not None
    return found


MEASURES: Measures = {"book-spread": _spread, "book-hot": _hot}
