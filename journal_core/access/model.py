"""State behind a browser's random reference. Only keyed hashes of references are kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from journal_core import mapping


class Purpose(StrEnum):
    RESIDENT = "resident"
    STAFF = "staff"


class WebSession(mapping.Mapped):
    """Somebody logged in: a resident (person) or staff (account, then assignment)."""

    __tablename__ = "web_session"

    reference: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the browser's reference."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The child for whom a guardian acts; the right to it is judged anew at each request."""
    eid: Mapped[str | None]
    """Name of the e-ID provider that identified."""
    device: Mapped[str | None]
    """What kind of browser it is, as in "Chrome, Windows", so that its owner knows it again."""
    created_at: Mapped[datetime]
    """When somebody logged in; acting for another doesn't prolong it."""
    seen_at: Mapped[datetime] = mapped_column(index=True)


class EidOrder(mapping.Mapped):
    """One identification under way, bound to the browser that began it."""

    __tablename__ = "eid_order"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    """Keyed hash of the browser's reference."""
    purpose: Mapped[Purpose] = mapped_column(mapping.text_enum(Purpose))
    next_path: Mapped[str]
    provider: Mapped[str | None]
    """Name of the e-ID provider."""
    provider_reference: Mapped[str]
    """The provider's own name for it."""
    content: Mapped[bytes | None]
    """What the provider has to be remembered by, how it stands and whom it named, sealed; context `eid_order:{id}`."""
    collect_after: Mapped[datetime | None]
    """The provider is not asked about it again before; None: it was never asked."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Draft(mapping.Mapped):
    """A booking being filled in. What was typed is sealed; context `draft:{id}`."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    content: Mapped[bytes]
    booking_id: Mapped[int | None]
    """The booking it became: sending the form again leads there."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who was logged in when it was written last: it is theirs after a lost session too, when the same e-ID returns."""
    seen_at: Mapped[datetime] = mapped_column(index=True)


class BookingPass(mapping.Mapped):
    """A browser that has shown a booking's code or link together with a date of birth may change it for a while."""

    __tablename__ = "booking_pass"

    owner: Mapped[str] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Device(mapping.Mapped):
    """A waiting-room screen: enrolled by a one-time code, known by a credential of its own, revocable (domain §7)."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str]
    """What staff call it: "Väntrum plan 1"."""
    created_at: Mapped[datetime]
    code: Mapped[str | None] = mapped_column(unique=True)
    """Keyed hash of the one-time code; empty once it was used."""
    code_until: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(unique=True)
    """Keyed hash of the credential in the screen's browser."""
    enrolled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    content: Mapped[bytes | None]
    """What the person at the screen has said and been answered, sealed; context `device:{id}`."""
    content_until: Mapped[datetime | None]


class Tries(mapping.Mapped):
    """How often something was tried within one window of time. `key` is a keyed hash."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]
