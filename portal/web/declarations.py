"""What a booking's pages say of the health declarations that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from journal_core.access import queries as access
from journal_core.arrivals.queries import arrivals
from journal_core.arrivals.rules import can_declare, state_of
from journal_core.booking.model import Booking
from journal_core.declarations import queries
from journal_core.organisation.rules import demands_eid_to_declare
from portal.web.acting import my_visit, subject_id
from portal.web.services import now
from portal.web.sessions import owner


@dataclass(frozen=True)
class Wanted:
    """Of one of those who come."""

    position: int
    sent: bool
    opened: bool
    """This browser may answer without saying or showing anything more."""


def wanted_of(session: Session, booking: Booking) -> list[Wanted]:
    """Of those who may answer still; none where nothing is asked."""
    known = arrivals(session, [visit.id for visit in booking.visits])
    visits = [visit for visit in booking.visits if can_declare(booking, state_of(known.get(visit.id)), now())]
    stands = queries.stands(session, booking.clinic.unit.provider_id, visits) if visits else {}
    asked = [(visit, stands[visit.id]) for visit in visits if visit.id in stands and stands[visit.id].definition_id is not None]
    if not asked:
        return []
    by_eid, may = demands_eid_to_declare(booking.clinic), _may(session, booking)
    return [
        Wanted(visit.position, stand.known is not None, visit.person_id == subject_id() if by_eid else may)
        for visit, stand in asked
    ]


def _may(session: Session, booking: Booking) -> bool:
    """This browser has made the booking or opened it with a date of birth, or somebody is logged in who comes."""
    return (
        access.may_change(session, owner(), booking.id, now())
        or access.booked_here(session, owner(), booking.id, now())
        or my_visit(session, booking) is not None
    )
