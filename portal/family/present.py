"""What my pages show of the family: names, bookings, what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.arrivals import queries as arrivals
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.clock import local
from journal_core.persons.model import Person
from portal.web.acting import seen_by_me
from portal.web.bookings import Shown, shown
from portal.web.services import services
from portal.web.sessions import resident_id


@dataclass(frozen=True)
class Member:
    """One of the family, oneself too."""

    person: Person
    oneself: bool
    bookings: Sequence[tuple[Shown, str]]
    """With the token of each booking's page."""


def members(session: Session, persons: Sequence[Person], moment: datetime) -> list[Member]:
    """In a number of statements that doesn't grow with the family."""
    found = bookings.bookings_of_persons(session, [person.id for person in persons], local(moment).date())
    states = arrivals.arrivals(session, [visit.id for one in found for visit in one.visits])
    seen = seen_by_me(session, found, persons)
    vault = services().vault
    return [
        Member(
            person,
            person.id == resident_id(),
            [(shown(one, states, moment), booking.link_of(vault, one)) for one in seen[person.id]],
        )
        for person in persons
    ]
