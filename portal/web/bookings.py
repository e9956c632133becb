"""What a booking's page shows: right for the moment, never a name, a number or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from journal_core.actor import ActorKind
from journal_core.arrivals.model import Arrival, State
from journal_core.arrivals.rules import check_arrival, opens_at, state_of
from journal_core.booking.model import Booking
from journal_core.booking.rules import Time, end_of, is_late_cancellation, last_free_cancellation, time_of
from journal_core.clock import local
from journal_core.organisation.rules import (
    allows_online_cancellation,
    allows_online_rebooking,
    can_be_booked_online,
    takes_arrivals,
)
from journal_core.refusal import Refusal
from portal.web.i18n import clock_of, say_day
from portal.words import STATES

LEAST_FINISHED_FIRST = (State.ARRIVED, State.STARTED, State.BOOKED, State.DONE, State.NO_SHOW)
"""What a page for several persons speaks of: somebody who waits goes before somebody who is done."""


@dataclass(frozen=True)
class Shown:
    """A booking at a moment."""

    booking: Booking
    time: Time
    state: str
    """A State's value or "cancelled": picks shape and colour."""
    word: str
    said: str
    """What this state means for the person, in one sentence."""
    to_come: bool
    """The visit is still to come or going on: worth a calendar and a print."""
    over: bool
    """Cancelled, missed or past: what remains is to book anew."""
    can_arrive: bool
    """"I am here" is the one thing to do."""
    arrives_from: datetime | None
    """When it can be registered, where that is still to come."""
    can_cancel: bool
    by_phone: bool
    """It could be cancelled, but only by telephone."""
    can_rebook: bool
    rebook_by_phone: bool
    late: bool
    last_free: datetime


def shown(booking: Booking, arrivals: Mapping[int, Arrival], now: datetime) -> Shown:
    states = [state_of(arrivals.get(visit.id)) for visit in booking.visits]
    state = next((state for state in LEAST_FINISHED_FIRST if state in states), State.BOOKED)
    coming = booking.cancelled_at is None and now < time_of(booking).instant and set(states) <= {State.BOOKED}
    can_arrive = _can_arrive(booking, arrivals, now)
    value, word, said = _state(booking, state, now)
    return Shown(
        booking=booking,
        time=time_of(booking),
        state=value,
        word=word,
        said=said,
        to_come=coming or can_arrive,
        over=booking.cancelled_at is not None or state is State.NO_SHOW or (state is State.BOOKED and now > end_of(booking)),
        can_arrive=can_arrive,
        arrives_from=opens_at(booking) if coming and takes_arrivals(booking.clinic) and not can_arrive else None,
        can_cancel=coming and allows_online_cancellation(booking.clinic),
        can_rebook=coming and allows_online_rebooking(booking.clinic) and can_be_booked_online(booking.clinic),
        rebook_by_phone=coming and not allows_online_rebooking(booking.clinic),
        by_phone=coming and not allows_online_cancellation(booking.clinic),
        late=is_late_cancellation(booking.clinic, time_of(booking), now),
        last_free=last_free_cancellation(booking.clinic, time_of(booking)),
    )


def _can_arrive(booking: Booking, arrivals: Mapping[int, Arrival], now: datetime) -> bool:
    try:
        check_arrival(booking, [arrivals.get(visit.id) for visit in booking.visits], now)
    except Refusal:
        return False
    return True


def _state(booking: Booking, state: State, now: datetime) -> tuple[str, str, str]:
    """Value, word and sentence."""
    if booking.cancelled_at is not None:
        return "cancelled", _("Avbokad"), _cancelled(booking, booking.cancelled_at)
    if state is State.BOOKED and now > end_of(booking):
        return (
            state.value,
            _("Tiden har varit"),
            _("Tiden har redan varit. Vill du komma en annan dag? Boka en ny tid."),
        )
    sentences = {
        State.BOOKED: "",
        State.ARRIVED: _("Du är anmäld. Sätt dig, vi hämtar dig."),
        State.STARTED: _("Besöket pågår."),
        State.DONE: _("Besöket är klart. Tack för att du kom."),
        State.NO_SHOW: _("Mottagningen har noterat att du inte kom. Ring dem om det inte stämmer."),
    }
    return state.value, str(STATES[state]), sentences[state]


def _cancelled(booking: Booking, at: datetime) -> str:
    day = say_day(local(at).date())
    if booking.cancelled_by is ActorKind.STAFF:
        return _("Mottagningen avbokade %(day)s.", day=day)
    return _("Du avbokade %(day)s kl. %(time)s. Du behöver inte göra något mer.", day=day, time=clock_of(at))
