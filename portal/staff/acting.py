"""Doing the next thing to a visit, as the one who pressed the button saw it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from journal_core.arrivals import queries as arrivals
from journal_core.arrivals import refusals
from journal_core.arrivals.model import Act, State
from journal_core.arrivals.rules import STEPS, state_of
from journal_core.arrivals.use_cases import change
from journal_core.booking import queries as bookings
from journal_core.booking.model import Visit
from journal_core.refusal import Refusal
from portal.web.gate import staff_actor
from portal.web.services import now


def act_as_seen(session: Session, visit: Visit, act: Act, seen: State) -> None:
    """Changes the visit unless its state is no longer `seen`. A button that is pressed twice acts once.

    Raises Refusal: state_changed, arrival_cancelled.
    """
    bookings.booking(session, visit.booking_id, lock=True)
    state = state_of(arrivals.arrival(session, visit.id))
    if state is STEPS.get((seen, act)):
        return
    if state is not seen:
        raise Refusal(refusals.STATE_CHANGED, state=state)
    change(session, staff_actor(), visit, act, now())
