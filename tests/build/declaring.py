"""A clinic whose visits ask for a declaration, and residents who answer over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from journal_core.actor import LINK
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.rules import Coming
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import About, Answer
from journal_core.declarations.model import Declaration, Definition
from journal_core.declarations.queries import newest
from journal_core.declarations.use_cases import Subject
from journal_core.organisation.model import Clinic
from journal_core.persons.model import IdentityKind
from journal_core.persons.rules import Identity
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    KEYS,
    MONDAY,
    Offer,
    a_booking,
    a_clinic,
    a_staff_account,
    a_time,
    an_offer,
    the_tools,
)
from tests.build.clocks import START
from tests.build.forms import FORM
from tests.build.site import Browser

DEVIATES = {"allergy": Answer(("yes",)), "allergy-to": Answer(("latex",)), "ill": Answer(("no",))}
TOLD = "Svullnad i <b>halsen</b> & \u202egnällig\u202c hud"


@dataclass
class Place:
    database: Database
    offer: Offer
    definition: Definition

    def book(self, *coming: cast.Member, minute: int = 540) -> str:
        """The link of a booking that somebody else's browser has made."""
        with self.database.writing() as session:
            people = tuple(who.coming for who in coming or (cast.BOOKER,))
            made = a_booking(session, self.offer, time=a_time(minute), coming=people)
            return f"/b/{booking.link_of(the_tools().vault, made)}"

    def count(self, *which: ColumnElement[bool]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Declaration).where(*which)) or 0

    def looks(self) -> int:
        """Rows of the log that say that somebody has seen a declaration."""
        with self.database.reading() as session:
            seen = select(func.count()).where(AccessLogRow.action == Action.SAW_DECLARATION)
            return session.scalar(seen) or 0

    def said(self) -> dict[str, tuple[str, ...]]:
        """The answers of the newest."""
        with self.database.reading() as session:
            made = session.scalars(select(Declaration).order_by(Declaration.id.desc())).first()
            assert made is not None
            return {key: one.answer.values for key, one in telling.told(KEYS, made).items()}

    def change_clinic(self, **values: object) -> None:
        with self.database.writing() as session:
            session.execute(update(Clinic).where(Clinic.id == self.offer.clinic.id).values(values))


def a_place(database: Database) -> Place:
    """Its clinic's visits ask for a declaration, and it has the direct link."""
    with database.writing() as session:
        clinic = a_clinic(session, declaration_link=True)
        offer = an_offer(session, clinic=clinic, persons=2)
        made = telling.define(session, clinic.unit.provider_id, "Vaccination", "", FORM, 30, START)
        telling.require(session, offer.kind.id, made.id)
        made.drop_in = True
    return Place(database, offer, made)


def let_in(portal: Flask, link: str, who: cast.Member = cast.BOOKER) -> Browser:
    """Whoever has the link and says the date of birth."""
    return Browser(portal).get(link).submit("identify", birth_date=who.born.isoformat())


def a_nurse(portal: Flask, place: Place) -> Browser:
    """One of the place's, logged in."""
    with place.database.writing() as session:
        a_staff_account(session, session.merge(place.offer.clinic), Role.NURSE)
    return Browser(portal).log_in(cast.NURSE_HERE, staff=True)


def visit_page(nurse: Browser) -> str:
    """Of the first on the tests' Monday."""
    nurse.get(f"/personal?dag={MONDAY}")
    return str(re.findall(r"/personal/besok/\d+", nurse.html)[0])


def begin(browser: Browser, n: int = 1) -> Browser:
    action = re.findall(rf'action="([^"]*/halsodeklaration/{n})"', browser.html)[0]
    token = re.findall(r'name="csrf_token" value="([^"]*)"', browser.html)[0]
    browser.answer = browser.client.post(action, data={"csrf_token": token}, follow_redirects=True)
    return browser


def asked(browser: Browser) -> str:
    return browser.path.rsplit("/", 1)[-1]


def place_link(place: Place) -> str:
    with place.database.reading() as session:
        made = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
        assert made is not None
        return f"/b/{booking.link_of(the_tools().vault, made)}"


def a_full_day(session: Session, visits: int, clinic: Clinic | None = None, day: date = MONDAY) -> Clinic:
    """A clinic with so many visits that day, each of somebody who has told a declaration in which an answer deviates."""
    offer = an_offer(session, clinic=clinic, days=[day], span=(7 * 60, 20 * 60), resources=(1, 2, 3), minutes=5)
    definition = telling.define(session, offer.clinic.unit.provider_id, "Vaccination", "", FORM, 90, START)
    telling.require(session, offer.kind.id, definition.id)
    for n in range(visits):
        identity = Identity(IdentityKind.PERSONAL, f"19850101{n:04}", cast.BOOKER.born)
        coming = Coming(identity.born, f"Person {n}", "Prov", identity)
        visit = a_booking(session, offer, time=a_time(7 * 60 + 5 * (n // 3), day), coming=(coming,)).visits[0]
        subject = Subject(visit.person_id, offer.clinic.unit.provider_id, offer.clinic.id, About(40), visit.id)
        made = telling.begin(session, LINK, newest(session, definition.id), subject, None, START)
        telling.answer(session, KEYS, made, DEVIATES, "sv", None, START)
        telling.send(session, LINK, KEYS, made, START)
    return offer.clinic
