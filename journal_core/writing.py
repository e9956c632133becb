"""Statements that both engines understand but SQLAlchemy spells per dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from journal_core.mapping import Mapped, table_of
from journal_core.reading import quick_rows
from journal_core.transaction import wait_for_turn


def insert_missing(
    session: Session,
    model: type[Mapped],
    rows: Sequence[Mapping[str, Any]],
    unique: tuple[str, ...],
) -> None:
    """Inserts the rows whose `unique` columns nobody has used yet; the others stay as they are."""
    if rows:
        session.execute(
            upsert(session, model).on_conflict_do_nothing(index_elements=unique),
            list(rows),
        )


def upsert(session: Session, model: type[Mapped]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the session's own dialect, for ON CONFLICT."""
    return insert_in(session.get_bind().dialect.name, model)


def insert_in(dialect: str, model: type[Mapped]) -> sqlite.Insert | postgresql.Insert:
    """The same by the dialect's name."""
    return sqlite.insert(model) if dialect == "sqlite" else postgresql.insert(model)


@cache
def insert_of(dialect: str, model: type[Mapped]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with a bindparam for each column, but for a number that the database gives: for reading.quick_write."""
    table = table_of(model)
    told = [column for column in table.c if column is not table.autoincrement_column]
    return insert_in(dialect, model).values({column.name: bindparam(column.name, type_=column.type) for column in told})


def insert_one(session: Session, model: type[Mapped], **row: object) -> int:
    """Writes a row, all of whose columns are told but its number; the number that the database gave it."""
    [(number,)] = quick_rows(session, _insert_giving_number(session.get_bind().dialect.name, model), **row)
    return int(number)


@cache
def _insert_giving_number(dialect: str, model: type[Mapped]) -> ReturningInsert[int]:
    number = table_of(model).autoincrement_column
    assert number is not None
    return insert_of(dialect, model).returning(number)


def keep_others_from_writing(session: Session, model: type[Mapped]) -> None:
    """Other writers of the whole table wait until this transaction ends; readers don't. On SQLite all writers do."""
    wait_for_turn(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
