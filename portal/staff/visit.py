"""Everything about one visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from journal_core.actor import ActorKind
from journal_core.arrivals.model import Act, Arrival
from journal_core.arrivals.rules import acts_for
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Time, hides_contact, time_of
from portal.staff.consents import Consents
from portal.staff.present import Fact, Row, from_register, row, unchecked


@dataclass(frozen=True)
class Happening:
    at: datetime
    words: str


@dataclass(frozen=True)
class VisitPage:
    row: Row
    know: Sequence[Fact]
    day: date
    time: Time
    minutes: int
    code: str
    mobile: str | None
    email: str | None
    contact_hidden: bool
    """Somebody protected comes or has booked: how to reach them is not shown."""
    history: Sequence[Happening]
    cancelled: Happening | None
    acts: Sequence[Act]
    has_declaration: bool
    """One is asked for, or has been told."""
    consents: Consents | None


def shown(
    visit: Visit,
    booking: Booking,
    arrival: Arrival | None,
    consents: Consents | None,
    moment: datetime,
    *,
    declaration: Fact | None = None,
    register_silent: bool = False,
) -> VisitPage:
    """`booking` is the visit's own, with everybody in it; `register_silent`: what is known of them may be old."""
    hidden = hides_contact(booking, booking.visits)
    line = row(visit, arrival, moment, booking.visits, consents.fact if consents else None, declaration)
    return VisitPage(
        row=line,
        know=[*line.know, *unchecked(visit), *from_register(visit.person, silent=register_silent)],
        day=booking.day,
        time=time_of(booking),
        minutes=booking.minutes,
        code=booking.code,
        mobile=None if hidden else booking.mobile,
        email=None if hidden else booking.email,
        contact_hidden=hidden,
        history=list(_history(booking, arrival)),
        cancelled=_cancelled(booking),
        acts=[] if booking.cancelled_at else acts_for(line.state),
        has_declaration=declaration is not None and bool(declaration.address),
        consents=consents,
    )


def _history(booking: Booking, arrival: Arrival | None) -> Iterator[Happening]:
    yield Happening(booking.created_at, _("Bokad med e-legitimation") if booking.booked_by_id else _("Bokad"))
    if arrival is not None:
        steps = (
            (arrival.arrived_at, _arrived(arrival)),
            (arrival.started_at, _("Besöket startade")),
            (arrival.done_at, _("Besöket blev klart")),
            (arrival.no_show_at, _("Uteblev")),
        )
        yield from (Happening(at, words) for at, words in steps if at is not None)
    cancelled = _cancelled(booking)
    if cancelled is not None:
        yield cancelled


def _arrived(arrival: Arrival) -> str:
    if arrival.registered_by is ActorKind.STAFF:
        return _("Anlände, registrerat av personalen")
    if arrival.registered_by is ActorKind.SCREEN:
        return _("Anlände, anmält på skärmen")
    return _("Anlände, anmält på egen hand")


def _cancelled(booking: Booking) -> Happening | None:
    if booking.cancelled_at is None:
        return None
    by_staff = booking.cancelled_by is ActorKind.STAFF
    words = _("Avbokat av mottagningen") if by_staff else _("Avbokat av den som bokade")
    return Happening(booking.cancelled_at, words)
