"""A clinic full of canaries: booked in every way there is before the register said that they are protected, and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.access import screens
from journal_core.actor import LINK, STRANGER, SYSTEM, Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.merging import take_in
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Coming
from journal_core.booking.use_cases import Tools
from journal_core.catalogue.model import VisitType
from journal_core.consent import use_cases as consent
from journal_core.consent.model import ConsentRequest
from journal_core.consent.use_cases import Consent
from journal_core.declarations import use_cases as declarations
from journal_core.declarations.form import About, Answer, write_question
from journal_core.declarations.model import OwnQuestion
from journal_core.declarations.queries import newest, required
from journal_core.declarations.use_cases import Subject
from journal_core.messages.model import OutgoingMessage
from journal_core.messages.use_cases import Recipient, sealed_for
from journal_core.organisation.model import Clinic, Module
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.persons.use_cases import told_by_eid
from journal_core.registers.eid import Identified
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.staff.model import Assignment, Role
from journal_core.transaction import Database
from portal.wiring import DemoPerson
from tests.build import cast
from tests.build.builders import (
    KEYS,
    MONDAY,
    PROVIDER_MODULES,
    TODAY,
    Offer,
    a_booking,
    a_category,
    a_clinic,
    a_demand_for_eid,
    a_policy,
    a_provider,
    a_reason,
    a_staff_account,
    a_time,
    a_type,
    open_time_for,
)
from tests.build.canary import ALONE, CANARIES, CHILD, GUARDIAN, TEEN, TYPED, Canary
from tests.build.clocks import START, FixedClock
from tests.build.consents import READING, Family, confirm_for_child
from tests.build.forms import FORM
from tests.build.register import FAMILIES, registered
from tests.build.site import a_portal

PLAIN = ("own", "typed", "together", "teen", "own-later", "typed-later", "child-later", "elsewhere", "open", "arriving")
WITH_CONSENT = ("by-guardian", "by-other", "for-child", "by-other-later", "open-child")
"""What can be booked, a category each, so that nobody's second booking stands in the way of another's first."""
OTHERS = (cast.BESIDE_PROTECTED, cast.CHILD_OF_PROTECTED, cast.SOLE_GUARDIAN, cast.SOLE_CHILD, cast.GUARDIAN,
          cast.OTHER_GUARDIAN, cast.CHILD, cast.TWELVE, cast.FOURTEEN, cast.STRANGER)  # fmt: skip
"""Who is not protected."""
PEOPLE = [
    DemoPerson(Identified(who.number, who.given_name, who.family_name), "provperson", who in cast.STAFF)
    for who in (*(one.who for one in CANARIES), *OTHERS, *cast.STAFF)
]


@dataclass
class Hideout:
    database: Database
    clock: FixedClock
    register: StandInRegister
    here: int
    elsewhere: int
    kinds: dict[str, int]
    """Type ids by what is booked."""
    app: Flask = field(init=False)
    made: dict[str, int] = field(default_factory=dict)
    """Booking ids by what is booked."""
    told_at: datetime | None = None

    def __post_init__(self) -> None:
        self.app = a_portal(self.database, self.clock, people=PEOPLE, register=self.register)

    @property
    def tools(self) -> Tools:
        tools: Tools = self.app.extensions["services"].tools
        return tools

    def offer(self, session: Session, what: str) -> Offer:
        kind = session.get_one(VisitType, self.kinds[what])
        return Offer(kind.category.clinic, kind.category, kind)

    def person(self, session: Session, who: cast.Member) -> Person:
        return persons.by_identities(session, [who.number])[who.number]

    def ask_register(self, *people: cast.Member) -> None:
        numbers = [who.number for who in people]
        with self.database.writing() as session:
            take_in(session, SYSTEM, self.register.persons(numbers), numbers, self.clock.now())

    def book(
        self, what: str, minute: int, *coming: Coming, contact: Recipient, by: Canary | None = None, today: bool = False
    ) -> None:
        with self.database.writing() as session:
            time = a_time(minute, TODAY if today else MONDAY)
            how = {"coming": coming, "recipient": contact, "booker": by.who.identity if by else None}
            actor = Actor(ActorKind.RESIDENT, self.person(session, by.who).id) if by else STRANGER
            made = a_booking(
                session, self.offer(session, what), time=time, now=self.clock.now(), tools=self.tools, actor=actor, **how
            )
            self.made[what] = made.id

    def book_child(
        self, what: str, minute: int, child: cast.Member, by: cast.Member, other: cast.Member | None, contact: Recipient | None
    ) -> None:
        """With the consent of who books; the other guardian is asked where `contact` says."""
        with self.database.writing() as session:
            family = Family(*(self.person(session, one) for one in (child, by, other or by)))
            given = Consent(READING, {family.other.id: contact} if contact else {})
            self.made[what] = confirm_for_child(
                session,
                self.offer(session, what),
                family,
                time=a_time(minute),
                now=self.clock.now(),
                tools=self.tools,
                guardians=family.guardians if other else [family.guardian],
                given=given,
                coming=[replace(child.coming)],
                recipient=by.recipient,
                booker=by.identity,
                acting_for=child.identity,
            )

    def declare(self, what: str, *, sent: bool) -> None:
        """With all answered, whether or not it is sent."""
        with self.database.writing() as session:
            visit = session.get_one(Booking, self.made[what]).visits[0]
            clinic, now = visit.booking.clinic, self.clock.now()
            version = newest(session, required(session, [visit.booking.type_id])[visit.booking.type_id])
            subject = Subject(visit.person_id, clinic.unit.provider_id, clinic.id, About(40), visit.id)
            made = declarations.begin(session, LINK, version, subject, None, now)
            fine = {"allergy": Answer(("no",)), "ill": Answer(("no",))}
            declarations.answer(session, KEYS, made, fine, "sv", None, now)
            if sent:
                declarations.send(session, LINK, KEYS, made, now)

    def protect(self) -> None:
        """The register tells it of every canary, an hour later."""
        self.clock.advance(hours=1)
        self.told_at = self.clock.now()
        for one in CANARIES:
            self.register.tell(replace(self.register.persons([one.who.number])[one.who.number], protected=True))
        self.ask_register(*(one.who for one in CANARIES), *OTHERS)

    def rebook(self, what: str, minute: int) -> None:
        with self.database.writing() as session:
            arrivals.rebook(session, LINK, self.tools, self.made[what], a_time(minute), self.clock.now())

    def cancel(self, what: str) -> None:
        with self.database.writing() as session:
            arrivals.cancel(session, LINK, self.tools, self.made[what], self.clock.now())

    def link(self, what: str) -> str:
        with self.database.reading() as session:
            return booking.link_of(self.tools.vault, session.get_one(Booking, self.made[what]))

    def visits(self, *what: str) -> list[int]:
        booked = [self.made[one] for one in what]
        with self.database.reading() as session:
            return list(session.scalars(select(Visit.id).where(Visit.booking_id.in_(booked)).order_by(Visit.id)))

    def links(self) -> list[str]:
        with self.database.reading() as session:
            return [booking.link_of(self.tools.vault, one) for one in session.scalars(select(Booking))]

    def tickets(self) -> list[str]:
        with self.database.reading() as session:
            return [booking.arrival_link_of(self.tools.vault, one) for one in session.scalars(select(Booking))]

    def questions(self) -> list[str]:
        """Tokens of what guardians are asked."""
        with self.database.reading() as session:
            return [consent.link_of(self.tools.vault, one) for one in session.scalars(select(ConsentRequest))]

    def messages(self) -> list[tuple[OutgoingMessage, str]]:
        """All that was ever put into the outbox, with what it says."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)).all()
        return [(row, f"{row.subject}\n{self.tools.vault.open(sealed_for(row.booking_id), row.body)}") for row in rows]

    def screen_code(self) -> str:
        vault = self.tools.vault
        with self.database.writing() as session:
            device = screens.add(session, SYSTEM, vault, self.here, "Väntrummet", self.clock.now())
            return str(screens.told(vault, device, self.clock.now())["code"])


def a_hideout(database: Database, clock: FixedClock) -> Hideout:
    """The clinic, open and empty, and another of the same provider. The register knows the canaries as unprotected."""
    people = [*(one.told for one in CANARIES), *map(registered, OTHERS)]
    known = {person.number for person in people}
    households = [one for one in FAMILIES if known.issuperset((*one.guardians, *one.children))]
    with database.writing() as session:
        provider = a_provider(session, modules=(*PROVIDER_MODULES, Module.IVT_CONSENT))
        a_policy(session, provider)
        place: dict[str, Any] = {"phone": "035-12 34 56", "public_unit": True, "declaration_link": True}
        here = a_clinic(session, provider=provider, name="Gömda kliniken", street="Gömstigen 7", city="Gömstad", **place)
        elsewhere = a_clinic(session, provider=provider)
        kinds = _kinds(session, here, PLAIN, "tbe") | _kinds(session, elsewhere, ("elsewhere",), "tbe")
        kinds |= _kinds(session, here, WITH_CONSENT, "influensa")
        setting = a_demand_for_eid(session, here, a_reason(session, "influensa"))
        setting.digital_consent, setting.consent_until_age = True, 15
        for clinic in (here, elsewhere):
            theirs = [kind for kind in kinds.values() if kind.category.clinic_id == clinic.id]
            open_time_for(session, clinic, theirs, (TODAY, MONDAY), (9 * 60, 18 * 60), (1, 2))
        definition = declarations.define(session, provider.id, "Vaccination", "", FORM, None, START)
        worded = write_question(FORM[0])
        session.add(OwnQuestion(provider_id=provider.id, key=FORM[0].key, content=worded, changed_at=START))
        for name in PLAIN:
            declarations.require(session, kinds[name].id, definition.id)
        a_staff_account(session, elsewhere, who=cast.NURSE_ELSEWHERE)
        account = a_staff_account(session, here)
        account.assignments += [Assignment(clinic=here, role=role, first_day=TODAY) for role in Role if role is not Role.NURSE]
        ids = {what: kind.id for what, kind in kinds.items()}
        place_ids = here.id, elsewhere.id
    return Hideout(database, clock, StandInRegister(people, households), *place_ids, ids)


def _kinds(session: Session, clinic: Clinic, names: Iterable[str], reason: str) -> dict[str, VisitType]:
    return {
        name: a_type(session, a_category(session, clinic, name=f"Besök {name}", reason=a_reason(session, reason)), persons=3)
        for name in names
    }


def booked_before(nest: Hideout) -> None:
    """Everybody is known by name, and nobody is protected."""
    nest.ask_register(*(one.who for one in CANARIES), *OTHERS)
    nest.book("own", 9 * 60, ALONE.who.coming, contact=ALONE.who.recipient, by=ALONE)
    nest.declare("own", sent=True)
    nest.declare("own", sent=False)
    nest.book("typed", 9 * 60 + 10, TYPED.typed, contact=TYPED.who.recipient)
    nest.book("together", 9 * 60 + 20, cast.STRANGER.coming, TYPED.typed, contact=TYPED.who.recipient)
    nest.book("teen", 9 * 60 + 30, TEEN.who.coming, contact=TEEN.who.recipient, by=TEEN)
    nest.book("elsewhere", 9 * 60 + 40, TYPED.typed, contact=TYPED.who.recipient)
    nest.book("arriving", 10 * 60, TYPED.typed, contact=TYPED.who.recipient, today=True)
    nest.book_child(
        "by-guardian", 10 * 60, cast.CHILD_OF_PROTECTED, GUARDIAN.who, cast.BESIDE_PROTECTED, cast.BESIDE_PROTECTED.recipient
    )
    nest.book_child(
        "by-other", 10 * 60 + 10, cast.CHILD_OF_PROTECTED, cast.BESIDE_PROTECTED, GUARDIAN.who, GUARDIAN.who.recipient
    )
    nest.book_child("for-child", 10 * 60 + 20, CHILD.who, cast.SOLE_GUARDIAN, None, None)


def booked_after(nest: Hideout) -> None:
    with nest.database.writing() as session:
        told_by_eid(session, ALONE.who.identity, ALONE.who.given_name, ALONE.who.family_name, nest.clock.now())
    nest.book("own-later", 11 * 60, ALONE.who.coming, contact=ALONE.who.recipient, by=ALONE)
    nest.book("typed-later", 11 * 60 + 10, TYPED.typed, contact=TYPED.who.recipient)
    nest.book("child-later", 11 * 60 + 20, CHILD.typed, contact=CHILD.who.recipient)
    nest.book_child(
        "by-other-later", 11 * 60 + 30, cast.CHILD_OF_PROTECTED, cast.BESIDE_PROTECTED, GUARDIAN.who, GUARDIAN.who.recipient
    )


def changed_after(nest: Hideout) -> None:
    """What was booked before is moved, and some of it cancelled."""
    for minute, what in enumerate(("own", "typed", "together", "teen", "by-guardian", "by-other", "for-child")):
        nest.rebook(what, 13 * 60 + 10 * minute)
    for what in ("teen", "by-guardian", "by-other"):
        nest.cancel(what)
