"""What my pages show of the family: names, bookings, what is still missing, what one has answered."""

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
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from journal_core.persons.rules import is_minor
from portal.web.acting import seen_by_me
from portal.web.bookings import Shown, shown
from portal.web.consents import Stand, digest_of, reading, standings_of
from portal.web.services import now, services
from portal.web.sessions import resident_id

ANSWERS = frozenset({Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN})


@dataclass(frozen=True)
class Question:
    """A question about a child's visit, to oneself, and what one has answered."""

    id: int
    child: Person
    booking: Booking
    time: Time
    clinic: Clinic
    said: ConsentEvent | None
    """The last answer; None while there is none."""
    text: ConsentText | None
    """What was read then, to the letter."""
    until: datetime | None
    """Until when it is waited for."""
    in_time: bool
    answerable: bool

    @property
    def given(self) -> bool:
        return self.said is not None and self.said.answer is Answer.GIVEN

    @property
    def words_now(self) -> str:
        """What one would agree to now."""
        return reading(self.clinic, self.booking.type.category).text

    @property
    def digest(self) -> str:
        return digest_of(self.words_now)


def question(one: ConsentRequest) -> Question:
    made, last, moment = one.visit.booking, one.events[-1], now()
    said = last if last.answer in ANSWERS else None
    until = None if said else rules.deadline(time_of(made), [one])
    return Question(
        id=one.id,
        child=one.visit.person,
        booking=made,
        time=time_of(made),
        clinic=made.clinic,
        said=said,
        text=said.text if said else None,
        until=until,
        in_time=until is not None and moment < until,
        answerable=rules.is_answerable(one, moment),
    )


@dataclass(frozen=True)
class Questions:
    """About visits that are still to come, the next visit first."""

    to_answer: Sequence[Question]
    answered: Sequence[Question]


def asked_of_me(session: Session, person_id: int, shown: Sequence[Person], moment: datetime) -> Questions:
    """Only about those who are `shown`."""
    wanted = {person.id for person in shown}
    to_answer = [question(one) for one in queries.open_for(session, person_id, moment) if one.visit.person_id in wanted]
    answered = [question(one) for one in queries.given_by(session, person_id) if one.visit.person_id in wanted]
    return Questions(to_answer, sorted((one for one in answered if one.answerable), key=lambda one: one.time.instant))


@dataclass(frozen=True)
class Member:
    """One of the family, oneself too."""

    person: Person
    oneself: bool
    bookings: Sequence[tuple[Shown, str]]
    """With the token of each booking's page."""
    stands: Mapping[int, Stand]
    """How it stands with consent, by booking id, where there is anything to say."""
    minor: bool
    """Of a minor not everything that is booked may be shown here, whether or not there is more."""


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
            is_minor(person.birth_date, local(moment).date()),
        )
        for person in persons
    ]


def _visit_of(booking: Booking, person: Person) -> int:
    return next(visit.id for visit in booking.visits if visit.person_id == person.id)
