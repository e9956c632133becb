"""An opening says what is open; its opened times say when, one row a resource and day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.catalogue.model import Book, VisitType

FRAME_FIRST, FRAME_LAST = 5 * 60, 23 * 60
"""No opened time outside 05.00-23.00."""

LAST_RESOURCE = 999
"""Of a book: a thousand lie beside each other in booking.rules.lane."""

opening_type = Table(
    "opening_type",
    mapping.Mapped.metadata,
    Column("opening_id", ForeignKey("opening.id"), primary_key=True),
    Column("type_id", ForeignKey("visit_type.id"), primary_key=True, index=True),
)


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


class OpenedTime(mapping.Mapped):
    """A stretch of one resource's day. Minutes from midnight, half-open."""

    __tablename__ = "opened_time"
    __table_args__ = (
        CheckConstraint(
            f"start_minute >= {FRAME_FIRST} AND start_minute < end_minute AND end_minute <= {FRAME_LAST}",
            name="within_frame",
        ),
        CheckConstraint(f"resource BETWEEN 1 AND {LAST_RESOURCE}", name="resources_from_one"),
        Index("ix_opened_time_day", "clinic_id", "book", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"), index=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    resource: Mapped[int]
    day: Mapped[date]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
