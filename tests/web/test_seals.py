"""Seals: whoever may set them does, learns nothing by it, and from then on nobody else acts for the person."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from journal_core.audit.model import AccessLogRow, Action
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import a_clinic, a_staff_account
from tests.build.clocks import START, FixedClock
from tests.build.home import MINE, at_home
from tests.build.site import Browser, a_portal

SEALS = "/personal/sparrar"
SET, LIFTED = "Klart. Förseglingen gäller från och med nu.", "Klart. Det finns ingen försegling längre."


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def portal(database: Database, clock: FixedClock) -> Flask:
    return a_portal(database, clock)


@pytest.fixture
def admin(portal: Flask, database: Database) -> Browser:
    with database.writing() as session:
        a_staff_account(session, a_clinic(session), Role.BLOCK_ADMIN)
    return Browser(portal).log_in(cast.NURSE_HERE, staff=True)


def plain(html: str) -> str:
    """But for what is another each time, and for the number that was typed."""
    bare = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", html)
    return re.sub(r"\d{8}-?\d{4}", "the number", bare)


def sealed(database: Database) -> dict[str | None, bool]:
    with database.reading() as session:
        return {one.identity: one.sealed_at is not None for one in session.scalars(select(Person))}


def test_the_login_leads_to_the_page_and_nothing_else_is_in_the_menu(admin: Browser) -> None:
    assert admin.get("/personal").path == SEALS
    assert re.findall(r'<li><a href="(/personal[^"]*)"', admin.html)[:1] == [SEALS]
    assert admin.get("/personal/schema").status == 403


def test_a_seal_ends_acting_at_the_next_page_and_lifted_it_is_as_before(
    admin: Browser, portal: Flask, database: Database
) -> None:
    guardian = at_home(portal, database, cast.GUARDIAN).act_for(cast.CHILD)
    admin.get(SEALS).submit(number="190502-2388")
    assert "20190502-2388" in admin.html and "Alva" not in admin.html
    admin.submit(gor="forsegla")
    assert SET in admin.html
    assert "Du kan inte göra mer åt barnet här." in guardian.get("/hjalp").said and "Alva" not in guardian.said
    admin.submit(number=cast.CHILD.number).submit(gor="hav")
    assert LIFTED in admin.html
    assert "Alva Lund" in guardian.get(MINE).said


def test_nobody_is_sealed_before_it_is_confirmed_and_no_number_is_in_an_address(admin: Browser, database: Database) -> None:
    admin.get(SEALS).submit(number=cast.CHILD.number)
    assert cast.CHILD.number not in sealed(database)
    addresses = [admin.path]
    admin.submit(gor="forsegla")
    assert admin.answer is not None
    assert not any(cast.CHILD.number[4:] in one for one in (*addresses, admin.answer.request.full_path))
    assert sealed(database) == {cast.CHILD.number: True}


def test_the_answer_is_the_same_whoever_it_is(admin: Browser, portal: Flask, database: Database) -> None:
    """Known with a name, known by number alone, protected, sealed already, unknown."""
    at_home(portal, database, cast.GUARDIAN)
    with database.writing() as session:
        known = persons.ensure(session, [who.identity for who in (cast.STRANGER, cast.EIGHTY, cast.BOOKER)], START)
        known[cast.EIGHTY.number].protected = True
        known[cast.BOOKER.number].sealed_at = START
    told = (cast.GUARDIAN, cast.STRANGER, cast.EIGHTY, cast.BOOKER, cast.COORDINATED)
    for act in ("forsegla", "hav"):
        pages = []
        for who in told:
            asked = plain(admin.get(SEALS).submit(number=who.number).html)
            pages.append((asked, plain(admin.submit(gor=act).html)))
        assert len(set(pages)) == 1
    assert not any(sealed(database)[who.number] for who in told)


def test_each_is_logged_with_who_did_it(admin: Browser, database: Database) -> None:
    for act in ("forsegla", "hav"):
        admin.get(SEALS).submit(number=cast.CHILD.number).submit(gor=act)
    with database.reading() as session:
        done = (Action.SEALED, Action.SEAL_LIFTED)
        rows = session.scalars(select(AccessLogRow).where(AccessLogRow.action.in_(done)).order_by(AccessLogRow.id)).all()
        child = session.scalars(select(Person.id).where(Person.identity == cast.CHILD.number)).one()
    assert [row.action for row in rows] == list(done)
    assert {row.person_id for row in rows} == {child}
    assert all(row.actor_id and row.assignment_id and row.clinic_id for row in rows)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Skriv personnumret med 12 siffror."),
        ("20190502", "Skriv personnumret med 12 siffror."),
        ("201905022389", "Personnumret stämmer inte."),
    ],
)
def test_what_is_no_number_is_said_and_kept(admin: Browser, database: Database, typed: str, said: str) -> None:
    admin.get(SEALS).submit(number=typed)
    assert admin.status == 422 and said in admin.html and f'value="{typed}"' in admin.html
    assert sealed(database) == {}


@pytest.mark.parametrize("told", [{"gor": "annat"}, {"gor": "forsegla", "number": "1"}, {"gor": "hav", "csrf_token": "old"}])
def test_a_form_that_is_not_whole_does_nothing(admin: Browser, database: Database, told: dict[str, str]) -> None:
    admin.get(SEALS).submit(number=cast.CHILD.number).submit(**told)
    assert admin.status == 422 and sealed(database) == {}
