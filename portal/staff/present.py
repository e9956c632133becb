"""What the staff's pages show of a visit. The name of a protected person never gets past here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from journal_core.arrivals.model import Act, Arrival, State
from journal_core.arrivals.rules import acts_for, state_of
from journal_core.booking.model import Visit
from journal_core.booking.rules import hides_contact
from journal_core.clock import local
from journal_core.persons.model import Person, Sex
from journal_core.persons.rules import show_identity
from portal.web.i18n import clock_of

COUNTED_IN_MINUTES = timedelta(minutes=100)
"""A longer wait is said by the clock."""
BORN: Mapping[Sex, LazyString] = {
    Sex.FEMALE: _l("Född %(day)s, kvinna"),
    Sex.MALE: _l("Född %(day)s, man"),
    Sex.UNKNOWN: _l("Född %(day)s"),
}
UNDOES: Mapping[State, LazyString] = {
    State.ARRIVED: _l("Ångra anlänt"),
    State.STARTED: _l("Ångra starta"),
    State.DONE: _l("Ångra klar"),
    State.NO_SHOW: _l("Ångra uteblev"),
}
KEYS = {Act.ARRIVE: "A", Act.START: "S", Act.FINISH: "K", Act.UNDO: "Z"}
"""Single keys in the day's list; static/js/day.js listens to them."""


class Kind(StrEnum):
    """How much a fact asks for attention."""

    STOP = "stop"
    LOOK = "look"
    INFO = "info"
    FINE = "fine"
    MISSING = "missing"


@dataclass(frozen=True)
class Fact:
    kind: Kind
    words: str
    address: str = ""
    """Where more of it is read."""


@dataclass(frozen=True)
class Who:
    """A person as staff may see them."""

    name: str | None
    """None when the person is protected."""
    identity: str

    @property
    def called(self) -> str:
        """What tells this person from the others on the page."""
        return self.name or self.identity


@dataclass(frozen=True)
class Row:
    """One visit in the day's list."""

    visit_id: int
    person_id: int
    minute: int
    who: Who
    category: str
    type: str
    state: State
    since: datetime | None
    """When the state began; None for one that is only booked."""
    extra: str | None
    know: tuple[Fact, ...]
    phone: str | None
    """Of the booking; None where somebody protected comes or has booked."""
    coming: bool
    """On a day that has not begun: what can be done is found on the visit's own page."""

    @property
    def version(self) -> str:
        """Another one as soon as the row looks different."""
        return f"{crc32(repr(self).encode()):08x}"

    @property
    def next_act(self) -> Act | None:
        return next((act for act in self.acts if act is not Act.UNDO), None)

    @property
    def acts(self) -> list[Act]:
        return [] if self.coming else acts_for(self.state)


def row(
    visit: Visit,
    arrival: Arrival | None,
    moment: datetime,
    together: Sequence[Visit],
    consent: Fact | None = None,
    declaration: Fact | None = None,
) -> Row:
    """`together` are all visits of the same booking, this one too; `consent` and `declaration`: how it stands with them."""
    booking, state = visit.booking, state_of(arrival)
    since = began(arrival, state)
    return Row(
        visit_id=visit.id,
        person_id=visit.person_id,
        minute=booking.start_minute,
        who=who(visit),
        category=booking.type.category.name,
        type="" if booking.type.name == booking.type.category.name else booking.type.name,
        state=state,
        since=since,
        extra=_extra(state, since, moment),
        know=(*(one for one in (declaration, consent) if one), *facts(visit, len(together))),
        phone=None if hides_contact(booking, together) else booking.mobile,
        coming=booking.day > local(moment).date(),
    )


def who(visit: Visit) -> Who:
    person = visit.person
    return Who(None if person.protected else _name(visit), _identity(person))


def _name(visit: Visit) -> str:
    """What an e-ID has told goes before what somebody typed."""
    named = visit.person if visit.person.verified_at else visit
    return " ".join(part for part in (named.given_name, named.family_name) if part)


def _identity(person: Person) -> str:
    if person.identity:
        return show_identity(person.identity)
    return str(BORN[person.sex]) % {"day": person.birth_date.isoformat()}


def facts(visit: Visit, persons: int) -> list[Fact]:
    """What is good to know before the person comes in."""
    rungs = (
        (visit.person.protected, Kind.LOOK, _("Bara personnummer visas. Fyll inte i något för hand.")),
        (visit.booking.resource is None and visit.booking.cancelled_at is None, Kind.LOOK, _("Resurs saknas")),
        (visit.booking.another_live, Kind.LOOK, _("Har en annan tid för samma besök")),
        (persons > 1, Kind.INFO, _("%(number)d av %(all)d i samma bokning", number=visit.position, all=persons)),
    )
    return [Fact(kind, words) for holds, kind, words in rungs if holds]


def unchecked(visit: Visit) -> list[Fact]:
    """That nobody has vouched for the name. So it is with most visits: the list leaves it to the visit's own page."""
    if visit.person.protected or visit.person.verified_at is not None:
        return []
    return [Fact(Kind.INFO, _("Namnet är inte kontrollerat"))]


def from_register(person: Person, *, silent: bool) -> list[Fact]:
    """What the person register tells beside name and protection. `silent`: it could not be asked just now."""
    shown = not person.protected
    rungs = (
        (shown and person.deceased_on is not None, Kind.LOOK, _("Avliden enligt folkbokföringen")),
        (shown and person.registered is False, Kind.LOOK, _("Personnumret finns inte i folkbokföringen")),
        (shown and person.emigrated_on is not None, Kind.INFO, _("Utvandrad enligt folkbokföringen")),
        (silent, Kind.INFO, _("Folkbokföringen svarar inte just nu. Uppgifterna kan vara gamla.")),
    )
    return [Fact(kind, words) for holds, kind, words in rungs if holds]


def began(arrival: Arrival | None, state: State) -> datetime | None:
    """When a visit came into its state."""
    if arrival is None:
        return None
    times = {
        State.ARRIVED: arrival.arrived_at,
        State.STARTED: arrival.started_at,
        State.DONE: arrival.done_at,
        State.NO_SHOW: arrival.no_show_at,
    }
    return times.get(state)


def _extra(state: State, since: datetime | None, moment: datetime) -> str | None:
    """How long somebody has waited, or since when it is as it is."""
    if since is None or state is State.NO_SHOW:
        return None
    waited = moment - since
    if state is State.ARRIVED and waited < COUNTED_IN_MINUTES:
        minutes = int(waited.total_seconds() // 60)
        return _("väntat %(minutes)d min", minutes=minutes) if minutes > 0 else _("kom nyss")
    return _("sedan kl. %(time)s", time=clock_of(since))
