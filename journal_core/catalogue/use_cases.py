"""Adding, renaming, moving and retiring what a clinic offers. Nothing is deleted: bookings may stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.catalogue import refusals
from journal_core.catalogue.model import Book, Reason, VisitCategory, VisitType
from journal_core.refusal import Refusal

LONGEST_VISIT = 8 * 60
MOST_PERSONS = 10


@dataclass(frozen=True)
class NewCategory:
    reason_id: int
    name: str
    min_age: int | None = None
    max_age: int | None = None
    invisible_online: bool = False
    series: bool = False


@dataclass(frozen=True)
class NewType:
    name: str
    minutes: int
    persons: int = 1
    book: Book = Book.A
    drop_in: bool = False


def add_category(session: Session, clinic_id: int, told: NewCategory, first: NewType) -> VisitCategory:
    """With its first type, last in the clinic's order. Raises Refusal: reason_unknown, ages_order, those of add_type."""
    if session.get(Reason, told.reason_id) is None:
        raise Refusal(refusals.REASON_UNKNOWN)
    if told.min_age is not None and told.max_age is not None and told.min_age > told.max_age:
        raise Refusal(refusals.AGES_ORDER)
    last = session.scalar(select(func.max(VisitCategory.position)).where(VisitCategory.clinic_id == clinic_id)) or 0
    category = VisitCategory(
        clinic_id=clinic_id,
        reason_id=told.reason_id,
        name=told.name,
        min_age=told.min_age,
        max_age=told.max_age,
        invisible_online=told.invisible_online,
        series=told.series,
        position=last + 1,
    )
    session.add(category)
    session.flush()
    add_type(session, category, first)
    return category


def add_type(session: Session, category: VisitCategory, told: NewType) -> VisitType:
    """Raises Refusal: minutes_wrong, persons_wrong."""
    if told.minutes % 5 or not 0 < told.minutes <= LONGEST_VISIT:
        raise Refusal(refusals.MINUTES_WRONG, most=LONGEST_VISIT)
    if not 1 <= told.persons <= MOST_PERSONS:
        raise Refusal(refusals.PERSONS_WRONG, most=MOST_PERSONS)
    last = session.scalar(select(func.max(VisitType.position)).where(VisitType.category_id == category.id)) or 0
    kind = VisitType(
        category_id=category.id,
        name=told.name,
        minutes=told.minutes,
        persons=told.persons,
        book=told.book,
        drop_in=told.drop_in,
        position=last + 1,
    )
    session.add(kind)
    session.flush()
    return kind


def rename(category: VisitCategory, name: str, types: Mapping[int, str]) -> None:
    """New names, of its types by id; those of other categories are passed over. Bookings that stand bear the new ones too."""
    category.name = name
    for kind in category.types:
        kind.name = types.get(kind.id, kind.name)


def retire_category(category: VisitCategory, now: datetime) -> None:
    """No longer offered; bookings that stand, stand."""
    category.retired_at = category.retired_at or now


def retire_type(kind: VisitType, now: datetime) -> None:
    kind.retired_at = kind.retired_at or now


def move_category(session: Session, category: VisitCategory, *, up: bool) -> None:
    """Changes places with the neighbour, if there is one."""
    own = select(VisitCategory).where(VisitCategory.clinic_id == category.clinic_id, VisitCategory.retired_at.is_(None))
    ordered = list(session.scalars(own.order_by(VisitCategory.position, VisitCategory.id)))
    at = ordered.index(category)
    to = at - 1 if up else at + 1
    if 0 <= to < len(ordered):
        ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, one in enumerate(ordered, start=1):
        one.position = position
