"""Judges of arrivals: read top-down, first rung that holds decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from journal_core.arrivals import refusals
from journal_core.arrivals.model import Act, Arrival, State
from journal_core.booking.model import Booking
from journal_core.booking.rules import end_of, time_of
from journal_core.clock import local
from journal_core.organisation import rules as organisation
from journal_core.refusal import Refusal

LATE_AFTER = timedelta(minutes=30)
"""So long after its start a visit registers itself; later the staff decide what is possible."""

STEPS: dict[tuple[State, Act], State] = {
    (State.BOOKED, Act.ARRIVE): State.ARRIVED,
    (State.BOOKED, Act.NO_SHOW): State.NO_SHOW,
    (State.ARRIVED, Act.START): State.STARTED,
    (State.ARRIVED, Act.UNDO): State.BOOKED,
    (State.STARTED, Act.FINISH): State.DONE,
    (State.STARTED, Act.UNDO): State.ARRIVED,
    (State.DONE, Act.UNDO): State.STARTED,
    (State.NO_SHOW, Act.UNDO): State.BOOKED,
}
"""Every step a visit can take."""


def state_of(arrival: Arrival | None) -> State:
    if arrival is None:
        return State.BOOKED
    rungs = (
        (arrival.done_at, State.DONE),
        (arrival.started_at, State.STARTED),
        (arrival.no_show_at, State.NO_SHOW),
        (arrival.arrived_at, State.ARRIVED),
    )
    return next((state for at, state in rungs if at is not None), State.BOOKED)


def acts_for(state: State) -> list[Act]:
    """What can be done now, the next act first."""
    return [act for before, act in STEPS if before is state]


def next_state(state: State, act: Act) -> State:
    """Raises Refusal: state_changed, when the act doesn't fit the state any more."""
    if (state, act) not in STEPS:
        raise Refusal(refusals.STATE_CHANGED, state=state)
    return STEPS[state, act]


def opens_at(booking: Booking) -> datetime:
    return time_of(booking).instant - timedelta(minutes=booking.clinic.arrival_opens_minutes)


def check_arrival(booking: Booking, arrivals: Sequence[Arrival | None], now: datetime) -> None:
    """That a booking can register its arrival now. Each "no" is a Refusal of its own, with the time it is about."""
    start, today = time_of(booking).instant, local(now).date()
    states = {state_of(arrival) for arrival in arrivals}
    if not organisation.takes_arrivals(booking.clinic):
        raise Refusal(refusals.NOT_HERE)
    if booking.cancelled_at is not None:
        raise Refusal(refusals.CANCELLED)
    if booking.day < today:
        raise Refusal(refusals.PASSED, time=time_of(booking))
    if booking.day > today:
        raise Refusal(refusals.WRONG_DAY, time=time_of(booking))
    if states == {State.DONE}:
        raise Refusal(refusals.FINISHED)
    if states <= {State.DONE, State.NO_SHOW}:
        raise Refusal(refusals.LATE)
    if State.BOOKED not in states:
        raise Refusal(refusals.ALREADY)
    if now < opens_at(booking):
        raise Refusal(refusals.EARLY, opens_at=opens_at(booking))
    if now > start + LATE_AFTER:
        raise Refusal(refusals.LATE)


def can_declare(booking: Booking, state: State, now: datetime) -> bool:
    """Whether one who comes may still answer about their health: until the visit is over, and while one waits however late."""
    if booking.cancelled_at is not None:
        return False
    return state in (State.ARRIVED, State.STARTED) or (state is State.BOOKED and now <= end_of(booking))
