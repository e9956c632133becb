"""Reading opened times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from journal_core.catalogue.model import Book
from journal_core.schedule.model import OpenedTime, Opening, opening_type
from journal_core.schedule.rules import Stretch

Columns = TypeVarTuple("Columns")


def open_days(session: Session, clinic_id: int, type_id: int, book: Book, first: date, limit: int) -> Sequence[date]:
    """The first `limit` days from `first` on which residents' time is opened for the type, full or not."""
    return session.scalars(
        _for_residents(select(OpenedTime.day).distinct(), clinic_id, type_id, book)
        .where(OpenedTime.day >= first)
        .order_by(OpenedTime.day)
        .limit(limit)
    ).all()


def opened(session: Session, clinic_id: int, type_id: int, book: Book, days: Sequence[date]) -> dict[date, list[Stretch]]:
    """Residents' opened stretches for a type, by day."""
    columns = select(
        OpenedTime.day,
        OpenedTime.resource,
        OpenedTime.start_minute,
        OpenedTime.end_minute,
    )
    rows = session.execute(_for_residents(columns, clinic_id, type_id, book).where(OpenedTime.day.in_(days)))
    return by_day(rows.all())


def by_day(
    rows: Iterable[Row[*tuple[Any, ...]]],
) -> dict[date, list[Stretch]]:
    """Rows of day, resource, start, end as stretches by day."""
    days: dict[date, list[Stretch]] = {}
    for day, resource, start, end in rows:
        days.setdefault(day, []).append(Stretch(resource, start, end))
    return days


def _for_residents(columns: Select[*Columns], clinic_id: int, type_id: int, book: Book) -> Select[*Columns]:
    return (
        columns.join(Opening, Opening.id == OpenedTime.opening_id)
        .join(opening_type, opening_type.c.opening_id == Opening.id)
        .where(
            OpenedTime.clinic_id == clinic_id,
            OpenedTime.book == book,
            opening_type.c.type_id == type_id,
            ~Opening.internal,
        )
    )
