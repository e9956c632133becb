"""Reasons for all, categories and types per clinic. Category is not type: the type alone is booked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.organisation.model import Clinic
from journal_core.texts import Translatable


class ReasonKind(StrEnum):
    VACCINATION = "vaccination"
    TRAVEL = "travel"
    OTHER = "other"


class Book(StrEnum):
    """The two books of a clinic. Their names are the clinic's own and never shown to residents."""

    A = "A"
    B = "B"


class Reason(mapping.Mapped):
    """Strukturerad besöksanledning, one list for the whole system."""

    __tablename__ = "reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[ReasonKind] = mapped_column(mapping.text_enum(ReasonKind))
    position: Mapped[int]


class ProviderReason(Translatable, mapping.Mapped):
    """What a provider asks for a reason (domain §4)."""

    __tablename__ = "provider_reason"
    __table_args__ = (UniqueConstraint("provider_id", "reason_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"))
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"))
    eid_demanded: Mapped[bool] = mapped_column(default=False)
    digital_consent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The guardians of a minor consent here when one of them books."""
    consent_until_age: Mapped[int | None]
    """Digital consent is asked "up to N years" (domain §4): for whoever has not turned N + 1 on the day of the visit."""
    information: Mapped[str | None]


class VisitCategory(Translatable, mapping.Mapped):
    """What a clinic offers for a reason, in its own words. Ages in whole years, inclusive, on the day of the visit."""

    __tablename__ = "visit_category"
    __table_args__ = (CheckConstraint("min_age <= max_age", name="ages_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), index=True)
    name: Mapped[str]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    invisible_online: Mapped[bool] = mapped_column(default=False)
    series: Mapped[bool] = mapped_column(default=False)
    """One live booking a day instead of one in all (domain §3)."""
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    clinic: Mapped[Clinic] = relationship()
    reason: Mapped[Reason] = relationship()
    types: Mapped[list[VisitType]] = relationship(back_populates="category", order_by="VisitType.position, VisitType.id")


class VisitType(Translatable, mapping.Mapped):
    """How one comes: minutes, at most how many persons, which book."""

    __tablename__ = "visit_type"
    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="whole_fives"),
        CheckConstraint("persons BETWEEN 1 AND 10", name="some_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("visit_category.id"), index=True)
    name: Mapped[str]
    minutes: Mapped[int]
    persons: Mapped[int] = mapped_column(default=1)
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book), default=Book.A)
    drop_in: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    category: Mapped[VisitCategory] = relationship(back_populates="types")
