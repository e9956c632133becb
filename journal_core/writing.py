"""Statements that both engines understand but SQLAlchemy spells per dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from journal_core.mapping import Mapped
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


def keep_others_from_writing(session: Session, model: type[Mapped]) -> None:
    """Other writers of the whole table wait until this transaction ends; readers don't. On SQLite all writers do."""
    wait_for_turn(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
