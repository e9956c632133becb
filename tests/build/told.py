"""A clinic whose visits ask for a declaration, and what is told there, in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.actor import LINK, Actor
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Visit
from journal_core.catalogue.model import ReasonKind
from journal_core.declarations import queries, use_cases
from journal_core.declarations.form import About, Answer, Question
from journal_core.declarations.model import Declaration, Definition
from journal_core.declarations.use_cases import Subject
from tests.build import cast
from tests.build.builders import (
    KEYS,
    MONDAY,
    Offer,
    a_booking,
    a_category,
    a_reason,
    a_time,
    a_type,
    an_offer,
    open_time_for,
)
from tests.build.clocks import START
from tests.build.forms import FORM

SECRET = "Svullnad i halsen efter jordnötter"
ALL_FINE = {"allergy": Answer(("no",)), "ill": Answer(("no",))}
DEVIATING = {"allergy": Answer(("yes",)), "allergy-to": Answer(("egg",)), "told": Answer((SECRET,)), "ill": Answer(("no",))}


@dataclass(frozen=True)
class Place:
    """A clinic whose visits ask for a declaration."""

    offer: Offer
    definition: Definition

    @property
    def provider_id(self) -> int:
        return self.offer.clinic.unit.provider_id


def a_place(session: Session, validity: int | None = None, form: tuple[Question, ...] = FORM) -> Place:
    offer = an_offer(session)
    made = use_cases.define(session, offer.clinic.unit.provider_id, "Vaccination", "vaccination", form, validity, START)
    use_cases.require(session, offer.kind.id, made.id)
    return Place(offer, made)


def a_visit(session: Session, place: Place, minute: int = 540) -> Visit:
    booking = a_booking(session, place.offer, time=a_time(minute, MONDAY), coming=(cast.BOOKER.coming,))
    return booking.visits[0]


def begun(session: Session, place: Place, visit: Visit, now: datetime = START, owner: str | None = "webbläsare") -> Declaration:
    subject = Subject(visit.person_id, place.provider_id, place.offer.clinic.id, About(40, "tbe"), visit.id)
    return use_cases.begin(session, LINK, queries.newest(session, place.definition.id), subject, owner, now)


def told(
    session: Session, place: Place, visit: Visit, said: Mapping[str, Answer] = ALL_FINE, now: datetime = START
) -> Declaration:
    made = begun(session, place, visit, now)
    use_cases.answer(session, KEYS, made, said, "sv", "webbläsare", now)
    use_cases.send(session, LINK, KEYS, made, now)
    return made


def history(session: Session, place: Place, visit: Visit) -> list[queries.Known]:
    return queries.known(session, place.provider_id, [visit.person_id]).get(visit.person_id, [])


def stand(session: Session, place: Place, visit: Visit) -> queries.Stand:
    return queries.stands(session, place.provider_id, [visit])[visit.id]


def finish(session: Session, nurse: Actor, visit: Visit, now: datetime = START) -> None:
    for act in (Act.ARRIVE, Act.START, Act.FINISH):
        arrivals.change(session, nurse, visit, act, now)


def a_visit_of_another_kind(session: Session, place: Place, minute: int = 600, kind: ReasonKind | None = None) -> Visit:
    """The same person, another category with the same definition."""
    reason = a_reason(session, "annat", kind=kind) if kind else place.offer.category.reason
    category = a_category(session, place.offer.clinic, name=f"Annat {minute}", reason=reason)
    other = a_type(session, category)
    open_time_for(session, place.offer.clinic, other)
    use_cases.require(session, other.id, place.definition.id)
    offer = Offer(place.offer.clinic, category, other)
    return a_booking(session, offer, time=a_time(minute, MONDAY), coming=(cast.BOOKER.coming,)).visits[0]
