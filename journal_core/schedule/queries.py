"""Reading opened times."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from journal_core.catalogue.model import Book, VisitType
from journal_core.reading import one_of
from journal_core.schedule.model import (
    BlockedTime,
    ClinicBook,
    OpenedTime,
    Opening,
    ScheduleChange,
    ScheduleTemplate,
    opening_type,
)


def open_days(session: Session, clinic_id: int, type_id: int, book: Book, first: date, limit: int) -> Sequence[date]:
    """The first `limit` days from `first` on which residents' time is opened for the type, full or not."""
    return session.scalars(
        select(OpenedTime.day)
        .distinct()
        .join(Opening, Opening.id == OpenedTime.opening_id)
        .join(opening_type, opening_type.c.opening_id == Opening.id)
        .where(
            OpenedTime.clinic_id == clinic_id,
            OpenedTime.book == book,
            OpenedTime.day >= first,
            opening_type.c.type_id == type_id,
            ~Opening.internal,
        )
        .order_by(OpenedTime.day)
        .limit(limit)
    ).all()


def books(session: Session, clinic_id: int) -> dict[Book, ClinicBook]:
    """The books that the clinic has set up; see schedule.rules for the presets of the others."""
    return {row.book: row for row in session.scalars(select(ClinicBook).where(ClinicBook.clinic_id == clinic_id))}


@dataclass(frozen=True)
class OpenedSearch:
    """What opened times are searched by; what is None or empty asks for nothing."""

    name: str = ""
    colour: str | None = None
    book: Book | None = None
    resource: int | None = None
    first: date | None = None
    last: date | None = None
    type_id: int | None = None
    internal: bool | None = None


@dataclass(frozen=True)
class Standing:
    """An opened time with what it was opened as."""

    time: OpenedTime
    opening: Opening


def opened(session: Session, clinic_id: int, search: OpenedSearch, limit: int | None = None) -> list[Standing]:
    """Opened times of a clinic that fit, by day, book, resource and time, with their openings and types."""
    wanted = select(OpenedTime, Opening).join(Opening, Opening.id == OpenedTime.opening_id)
    wanted = wanted.where(OpenedTime.clinic_id == clinic_id, *_fitting(search))
    order = (OpenedTime.day, OpenedTime.book, OpenedTime.resource, OpenedTime.start_minute, OpenedTime.id)
    wanted = wanted.order_by(*order).limit(limit).options(selectinload(Opening.types).joinedload(VisitType.category))
    return [Standing(time, opening) for time, opening in session.execute(wanted)]


def count_opened(session: Session, clinic_id: int, search: OpenedSearch) -> int:
    wanted = select(func.count()).select_from(OpenedTime).join(Opening, Opening.id == OpenedTime.opening_id)
    return session.scalar(wanted.where(OpenedTime.clinic_id == clinic_id, *_fitting(search))) or 0


@dataclass(frozen=True)
class Chosen:
    """How many opened times, between which days, in which books."""

    count: int
    first: date
    last: date
    books: Sequence[Book]


def chosen(session: Session, clinic_id: int, ids: Collection[int], first: date) -> Chosen | None:
    """Of the clinic's own among the ids, from `first` on; None if there are none."""
    columns = OpenedTime.book, func.count(), func.min(OpenedTime.day), func.max(OpenedTime.day)
    own = OpenedTime.clinic_id == clinic_id, OpenedTime.day >= first, one_of(OpenedTime.id, ids)
    rows = session.execute(select(*columns).where(*own).group_by(OpenedTime.book).order_by(OpenedTime.book)).all()
    if not rows:
        return None
    books, counts, firsts, lasts = zip(*rows, strict=True)
    return Chosen(sum(counts), min(firsts), max(lasts), books)


def _fitting(search: OpenedSearch) -> Iterator[ColumnElement[bool]]:
    if search.name:
        yield func.lower(Opening.name).contains(search.name.lower(), autoescape=True)
    if search.colour is not None:
        yield Opening.colour == search.colour
    if search.internal is not None:
        yield Opening.internal == search.internal
    if search.book is not None:
        yield OpenedTime.book == search.book
    if search.resource is not None:
        yield OpenedTime.resource == search.resource
    if search.first is not None:
        yield OpenedTime.day >= search.first
    if search.last is not None:
        yield OpenedTime.day <= search.last
    if search.type_id is not None:
        yield Opening.id.in_(select(opening_type.c.opening_id).where(opening_type.c.type_id == search.type_id))


def blocked(session: Session, clinic_id: int, first: date, last: date) -> Sequence[BlockedTime]:
    wanted = select(BlockedTime).where(BlockedTime.clinic_id == clinic_id, BlockedTime.day.between(first, last))
    return session.scalars(
        wanted.order_by(BlockedTime.day, BlockedTime.book, BlockedTime.resource, BlockedTime.start_minute)
    ).all()


def block(session: Session, block_id: int, clinic_id: int) -> BlockedTime | None:
    return session.scalar(select(BlockedTime).where(BlockedTime.id == block_id, BlockedTime.clinic_id == clinic_id))


WITH_TYPES = selectinload(ScheduleTemplate.types).joinedload(VisitType.category)


def templates(session: Session, clinic_id: int) -> Sequence[ScheduleTemplate]:
    wanted = select(ScheduleTemplate).where(ScheduleTemplate.clinic_id == clinic_id)
    return session.scalars(wanted.order_by(ScheduleTemplate.name, ScheduleTemplate.id).options(WITH_TYPES)).all()


def template(session: Session, template_id: int, clinic_id: int) -> ScheduleTemplate | None:
    wanted = select(ScheduleTemplate).where(ScheduleTemplate.id == template_id, ScheduleTemplate.clinic_id == clinic_id)
    return session.scalar(wanted.options(WITH_TYPES))


def change(session: Session, change_id: int, clinic_id: int, *, lock: bool = False) -> ScheduleChange | None:
    wanted = select(ScheduleChange).where(ScheduleChange.id == change_id, ScheduleChange.clinic_id == clinic_id)
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted)


def last_open_day(session: Session, clinic_id: int) -> date | None:
    return session.scalar(select(func.max(OpenedTime.day)).where(OpenedTime.clinic_id == clinic_id))


def colours(session: Session, clinic_id: int) -> Sequence[str]:
    """The colours in use."""
    wanted = select(Opening.colour).distinct().where(Opening.clinic_id == clinic_id, Opening.colour.is_not(None))
    return [colour for colour in session.scalars(wanted.order_by(Opening.colour)) if colour]
