"""Rows of the access log: ids only, so that the log never repeats what it guards (HSLF-FS 2016:40)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from journal_core import mapping
from journal_core.actor import ActorKind


class Action(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    REBOOKED = "rebooked"
    IDENTIFIED = "identified"
    """Code and date of birth opened a booking for change."""
    LOGGED_IN = "logged_in"
    SAW_DAY = "saw_day"
    PRINTED_DAY = "printed_day"
    SAW_VISIT = "saw_visit"
    SAW_OWN = "saw_own"
    ARRIVED = "arrived"
    STARTED = "started"
    DONE = "done"
    NO_SHOW = "no_show"
    UNDONE = "undone"
    SCHEDULE_CHANGED = "schedule_changed"
    """Time was opened, closed, changed or blocked; nobody's data were seen."""
    REGISTER_TOLD = "register_told"
    """What the person register tells of somebody was fetched and written down."""
    MERGED = "merged"
    """Two records turned out to be one person's; a row for each of them."""
    SETTINGS_CHANGED = "settings_changed"
    """What residents can do, or what is asked of them; nobody's data were seen."""
    SAW_WITHOUT_RESOURCE = "saw_without_resource"
    SCREEN_ADDED = "screen_added"
    SCREEN_ENROLLED = "screen_enrolled"
    SCREEN_REVOKED = "screen_revoked"
    SEALED = "sealed"
    """From now on nobody else acts for the person online."""
    SEAL_LIFTED = "seal_lifted"
    CONSENT_ASKED = "consent_asked"
    """A guardian was asked about the person."""
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    DECLARED = "declared"
    """The person's health declaration was sent."""
    SAW_DECLARATION = "saw_declaration"
    PRINTED_DECLARATION = "printed_declaration"
    DECLARATION_COMMENTED = "declaration_commented"


class AccessLogRow(mapping.Mapped):
    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_person_at", "person_id", "at"),
        Index("ix_access_log_clinic_at", "clinic_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(mapping.text_enum(ActorKind))
    actor_id: Mapped[int | None]
    assignment_id: Mapped[int | None]
    clinic_id: Mapped[int | None]
    person_id: Mapped[int | None]
    booking_id: Mapped[int | None]
    action: Mapped[Action] = mapped_column(mapping.text_enum(Action))
