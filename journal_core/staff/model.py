"""Who works where, as what, between which days."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.organisation.model import Clinic


class Role(StrEnum):
    PROVIDER_ADMIN = "vardgivaradmin"
    USER_ADMIN = "anvandaradmin"
    DOCTOR = "lakare"
    DOCTOR_ADMIN = "lakare_admin"
    NURSE = "sjukskoterska"
    NURSE_ADMIN = "sjukskoterska_admin"
    CARE_ADMINISTRATOR = "vardadministrator"
    BOOKING_ONLY = "endast_bokning"
    BLOCK_ADMIN = "sparradmin"
    LOG_UNIT = "logg_ve"
    LOG_PROVIDER = "logg_vg"


class StaffAccount(mapping.Mapped):
    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(unique=True)
    """Twelve digits, as the e-ID tells them."""
    hsa_id: Mapped[str | None] = mapped_column(index=True, unique=True)
    """As SITHS tells it; staff who log in so need no identity number there."""
    name: Mapped[str]
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]

    assignments: Mapped[list[Assignment]] = relationship(back_populates="account")


class Assignment(mapping.Mapped):
    """Uppdrag: role x clinic x dates. One at a time is used."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"), index=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    role: Mapped[Role] = mapped_column(mapping.text_enum(Role))
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    account: Mapped[StaffAccount] = relationship(back_populates="assignments")
    clinic: Mapped[Clinic] = relationship()
