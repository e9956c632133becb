"""What a booking's pages say of the health declarations that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from journal_core.booking.model import Booking
from journal_core.declarations import queries


@dataclass(frozen=True)
class Wanted:
    """Of one of those who come."""

    position: int
    sent: bool


def wanted_of(session: Session, booking: Booking) -> list[Wanted]:
    """None where nothing is asked, or the booking is cancelled."""
    if booking.cancelled_at is not None:
        return []
    stands = queries.stands(session, booking.clinic.unit.provider_id, booking.visits)
    asked = [(visit.position, stands[visit.id]) for visit in booking.visits if visit.id in stands]
    return [Wanted(position, stand.known is not None) for position, stand in asked if stand.definition_id is not None]
