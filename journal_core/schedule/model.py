"""An opening says what is open; its opened times say when, one row a resource and day. Blocked time takes from it again."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.catalogue.model import Book, VisitType

FRAME_FIRST, FRAME_LAST = 5 * 60, 23 * 60
"""No opened time outside 05.00-23.00."""

LAST_RESOURCE = 999
"""Of a book: a thousand lie beside each other in booking.rules.lane."""

WITHIN_FRAME = f"start_minute >= {FRAME_FIRST} AND start_minute < end_minute AND end_minute <= {FRAME_LAST}"
WHOLE_FIVES = "start_minute % 5 = 0 AND end_minute % 5 = 0"
RESOURCES_FROM_ONE = f"resource BETWEEN 1 AND {LAST_RESOURCE}"


def _types_of(owner: str) -> Table:
    return Table(
        f"{owner}_type",
        mapping.Mapped.metadata,
        Column(f"{owner}_id", ForeignKey(f"{owner}.id"), primary_key=True),
        Column("type_id", ForeignKey("visit_type.id"), primary_key=True, index=True),
    )


opening_type = _types_of("opening")
schedule_template_type = _types_of("schedule_template")


class Opening(mapping.Mapped):
    """What was opened together: a name, a colour, the types it is open for."""

    __tablename__ = "opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str]
    colour: Mapped[str | None]
    internal: Mapped[bool] = mapped_column(default=False)
    """Interntid: never bookable by residents."""

    types: Mapped[list[VisitType]] = relationship(secondary=opening_type)


class ScheduleTemplate(mapping.Mapped):
    """Schemamall: what a form that opens time is filled with."""

    __tablename__ = "schedule_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str]
    colour: Mapped[str | None]
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    internal: Mapped[bool] = mapped_column(default=False)

    types: Mapped[list[VisitType]] = relationship(secondary=schedule_template_type)


class ChangeKind(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    COPIED = "copied"
    EDITED = "edited"


class ScheduleChange(mapping.Mapped):
    """One change of opened time, with what it needs to be undone."""

    __tablename__ = "schedule_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(mapping.text_enum(ChangeKind))
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    removed: Mapped[list[list[Any]]] = mapped_column(JSON)
    """Rows that went or were changed, as they were, with the days of those alike; booking.changes reads them again."""
    left: Mapped[int] = mapped_column(default=0)
    """How many rows carry this change's id: as long as they all do, nobody has touched them since."""
    undone_at: Mapped[datetime | None]


class OpenedTime(mapping.Mapped):
    """A stretch of one resource's day. Minutes from midnight, half-open."""

    __tablename__ = "opened_time"
    __table_args__ = (
        CheckConstraint(WITHIN_FRAME, name="within_frame"),
        CheckConstraint(WHOLE_FIVES, name="whole_fives"),
        CheckConstraint(RESOURCES_FROM_ONE, name="resources_from_one"),
        Index("ix_opened_time_day", "clinic_id", "book", "day"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"), index=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    resource: Mapped[int]
    day: Mapped[date]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("schedule_change.id"), index=True)
    """The change that made or last touched it; None for what no person opened."""


class BlockedTime(mapping.Mapped):
    """Time that staff have blocked on a resource: it shows in the schedule and offers no starts."""

    __tablename__ = "blocked_time"
    __table_args__ = (
        CheckConstraint(WITHIN_FRAME, name="within_frame"),
        CheckConstraint(WHOLE_FIVES, name="whole_fives"),
        CheckConstraint(RESOURCES_FROM_ONE, name="resources_from_one"),
        Index("ix_blocked_time_day", "clinic_id", "day"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    resource: Mapped[int]
    day: Mapped[date]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    note: Mapped[str | None]


class ClinicBook(mapping.Mapped):
    """A clinic's book: its name, and how many resources it has on each weekday. Without a row: the presets of rules."""

    __tablename__ = "clinic_book"
    __table_args__ = (
        CheckConstraint(
            " AND ".join(
                f"{day} BETWEEN 0 AND {LAST_RESOURCE}"
                for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
            ),
            name="some_resources",
        ),
    )

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book), primary_key=True)
    name: Mapped[str]
    monday: Mapped[int]
    tuesday: Mapped[int]
    wednesday: Mapped[int]
    thursday: Mapped[int]
    friday: Mapped[int]
    saturday: Mapped[int]
    sunday: Mapped[int]
