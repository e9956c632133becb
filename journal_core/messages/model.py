"""The outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from journal_core import mapping


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    BOTH = "both"
    NONE = "none"

    @property
    def ways(self) -> tuple[Channel, ...]:
        """The single ways that this choice means."""
        if self is Channel.BOTH:
            return (Channel.SMS, Channel.EMAIL)
        return () if self is Channel.NONE else (self,)


class MessageKind(StrEnum):
    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    ANOTHER_BOOKING = "another_booking"
    CONSENT = "consent"
    """The other guardian is asked."""
    CONSENT_CHANGED = "consent_changed"
    """The other guardian has said no: who booked should look."""


class OutgoingMessage(mapping.Mapped):
    """One text to one recipient by one way. Sent once: `sent_at` says when."""

    __tablename__ = "outgoing_message"
    __table_args__ = (Index("ix_outgoing_message_due", "sent_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(mapping.text_enum(MessageKind))
    way: Mapped[Channel] = mapped_column(mapping.text_enum(Channel))
    recipient: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes]
    """Sealed, for it carries the booking's link; context `outgoing_message:{booking_id}`."""
    booking_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
