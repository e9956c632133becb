"""What a transaction keeps others from, and from when on."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from journal_core.booking.capacity import FEW, lock_days
from journal_core.organisation.model import CareProvider, Postcode
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.reading import one_of, quick_rows
from journal_core.schedule.model import OpenedTime
from journal_core.transaction import Database
from journal_core.writing import keep_others_from_writing
from tests.build import cast
from tests.build.builders import MONDAY, a_clinic, a_provider


def somebody_writes(database: Database) -> bool:
    """Whether a writer has taken its turn, which on SQLite is one at a time."""
    with Path(f"{database.path}.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_who_will_write_reads_what_others_commit_until_then(database: Database) -> None:
    with database.writing() as first:
        assert first.scalars(select(CareProvider)).all() == []
        assert database.path is None or not somebody_writes(database)
        with database.writing() as second:
            a_provider(second)
        assert len(first.scalars(select(CareProvider)).all()) == 1


WRITES: dict[str, Callable[[Session], object]] = {
    "a row": lambda session: a_provider(session),
    "a statement": lambda session: session.execute(delete(Postcode)),
    "the driver": lambda session: session.connection().exec_driver_sql("DELETE FROM postcode"),
    "a read that locks": lambda session: persons.by_identities(session, [cast.BOOKER.number], lock=True),
    "a day": lambda session: lock_days(session, 1, {MONDAY}),
    "a table": lambda session: keep_others_from_writing(session, Postcode),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_from_what_is_locked_or_written_first_on_nobody_else_writes(
    sqlite_database: Database, write: Callable[[Session], object]
) -> None:
    with sqlite_database.writing() as session:
        session.scalars(select(Person)).all()
        quick_rows(session, select(Person.id))
        assert not somebody_writes(sqlite_database)
        write(session)
        assert somebody_writes(sqlite_database)
    assert not somebody_writes(sqlite_database)


def test_a_turn_ends_with_a_transaction_that_fails(sqlite_database: Database) -> None:
    with pytest.raises(IntegrityError), sqlite_database.writing() as session:
        session.execute(insert(CareProvider).values(id=1))
    assert not somebody_writes(sqlite_database)
    with sqlite_database.rehearsing() as session:
        a_provider(session)
        assert somebody_writes(sqlite_database)
    assert not somebody_writes(sqlite_database)
    with sqlite_database.reading() as session:
        assert session.scalars(select(CareProvider)).all() == []


def test_a_turn_outlasts_the_transaction(sqlite_database: Database) -> None:
    """Else the next writer would meet one that is not over."""
    writing: dict[str, bool] = {}
    for end in ("commit", "rollback"):
        event.listen(
            sqlite_database.engine, end, lambda _connection, end=end: writing.update({end: somebody_writes(sqlite_database)})
        )
    with sqlite_database.writing() as session:
        a_provider(session)
    with pytest.raises(IntegrityError), sqlite_database.writing() as session:
        session.execute(insert(CareProvider).values(id=1))
    assert writing == {"commit": True, "rollback": True}
    writing.clear()
    with sqlite_database.rehearsing() as session:
        a_provider(session, org_number="559999-0002")
    assert writing == {"rollback": True}


def test_a_transaction_ends_only_where_it_was_begun(database: Database) -> None:
    """What came after would be another transaction, without a turn."""
    with database.writing() as session:
        a_provider(session)
        session.rollback()
        with pytest.raises(InvalidRequestError):
            session.execute(select(CareProvider))
    with database.reading() as session:
        assert session.scalars(select(CareProvider)).all() == []


@pytest.mark.parametrize(("days", "queues"), [(1, 1), (FEW, FEW), (FEW + 1, 0)])
def test_few_days_are_waited_for_in_a_queue(postgres_database: Database, days: int, queues: int) -> None:
    with postgres_database.writing() as session:
        clinic = a_clinic(session).id
        lock_days(session, clinic, {MONDAY + timedelta(days=n) for n in range(days)})
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :clinic")
        assert session.scalar(held, {"clinic": clinic}) == queues


def test_one_of_many_is_found_by_an_index(sqlite_database: Database) -> None:
    wanted = select(OpenedTime.id).where(one_of(OpenedTime.id, [1, 2, 3]))
    with sqlite_database.reading() as session:
        connection = session.connection()
        spelled = str(wanted.compile(dialect=connection.dialect))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {spelled}", ("[1, 2, 3]",)).scalars(3).all()
    assert plan[0].startswith("SEARCH opened_time USING INTEGER PRIMARY KEY")
