"""Registering arrivals, changing a visit's state, cancelling what has not begun."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.arrivals import queries, refusals, rules
from journal_core.arrivals.model import Act, Arrival, State
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking import refusals as booking_refusals
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Time
from journal_core.catalogue.model import ReasonKind
from journal_core.clock import local
from journal_core.declarations import use_cases as declarations
from journal_core.organisation import rules as organisation
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal

LOGGED = {
    Act.ARRIVE: Action.ARRIVED,
    Act.START: Action.STARTED,
    Act.FINISH: Action.DONE,
    Act.NO_SHOW: Action.NO_SHOW,
    Act.UNDO: Action.UNDONE,
}
KEPT: dict[State, tuple[str, ...]] = {
    State.BOOKED: (),
    State.ARRIVED: ("arrived_at",),
    State.STARTED: ("arrived_at", "started_at"),
    State.DONE: ("arrived_at", "started_at", "done_at"),
    State.NO_SHOW: ("no_show_at",),
}
"""Which times an Arrival in a state has; the others are empty."""


def register(session: Session, actor: Actor, booking_id: int, now: datetime) -> Booking:
    """ "I am here" for everybody in a booking who is not yet registered.

    Raises Refusal: those of arrivals.rules.check_arrival.
    """
    found = bookings.booking(session, booking_id, lock=True)
    if found is None:
        raise Refusal(booking_refusals.CODE_UNKNOWN)
    known = queries.arrivals(session, [visit.id for visit in found.visits])
    rules.check_arrival(found, [known.get(visit.id) for visit in found.visits], now)
    for visit in found.visits:
        if rules.state_of(known.get(visit.id)) is State.BOOKED:
            _move(session, actor, visit, known.get(visit.id), Act.ARRIVE, now)
    return found


def register_at_screen(session: Session, actor: Actor, clinic: Clinic, booking_id: int, now: datetime) -> Booking:
    """The same at a clinic's waiting-room screen, for a booking that was shown by QR code or by code and date of birth.

    Raises Refusal: arrival_ask_staff (no public unit), arrival_elsewhere, those of arrivals.rules.check_arrival.
    """
    found = bookings.booking(session, booking_id)
    if found is None or not organisation.screen_registers(clinic):
        raise Refusal(refusals.ASK_STAFF)
    if found.clinic_id != clinic.id:
        raise Refusal(refusals.ELSEWHERE)
    return register(session, actor, booking_id, now)


def register_by_number(session: Session, actor: Actor, clinic: Clinic, number: str, now: datetime) -> None:
    """ "I am here" at a screen for the one person with this identity number (twelve digits).

    Whoever typed it learns "registered" or "ask the staff" and nothing else (domain §7), so that nobody finds out about
    another's visit. Raises Refusal: arrival_ask_staff.
    """
    visits = bookings.visits_of_number(session, clinic.id, number, local(now).date())
    if not organisation.screen_registers(clinic) or not [each for each in visits if _came(session, actor, each, now)]:
        raise Refusal(refusals.ASK_STAFF)


def _came(session: Session, actor: Actor, visit: Visit, now: datetime) -> bool:
    """Registers one person's visit; whether it is registered afterwards."""
    found = bookings.booking(session, visit.booking_id, lock=True)
    assert found is not None
    arrival = queries.arrival(session, visit.id)
    try:
        rules.check_arrival(found, [arrival], now)
    except Refusal as refusal:
        return refusal.code == refusals.ALREADY
    _move(session, actor, visit, arrival, Act.ARRIVE, now)
    return True


def change(session: Session, actor: Actor, visit: Visit, act: Act, now: datetime, *, seen: State | None = None) -> State:
    """What staff do to a visit. With the state they saw (`seen`), a button that is pressed twice acts once.

    Raises Refusal: state_changed, arrival_cancelled.
    """
    locked = bookings.booking(session, visit.booking_id, lock=True)
    if locked is None or locked.cancelled_at is not None:
        raise Refusal(refusals.CANCELLED)
    arrival = queries.arrival(session, visit.id)
    state = rules.state_of(arrival)
    if seen is not None and state is rules.STEPS.get((seen, act)):
        return state
    if seen not in (None, state):
        raise Refusal(refusals.STATE_CHANGED, state=state)
    return _move(session, actor, visit, arrival, act, now)


def cancel(session: Session, actor: Actor, tools: booking.Tools, booking_id: int, now: datetime) -> Booking:
    """Cancels a booking to which nothing has happened yet. Raises Refusal: those of booking's cancel, already_arrived."""
    _check_nobody_came(session, booking.locked(session, booking_id))
    return booking.cancel(session, actor, tools, booking_id, now)


def rebook(session: Session, actor: Actor, tools: booking.Tools, booking_id: int, time: Time, now: datetime) -> Booking:
    """Moves a booking to which nothing has happened yet. Raises Refusal: those of booking's rebook, already_arrived."""
    _check_nobody_came(session, booking.locked(session, booking_id, {time.day}))
    return booking.rebook(session, actor, tools, booking_id, time, now)


def _check_nobody_came(session: Session, found: Booking) -> None:
    known = queries.arrivals(session, [visit.id for visit in found.visits])
    if any(rules.state_of(arrival) is not State.BOOKED for arrival in known.values()):
        raise Refusal(booking_refusals.ALREADY_ARRIVED)


def declared_late(session: Session, visit: Visit, now: datetime) -> None:
    """What is told with the staff at a visit that is done already is what that vaccination prolongs or consumes."""
    state = rules.state_of(queries.arrivals(session, [visit.id]).get(visit.id))
    if state is State.DONE and _is_vaccination(visit):
        declarations.vaccinated(session, visit, visit.booking.clinic.unit.provider_id, now)


def _is_vaccination(visit: Visit) -> bool:
    return visit.booking.type.category.reason.kind is not ReasonKind.OTHER


def _move(
    session: Session,
    actor: Actor,
    visit: Visit,
    arrival: Arrival | None,
    act: Act,
    now: datetime,
) -> State:
    state = rules.next_state(rules.state_of(arrival), act)
    row = arrival or _first_row(session, visit, now)
    for name in ("arrived_at", "started_at", "done_at", "no_show_at"):
        setattr(row, name, (getattr(row, name) or now) if name in KEPT[state] else None)
    row.changed_at = now
    if act is Act.FINISH and _is_vaccination(visit):
        declarations.vaccinated(session, visit, visit.booking.clinic.unit.provider_id, now)
    if act is Act.UNDO:
        declarations.not_vaccinated(session, visit.id)
    row.registered_by = (row.registered_by or actor.kind) if row.arrived_at else None
    audit.record(
        session,
        actor,
        LOGGED[act],
        now,
        persons=[visit.person_id],
        clinic_id=visit.booking.clinic_id,
        booking_id=visit.booking_id,
    )
    return state


def _first_row(session: Session, visit: Visit, now: datetime) -> Arrival:
    row = Arrival(visit_id=visit.id, changed_at=now)
    session.add(row)
    return row
