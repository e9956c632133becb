"""Who was asked, by which link, and what was answered. What holds now follows from the events (consent.rules)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.booking.model import Visit
from journal_core.messages.model import Channel
from journal_core.persons.model import Person


class ConsentText(mapping.Mapped):
    """A text exactly as somebody read it. Never changed: another text is another row."""

    __tablename__ = "consent_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of language and text, in hex."""
    language: Mapped[str]
    text: Mapped[str]


class Answer(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentRequest(mapping.Mapped):
    """One guardian of a child is asked about one visit. Who booked has one too, answered at once."""

    __tablename__ = "consent_request"
    __table_args__ = (UniqueConstraint("visit_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    link_hash: Mapped[str] = mapped_column(unique=True)
    link: Mapped[bytes]
    """Sealed token of the page where it is answered; context `consent-link:{link_hash}`."""
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    channel: Mapped[Channel] = mapped_column(mapping.text_enum(Channel))
    language: Mapped[str]
    created_at: Mapped[datetime]

    visit: Mapped[Visit] = relationship()
    guardian: Mapped[Person] = relationship()
    events: Mapped[list[ConsentEvent]] = relationship(back_populates="request", order_by="ConsentEvent.id")


class ConsentEvent(mapping.Mapped):
    """By whom, for whom: the request says it. When, what, identified how, to which exact text: this row."""

    __tablename__ = "consent_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("consent_request.id"), index=True)
    at: Mapped[datetime]
    answer: Mapped[Answer] = mapped_column(mapping.text_enum(Answer))
    text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_text.id"))
    """None for one that was only asked."""
    identified_by: Mapped[str | None]
    """Name of the e-ID provider by which the guardian was logged in."""

    request: Mapped[ConsentRequest] = relationship(back_populates="events")
    text: Mapped[ConsentText | None] = relationship()
