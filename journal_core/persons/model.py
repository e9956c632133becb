"""Persons."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from journal_core import mapping


class IdentityKind(StrEnum):
    PERSONAL = "personnummer"
    COORDINATION = "samordningsnummer"
    NONE = "none"
    """Known only by birth date, name and sex."""


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Person(mapping.Mapped):
    """Anyone who is or may be vaccinated.

    Names come from a register or an e-ID, never from a form: what a stranger types belongs to the booking alone.
    """

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("(identity IS NULL) = (identity_kind = 'none')", name="identity_by_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    identity_kind: Mapped[IdentityKind] = mapped_column(mapping.text_enum(IdentityKind))
    identity: Mapped[str | None] = mapped_column(unique=True)
    """Twelve digits, the one canonical form."""
    birth_date: Mapped[date]
    sex: Mapped[Sex] = mapped_column(mapping.text_enum(Sex), default=Sex.UNKNOWN)
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    """When an e-ID or a register last told the name."""
    protected: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
