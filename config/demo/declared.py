"""The demo region's health declarations: which visits ask for one, and what some of those who come have told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.declarations import bank
from config.demo.people import FATIMA, GORAN, INGRID, OSKAR, TOMAS, Human
from journal_core.actor import LINK
from journal_core.booking.model import Visit
from journal_core.catalogue.model import ReasonKind, VisitCategory, VisitType
from journal_core.clock import age_on
from journal_core.declarations import queries, rules, use_cases
from journal_core.declarations.form import NO, NONE, About, Answer, Kind, Question
from journal_core.declarations.use_cases import Subject
from journal_core.keyring import Keyring
from journal_core.organisation.model import CareProvider, CareUnit, Clinic
from journal_core.persons.model import Person

TOLD_BEFORE = timedelta(days=1)
DEFINITIONS = {ReasonKind.VACCINATION: "vaccination", ReasonKind.TRAVEL: "travel"}
"""What visits of a kind ask for; others ask for nothing."""
YES = Answer(("yes",))
TOLD: Mapping[Human, Mapping[str, Answer]] = {
    GORAN: {},
    TOMAS: {"fainted": YES, "blood-thinners": YES, "blood-thinner-name": Answer(("Waran",))},
    INGRID: {},
    FATIMA: {
        "immune": YES,
        "immune-what": Answer(("cortisone-tablets",)),
        "travel": YES,
        "travel-countries": Answer(("Kenya",)),
    },
    OSKAR: {"strong-reaction": Answer(("yes",), "Svullnad i halsen efter en dos för tio år sedan.")},
}
"""By who told it; to whatever else is asked they said no."""


def ask_for_declarations(session: Session, provider: CareProvider, since: datetime) -> None:
    """The shipped definitions as the provider's own, and every vaccination and travel visit asks for one."""
    made = {
        one.key: use_cases.define(session, provider.id, one.name, one.purpose, one.form, one.validity_days, since, key=one.key)
        for one in bank().definitions
    }
    kinds = session.scalars(
        select(VisitType)
        .join(VisitType.category)
        .join(VisitCategory.clinic)
        .join(Clinic.unit)
        .where(CareUnit.provider_id == provider.id)
    )
    for kind in kinds.all():
        key = DEFINITIONS.get(kind.category.reason.kind)
        if key is not None:
            use_cases.require(session, kind.id, made[key].id)


def tell_declarations(session: Session, keys: Keyring, now: datetime) -> None:
    """Some of today's have sent theirs the day before."""
    numbers = {human.number: told for human, told in TOLD.items()}
    visits = session.scalars(select(Visit).join(Visit.person).where(Person.identity.in_(numbers)).order_by(Visit.id))
    for visit in visits.all():
        _tell(session, keys, visit, numbers[visit.person.identity or ""], now - TOLD_BEFORE)


def _tell(session: Session, keys: Keyring, visit: Visit, told: Mapping[str, Answer], at: datetime) -> None:
    booking = visit.booking
    definition_id = queries.required(session, [booking.type_id])[booking.type_id]
    about = About(age_on(visit.person.birth_date, booking.day), booking.type.category.reason.slug)
    subject = Subject(visit.person_id, booking.clinic.unit.provider_id, booking.clinic_id, about, visit.id)
    made = use_cases.begin(session, LINK, queries.newest(session, definition_id), subject, None, at)
    said: dict[str, Answer] = {}
    while (waiting := rules.unanswered(use_cases.form_of(made), said, about)) is not None:
        said[waiting.key] = told.get(waiting.key) or _nothing(waiting, booking.day.isoformat())
    use_cases.answer(session, keys, made, said, "sv", None, at)
    use_cases.send(session, LINK, keys, made, at)


def _nothing(question: Question, day: str) -> Answer:
    if question.optional:
        return Answer(())
    if question.kind is Kind.CHOICES:
        return Answer((NONE,))
    if question.answers:
        return Answer((NO if NO in question.answers else question.answers[-1],))
    return Answer((day if question.kind is Kind.DATE else "0",))
