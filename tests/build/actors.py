"""A clinic with everything that somebody could reach for, and a seat at its doors for each kind of person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config.declarations import bank as shipped
from journal_core.access import screens
from journal_core.access import use_cases as access
from journal_core.access.model import Draft, Purpose
from journal_core.access.rules import AT_SCREEN
from journal_core.actor import SYSTEM
from journal_core.arrivals.merging import take_in
from journal_core.booking import openings
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Told
from journal_core.booking.model import Booking
from journal_core.catalogue.model import Book, ReasonKind
from journal_core.clock import age_on
from journal_core.consent.use_cases import link_of as consent_link
from journal_core.declarations import bank
from journal_core.declarations import settings as defining
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import About, Answer
from journal_core.declarations.use_cases import Subject
from journal_core.organisation.model import Clinic, Module
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.registers.eid import Asked
from journal_core.schedule import use_cases as schedule
from journal_core.schedule.model import BlockedTime, OpenedTime
from journal_core.schedule.rules import Stretch
from journal_core.staff.model import Assignment, Role
from journal_core.transaction import Database
from portal.web.times import value_of
from tests.build import cast, engines
from tests.build.builders import (
    KEYS,
    MONDAY,
    PROVIDER_MODULES,
    TODAY,
    Offer,
    a_booking,
    a_clinic,
    a_demand_for_eid,
    a_draft,
    a_policy,
    a_provider,
    a_reason,
    a_staff_account,
    a_time,
    an_offer,
    staff_actor,
    the_tools,
)
from tests.build.clocks import START, FixedClock
from tests.build.consents import Family, a_childs_booking, a_consent, requests_of, resident
from tests.build.forms import FORM
from tests.build.kept import Copy, Kept, Row, kept
from tests.build.register import the_register
from tests.build.seats import KIOSK, PAPER_APP, PORTAL, Doors, Seat, services_of
from tests.build.site import FormReader, a_portal, a_screen_door

STRANGERS = ("stranger", "screen")
RESIDENTS = ("resident", "guardian", "acting", "other_guardian", "child_12", "child_14", "child_17")
STAFF = ("nurse", "nurse_elsewhere", "admin", "admin_elsewhere")
ACTORS = (*STRANGERS, *RESIDENTS, *STAFF)
"""`acting` is the guardian in another browser, acting for the child. Those elsewhere work at another clinic of the same
provider, which is as near as one can come without being there."""
MEMBERS = {
    "resident": cast.BOOKER,
    "guardian": cast.GUARDIAN,
    "acting": cast.GUARDIAN,
    "other_guardian": cast.OTHER_GUARDIAN,
    "child_12": cast.TWELVE,
    "child_14": cast.FOURTEEN,
    "child_17": cast.SEVENTEEN,
}
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NINE = 9 * 60
NOBODY = {
    "number": "987654321",
    "token": "0" * 24,
    "draft": "f" * 16,
    "order": "f" * 32,
    "code": "000000000",
    "screen_code": "00000000",
    "reference": "f" * 22,
}
"""What is no row's, by its kind."""


@dataclass
class Place:
    doors: Doors
    kept: Kept
    filled: Filling
    start: Copy
    rows: Set[Row]
    """As they are at the start."""

    def things(self, who: str) -> Mapping[str, str]:
        """What requests name, by a word for it: ids, tokens, codes. Residents have a draft of their own."""
        return {**self.filled.things, "own_draft": self.filled.own_drafts.get(who, NOBODY["draft"])}

    def absent(self, word: str) -> str:
        """In its place, what does not exist."""
        return self.filled.absent[word]

    def ask(self, who: str, door: str, method: str, address: str, fields: Mapping[str, str]) -> TestResponse:
        return self.filled.seats[who].ask(door, method, address, fields)

    def begin_anew(self) -> None:
        self.kept.put_back(self.start)
        services_of(self.doors).remembered.forget()


@contextmanager
def a_place(template: Path, folder: Path) -> Iterator[Place]:
    with engines.sqlite_copy(template, folder) as database, kept(database) as watched:
        portal = a_portal(database, FixedClock(), eids=[PAPER_APP])
        doors = {PORTAL: portal, KIOSK: a_screen_door(portal)}
        seats = {who: Seat(doors) for who in ACTORS}
        filling = Filling(database, seats)
        filling.fill()
        _read_marks(filling)
        watched.was_written()
        yield Place(doors, watched, filling, watched.copy(), watched.rows())


def _read_marks(filling: Filling) -> None:
    """Of what somebody has read when they send a form, as the forms have them."""
    things, settings = filling.things, "/personal/installningar"
    for word, who, address, name in (
        ("consent_text", "acting", f"/klinik/{things['clinic']}/bokning/{things['draft']}/kontrollera", "consent_text"),
        ("text", "other_guardian", f"/samtycke/{things['consent_link']}", "text"),
        ("residents_version", "admin", f"{settings}/invanare", "version"),
        ("texts_version", "admin", f"{settings}/texter", "version"),
        ("reason_version", "admin", f"{settings}/anledningar/{things['reason']}", "version"),
    ):
        page = filling.seats[who].ask(PORTAL, "GET", address).get_data(as_text=True)
        things[word] = FormReader(page).forms["step"][1][name]


@dataclass
class Filling:
    """Makes the place, and notes what there is to reach for."""

    database: Database
    seats: Mapping[str, Seat]
    things: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    own_drafts: dict[str, str] = field(default_factory=dict)

    def note(self, word: str, value: object, kind: str = "number") -> None:
        self.things[word], self.absent[word] = str(value), NOBODY[kind]

    def fill(self) -> None:
        with self.database.writing() as session:
            self.know_families(session)
            asks, free = self.offers(session)
            self.residents(session)
            self.staff(session, asks.clinic)
            self.bookings(session, asks, free)
            self.declarations(session, asks, free)
            self.drafts(session, asks)
            self.schedule(session, free)
            self.screens(session, asks.clinic)
            self.order(session)

    def know_families(self, session: Session) -> None:
        """As the register tells of them at login."""
        numbers = [who.number for who in cast.RESIDENTS if who is not cast.BEFORE_RENUMBERED]
        take_in(session, SYSTEM, the_register().persons(numbers), numbers, START)

    def person(self, session: Session, who: cast.Member) -> Person:
        return persons.by_identities(session, [who.number])[who.number]

    def offers(self, session: Session) -> tuple[Offer, Offer]:
        """For one reason e-ID and both guardians' consent are demanded, for another nothing; a third category is for staff."""
        provider = a_provider(session, modules=(*PROVIDER_MODULES, Module.IVT_CONSENT))
        clinic = a_clinic(session, provider=provider, public_unit=True, declaration_link=True)
        days = (TODAY, MONDAY, TUESDAY)
        asks = an_offer(session, clinic=clinic, days=days, category={"series": True})
        setting = a_demand_for_eid(session, clinic, asks.category.reason)
        setting.digital_consent, setting.consent_until_age = True, 15
        influenza = {"name": "Influensavaccin", "reason": a_reason(session, "influensa")}
        free = an_offer(session, clinic=clinic, category=influenza, days=days, resources=(2,))
        hidden = {"name": "Provtagning", "reason": a_reason(session, "ovrigt", kind=ReasonKind.OTHER), "invisible_online": True}
        an_offer(session, clinic=clinic, category=hidden, days=(), resources=(3,))
        self.note("clinic", clinic.id)
        self.note("policy", a_policy(session, provider).id)
        self.note("asking_type", asks.kind.id)
        self.note("free_type", free.kind.id)
        self.note("reason", asks.category.reason_id)
        self.note("category", asks.category.id)
        return asks, free

    def residents(self, session: Session) -> None:
        for name, who in MEMBERS.items():
            child = self.person(session, cast.CHILD).id if name == "acting" else None
            self.seats[name].sit_down(session, person_id=self.person(session, who).id, acting_for_id=child)
        for word, who in {
            "child": cast.CHILD,
            "twelve": cast.TWELVE,
            "fourteen": cast.FOURTEEN,
            "seventeen": cast.SEVENTEEN,
            "sole_child": cast.SOLE_CHILD,
        }.items():
            self.note(word, self.person(session, who).id)
        self.handle("guardian")

    def handle(self, name: str) -> None:
        """What the list of sessions calls somebody's: see sign_in.routes."""
        self.note(f"session_of_{name}", the_tools().vault.hash("session-handle", self.seats[name].owner)[:16], "draft")

    def staff(self, session: Session, here: Clinic) -> None:
        sister = a_clinic(session, provider=here.unit.provider, declaration_link=True)
        for name, who, clinic, role in (
            ("nurse", cast.NURSE_HERE, here, Role.NURSE),
            ("nurse_elsewhere", cast.NURSE_ELSEWHERE, sister, Role.NURSE),
            ("admin", cast.ADMIN_HERE, here, Role.PROVIDER_ADMIN),
            ("admin_elsewhere", cast.ADMIN_ELSEWHERE, sister, Role.PROVIDER_ADMIN),
        ):
            account = a_staff_account(session, clinic, role, who=who)
            self.seats[name].sit_down(session, account_id=account.id, assignment_id=account.assignments[0].id)
            if name == "nurse":
                account.assignments.append(Assignment(clinic=sister, role=role, first_day=TODAY))
                session.flush()
                self.note("assignment", account.assignments[1].id)
            if name == "admin":
                self.admin = staff_actor(account)
        self.handle("nurse")

    def bookings(self, session: Session, asks: Offer, free: Offer) -> None:
        guardian, other = self.person(session, cast.GUARDIAN), self.person(session, cast.OTHER_GUARDIAN)
        child, twelve = self.person(session, cast.CHILD), self.person(session, cast.TWELVE)
        childs = a_childs_booking(session, asks, Family(child, guardian, other))
        family = Family(twelve, guardian, other)
        coming = {"coming": [cast.TWELVE.coming], "acting_for": cast.TWELVE.identity, "given": a_consent(family, other=None)}
        twelves = a_childs_booking(session, asks, family, time=a_time(NINE + 10), **coming)
        fourteens = self.booked_by_oneself(session, free, cast.FOURTEEN, NINE)
        fourteens.visits[0].hidden_from_guardians = True
        made = {
            "childs": childs,
            "twelves": twelves,
            "fourteens": fourteens,
            "seventeens": a_booking(session, free, time=a_time(NINE + 10), coming=(cast.SEVENTEEN.coming,)),
            "residents": self.booked_by_oneself(session, free, cast.BOOKER, NINE + 20),
            "todays": a_booking(session, free, time=a_time(NINE + 20, TODAY), coming=(cast.EIGHTY.coming,)),
        }
        self.note("residents_ticket", booking.arrival_link_of(the_tools().vault, made["residents"]), "token")
        self.note("residents_born", cast.BOOKER.born)
        for word, one in made.items():
            self.note(word, booking.link_of(the_tools().vault, one), "token")
        self.of_today(made["todays"])
        self.note("visit", childs.visits[0].id)
        self.note("visit_of_twelve", twelves.visits[0].id)
        self.note("unreached", requests_of(session, twelves)[1].id)
        self.consents(session, childs)
        self.note("booked_draft", self.owned_draft(session, childs), "draft")

    def booked_by_oneself(self, session: Session, offer: Offer, who: cast.Member, minute: int) -> Booking:
        actor = resident(self.person(session, who))
        return a_booking(session, offer, time=a_time(minute), coming=(who.coming,), booker=who.identity, actor=actor)

    def of_today(self, todays: Booking) -> None:
        self.note("visit_today", todays.visits[0].id)
        self.note("ticket", booking.arrival_link_of(the_tools().vault, todays), "token")
        self.note("code", todays.code, "code")
        self.note("number", cast.EIGHTY.number)
        self.note("born", cast.EIGHTY.born)

    def consents(self, session: Session, childs: Booking) -> None:
        own, others = requests_of(session, childs)
        self.note("own_request", own.id)
        self.note("request", others.id)
        self.note("consent_link", consent_link(the_tools().vault, others), "token")

    def owned_draft(self, session: Session, made: Booking) -> str:
        """The draft that became a booking, in the browser of who acts for the child."""
        own = update(Draft).where(Draft.booking_id == made.id).values(owner=self.seats["acting"].owner)
        return str(session.scalar(own.returning(Draft.id)))

    def declarations(self, session: Session, asks: Offer, free: Offer) -> None:
        """The resident has answered everything and sent nothing; for the child a guardian has sent one."""
        provider_id, clinic = asks.clinic.unit.provider_id, asks.clinic
        definition = telling.define(session, provider_id, "Vaccination", "", FORM, None, START)
        for offer in (asks, free):
            telling.require(session, offer.kind.id, definition.id)
        self.note("definition", definition.id)
        self.note("definition_version", defining.version(session, definition))
        self.note("no_version", defining.version(session, None))
        self.note("asked_version", definition.versions[0].id)
        words = {one.key: one for one in shipped().questions}
        worded = replace(words["fainted"], text={"sv": "Svimmar du lätt?"})
        seen = bank.version(words["fainted"])
        bank.save(session, self.admin, provider_id, shipped().questions, worded, START, seen=seen)
        self.note("worded", "fainted")
        self.note("worded_version", bank.version(worded))
        self.note("question_version", bank.version(words["allergy"]))
        made = {}
        for word, who, link, seat in (
            ("begun_declaration", cast.BOOKER, "residents", "resident"),
            ("sent_declaration", cast.CHILD, "childs", "acting"),
        ):
            found = bookings.booking_by_link(session, the_tools().vault.hash("link", self.things[link]))
            assert found is not None
            about = About(age_on(cast.BOOKER.born, found.day), found.type.category.reason.slug)
            subject = Subject(found.visits[0].person_id, provider_id, clinic.id, about, found.visits[0].id)
            owner = self.seats[seat].owner
            one = telling.begin(session, resident(self.person(session, who)), definition.versions[0], subject, owner, START)
            fine = {"allergy": Answer(("no",)), "ill": Answer(("no",))}
            telling.answer(session, KEYS, one, fine, "sv", owner, START)
            self.note(word, one.reference, "reference")
            made[word] = one
        telling.send(session, SYSTEM, KEYS, made["sent_declaration"], START)
        self.note("declaration", made["sent_declaration"].id)

    def drafts(self, session: Session, asks: Offer) -> None:
        """Every resident has filled in a visit to which guardians of minors consent, and confirmed nothing."""
        for n, who in enumerate(RESIDENTS):
            time = a_time(NINE + 10 * n, TUESDAY)
            content: dict[str, Any] = {"time": value_of(time), "who": {"channel": "none"}}
            draft = a_draft(session, asks, owner=self.seats[who].owner, **content)
            booking.hold(session, asks.clinic, asks.kind, time, draft.id, START)
            self.own_drafts[who] = draft.id
        self.note("draft", self.own_drafts["acting"], "draft")
        self.note("start", value_of(a_time(NINE + 10 * len(RESIDENTS), TUESDAY)))

    def schedule(self, session: Session, free: Offer) -> None:
        """Opened, blocked and kept by the clinic's own admin, on a day when nobody is booked."""
        clinic, told = free.clinic, Told("Kvällstid", None, Book.A, frozenset({free.kind.id}), internal=False)
        stretch = Stretch(WEDNESDAY, Book.A, 2, NINE, NINE + 60)
        effect = openings.open_time(session, self.admin, clinic, told, [stretch], START)
        openings.block(session, self.admin, clinic, [Stretch(WEDNESDAY, Book.A, 1, NINE, NINE + 30)], "Leverans", START)
        template = schedule.keep_template(session, clinic.id, told)
        session.flush()
        self.note("change", effect.change_id)
        self.note("time", session.scalar(select(OpenedTime.id).where(OpenedTime.change_id == effect.change_id)))
        self.note("block", session.scalar(select(BlockedTime.id)))
        self.note("template", template.id)

    def screens(self, session: Session, clinic: Clinic) -> None:
        """One that is enrolled, and remembers a code and an answer; one that waits for its code."""
        vault = the_tools().vault
        device = screens.add(session, self.admin, vault, clinic.id, "Väntrummet", START)
        screens.enrol(session, vault, screens.told(vault, device, START)["code"], self.seats["screen"].owner, START)
        session.flush()
        screens.keep(session, vault, device, {"code": self.things["code"], "answer": "registered"}, START, AT_SCREEN)
        waiting = screens.add(session, self.admin, vault, clinic.id, "Entrén", START)
        self.note("screen", device.id)
        self.note("screen_code", screens.told(vault, waiting, START)["code"], "screen_code")

    def order(self, session: Session) -> None:
        """Begun by the resident, who waits for an app."""
        order = "a" * 32
        begun = PAPER_APP.eid.begin(Asked(order, "", "", "", "sv"))
        content: dict[str, Any] = {
            "kept": {},
            "address": None,
            "begun_at": START.isoformat(),
            "first_begun_at": START.isoformat(),
        }
        owner = self.seats["resident"].owner
        access.begin_eid(
            session, the_tools().vault, order, owner, Purpose.RESIDENT, "/", PAPER_APP.name, begun.reference, content, START
        )
        self.note("order", order, "order")
