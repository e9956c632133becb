"""Families, and visits to which guardians have to consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from journal_core.actor import Actor, ActorKind
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.rules import Time
from journal_core.booking.use_cases import Tools
from journal_core.consent import queries
from journal_core.consent import use_cases as consent
from journal_core.consent.model import ConsentRequest
from journal_core.consent.use_cases import Consent, Reading
from journal_core.messages.use_cases import Recipient
from journal_core.organisation.model import Module
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from tests.build import cast
from tests.build.builders import (
    PROVIDER_MODULES,
    Offer,
    a_clinic,
    a_demand_for_eid,
    a_draft,
    a_provider,
    a_time,
    an_offer,
    an_order,
    the_tools,
)
from tests.build.clocks import START

READING = Reading("Jag samtycker till att barnet vaccineras.", "sv", "bankid")
IN_ENGLISH = Reading("I consent to the child being vaccinated.", "en", "freja")


@dataclass(frozen=True)
class Family:
    """CHILD with both guardians, as the journal has them."""

    child: Person
    guardian: Person
    """Who books."""
    other: Person

    @property
    def guardians(self) -> list[Person]:
        return [self.guardian, self.other]


def a_family(session: Session, *, child: dict[str, Any] | None = None, other: dict[str, Any] | None = None) -> Family:
    """`child` and `other` override what the journal knows of them."""
    members = [cast.CHILD, cast.GUARDIAN, cast.OTHER_GUARDIAN]
    known = persons.ensure(session, [member.identity for member in members], START)
    made = Family(*(known[member.number] for member in members))
    for person, facts in ((made.child, child), (made.other, other)):
        for name, value in (facts or {}).items():
            setattr(person, name, value)
    session.flush()
    return made


def resident(person: Person) -> Actor:
    return Actor(ActorKind.RESIDENT, person.id)


def a_consenting_offer(session: Session, *, until: int | None = 15, consenting: int = 2, **offer: Any) -> Offer:
    """A visit to which guardians of minors up to `until` consent with e-ID, both or one."""
    modules = (*PROVIDER_MODULES, Module.IVT_CONSENT)
    clinic = a_clinic(session, provider=a_provider(session, modules=modules, consenting_guardians=consenting))
    made = an_offer(session, clinic=clinic, **offer)
    setting = a_demand_for_eid(session, made.clinic, made.category.reason)
    setting.digital_consent, setting.consent_until_age = True, until
    session.flush()
    return made


def a_consent(
    family: Family, *, reading: Reading = READING, other: Recipient | None = cast.OTHER_GUARDIAN.recipient
) -> Consent:
    """The booker's, with where the other guardian is reached."""
    return Consent(reading, {family.other.id: other} if other else {})


def confirm_for_child(
    session: Session,
    offer: Offer,
    family: Family,
    *,
    time: Time | None = None,
    now: datetime = START,
    tools: Tools | None = None,
    by: Actor | None = None,
    guardians: Sequence[Person] | None = None,
    given: Consent | None = None,
    missing: bool = False,
    **order: Any,
) -> int:
    """The guardian holds a time and books it for the child. `missing`: without consent; other words are an_order's."""
    offer = offer.within(session)
    draft = a_draft(session, offer, now=now)
    booking.hold(session, offer.clinic, offer.kind, time or a_time(), draft.id, now)
    wishes = {
        "coming": [cast.CHILD.coming],
        "recipient": cast.GUARDIAN.recipient,
        "booker": cast.GUARDIAN.identity,
        "acting_for": cast.CHILD.identity,
        **order,
    }
    return consent.confirm(
        session,
        by or resident(family.guardian),
        tools or the_tools(),
        draft,
        an_order(offer, **wishes),
        family.guardians if guardians is None else guardians,
        None if missing else given or a_consent(family),
        now,
    )


def a_childs_booking(session: Session, offer: Offer, family: Family, **how: Any) -> Booking:
    """Booked with consent; `how` as confirm_for_child takes it."""
    made = bookings.booking(session, confirm_for_child(session, offer, family, **how))
    assert made is not None
    return made


def requests_of(session: Session, made: Booking) -> Sequence[ConsentRequest]:
    """About a booking's first visit; who booked first."""
    session.flush()
    visit = made.visits[0].id
    return queries.of_visits(session, [visit]).get(visit, ())
