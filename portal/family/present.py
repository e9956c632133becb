"""What my pages show of the family: names, bookings, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.arrivals import queries as arrivals
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.rules import Time, time_of
from journal_core.clock import local
from journal_core.consent import queries, rules
from journal_core.consent.model import Answer, ConsentRequest
from journal_core.persons.model import Person
from portal.web.acting import seen_by_me
from portal.web.bookings import Shown, shown
from portal.web.consents import Stand, standings_of
from portal.web.services import services
from portal.web.sessions import resident_id


@dataclass(frozen=True)
class Consent:
    """A question about a child's visit, to oneself."""

    id: int
    child: Person
    time: Time
    answer: Answer | None
    until: datetime | None
    """Until when it is waited for."""


def asked_of_me(session: Session, person_id: int, shown: Sequence[Person], moment: datetime) -> list[Consent]:
    """What is still to be answered first, then what was; only about those who are `shown`."""
    wanted = {person.id for person in shown}
    found = [*queries.open_for(session, person_id, moment), *queries.given_by(session, person_id)]
    today = local(moment).date()
    return [
        _consent(one)
        for one in found
        if one.visit.person_id in wanted and one.visit.booking.day >= today and one.visit.booking.cancelled_at is None
    ]


def _consent(one: ConsentRequest) -> Consent:
    time, answer = time_of(one.visit.booking), rules.last(one)
    until = rules.deadline(time, [one]) if answer is Answer.ASKED else None
    return Consent(one.id, one.visit.person, time, answer, until)


@dataclass(frozen=True)
class Member:
    """One of the family, oneself too."""

    person: Person
    oneself: bool
    bookings: Sequence[tuple[Shown, str]]
    """With the token of each booking's page."""
    stands: Mapping[int, Stand]
    """How it stands with consent, by booking id, where there is anything to say."""


def members(session: Session, persons: Sequence[Person], moment: datetime) -> list[Member]:
    """In a number of statements that doesn't grow with the family."""
    found = bookings.bookings_of_persons(session, [person.id for person in persons], local(moment).date())
    states = arrivals.arrivals(session, [visit.id for one in found for visit in one.visits])
    seen = seen_by_me(session, found, persons)
    stands = standings_of(session, [one for one in found if one.cancelled_at is None])
    vault = services().vault
    return [
        Member(
            person,
            person.id == resident_id(),
            [(shown(one, states, moment), booking.link_of(vault, one)) for one in seen[person.id]],
            {one.id: stand for one in seen[person.id] for stand in [stands.get(_visit_of(one, person))] if stand},
        )
        for person in persons
    ]


def _visit_of(booking: Booking, person: Person) -> int:
    return next(visit.id for visit in booking.visits if visit.person_id == person.id)
