"""Persons."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey
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
    """Secrecy marking or protected registration."""
    created_at: Mapped[datetime]
    register_at: Mapped[datetime | None]
    """When the person register last told of this person, or said that it knows no such number."""
    registered: Mapped[bool | None]
    """Whether the register knew the number; None before it was asked."""
    deceased_on: Mapped[date | None]
    emigrated_on: Mapped[date | None]
    care_of: Mapped[str | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    """The registered address; of a protected person none is kept."""
    sealed_at: Mapped[datetime | None]
    """Since when nobody else acts for this person online: a seal set by staff (domain §9, Spärradmin)."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who this person became when the number changed; the old number leads there for ever."""


class Guardianship(mapping.Mapped):
    """That the register, when the child was last asked about, named somebody as the child's guardian."""

    __tablename__ = "guardianship"

    child_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    told_at: Mapped[datetime]
