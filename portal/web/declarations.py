"""What a booking's pages say of the health declarations that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from journal_core.access import queries as access
from journal_core.booking.model import Booking
from journal_core.declarations import queries
from portal.web.acting import my_visit
from portal.web.services import now
from portal.web.sessions import owner


@dataclass(frozen=True)
class Wanted:
    """Of one of those who come."""

    position: int
    sent: bool


def may_declare(session: Session, booking: Booking) -> bool:
    """This browser has made the booking or opened it with a date of birth, or somebody is logged in who comes."""
    return (
        access.may_change(session, owner(), booking.id, now())
        or access.booked_here(session, owner(), booking.id, now())
        or my_visit(session, booking) is not None
    )


def wanted_of(session: Session, booking: Booking) -> list[Wanted]:
    """None where nothing is asked, or the booking is cancelled."""
    if booking.cancelled_at is not None:
        return []
    stands = queries.stands(session, booking.clinic.unit.provider_id, booking.visits)
    asked = [(visit.position, stands[visit.id]) for visit in booking.visits if visit.id in stands]
    return [Wanted(position, stand.known is not None) for position, stand in asked if stand.definition_id is not None]
