"""Holds, bookings and the visits in them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.actor import ActorKind
from journal_core.catalogue.model import Book, VisitType
from journal_core.messages.model import Channel
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person

COUNTED = "free IS NOT NULL"
WITHOUT_RESOURCE = "resource IS NULL AND cancelled_at IS NULL"


class ClinicDay(mapping.Mapped):
    """One row a clinic and day: what the deciding path locks, and what it has written down of what is left.

    `version` grows with each change of the day. What is written is never asked for permission.
    """

    __tablename__ = "clinic_day"
    __table_args__ = (
        Index("ix_clinic_day_stamp", "day", "clinic_id", "version", sqlite_where=text(COUNTED), postgresql_where=text(COUNTED)),
    )
    """For whoever asks what has changed (booking.remembered): the index alone answers, without the rows."""

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int]
    free: Mapped[bytes | None]
    """Free starts by type, as booking.summary packs them; None: nobody has counted yet."""
    free_after_holds: Mapped[bytes | None]
    """The same once every hold has run out."""
    next_hold_end: Mapped[datetime | None]
    """From then on `free` is too little."""
    last_hold_end: Mapped[datetime | None]
    """From then on `free_after_holds` is right."""


class Hold(mapping.Mapped):
    """A time kept for a draft until `held_until`; after that it counts for nothing."""

    __tablename__ = "hold"
    __table_args__ = (Index("ix_hold_day", "clinic_id", "day"),)

    draft_id: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("visit_type.id"))
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    resource: Mapped[int]
    day: Mapped[date]
    start_minute: Mapped[int]
    minutes: Mapped[int]
    created_at: Mapped[datetime]
    """When this time was taken: the age of the booking that it becomes."""
    held_until: Mapped[datetime]


class Booking(mapping.Mapped):
    """A time that is given. Live while `cancelled_at` is empty; with a resource it stands behind the database's wall."""

    __tablename__ = "booking"
    __table_args__ = (
        Index("ix_booking_day", "clinic_id", "day"),
        Index("ix_booking_lane", "lane_start", "lane_end"),
        Index(
            "ix_booking_without_resource",
            "clinic_id",
            sqlite_where=text(WITHOUT_RESOURCE),
            postgresql_where=text(WITHOUT_RESOURCE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("visit_type.id"))
    book: Mapped[Book] = mapped_column(mapping.text_enum(Book))
    resource: Mapped[int | None]
    """None: no resource is open for it any more (Resurs saknas)."""
    day: Mapped[date]
    start_minute: Mapped[int]
    minutes: Mapped[int]
    lane_start: Mapped[int | None] = mapped_column(BigInteger)
    lane_end: Mapped[int | None] = mapped_column(BigInteger)
    """Half-open span on one line of all resources and minutes; see booking.rules.lane."""

    code: Mapped[str] = mapped_column(unique=True)
    """Nine digits, said aloud on the phone."""
    link_hash: Mapped[str] = mapped_column(unique=True)
    link: Mapped[bytes]
    """Sealed token of /b/…; context `booking-link:{link_hash}`."""
    arrival_hash: Mapped[str] = mapped_column(unique=True)
    arrival_link: Mapped[bytes]
    """Sealed token of /a/…; context `booking-arrival:{arrival_hash}`."""
    calendar_id: Mapped[UUID]
    sequence: Mapped[int]
    """Grows with each change, for calendars."""

    created_at: Mapped[datetime]
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who was logged in with e-ID when it was made."""
    policy_text_id: Mapped[int | None] = mapped_column(ForeignKey("policy_text.id"))
    another_live: Mapped[bool]
    """Somebody in it had another live booking of the category here: staff see it."""
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[ActorKind | None] = mapped_column(mapping.text_enum(ActorKind))
    cancelled_late: Mapped[bool]

    mobile: Mapped[str | None]
    """E.164, of the booker and this booking only."""
    email: Mapped[str | None]
    channel: Mapped[Channel] = mapped_column(mapping.text_enum(Channel))
    language: Mapped[str]

    clinic: Mapped[Clinic] = relationship()
    type: Mapped[VisitType] = relationship()
    booked_by: Mapped[Person | None] = relationship()
    visits: Mapped[list[Visit]] = relationship(back_populates="booking", order_by="Visit.position")


class Visit(mapping.Mapped):
    """One person in a booking. The typed name is this visit's; the person's own record never takes it over."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int]
    given_name: Mapped[str]
    family_name: Mapped[str]
    hidden_from_guardians: Mapped[bool] = mapped_column(server_default=false())
    """A minor who booked alone asked that the guardians are not told."""

    booking: Mapped[Booking] = relationship(back_populates="visits")
    person: Mapped[Person] = relationship()
