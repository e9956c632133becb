"""Pages of trust: where one reports what is hard to use, and that what they say of cookies is true."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import pytest
from flask import Flask

from config.declarations import bank
from journal_core.transaction import Database
from portal.app import create_app
from portal.web.languages import LANGUAGES
from portal.wiring import Options
from tests.build import cast
from tests.build.builders import KEYS, MONDAY, SECRET, a_policy, an_offer
from tests.build.clocks import FixedClock
from tests.build.inspector import InspectedClient
from tests.build.site import BASE, Browser, a_portal


def told_by(database: Database, clock: FixedClock, phone: str | None = None, email: str | None = None) -> Flask:
    options = Options(
        production=False, secret=SECRET, base_url=BASE, keys=KEYS, bank=bank(), support_phone=phone, support_email=email
    )
    app = create_app(options, database, clock)
    app.test_client_class = InspectedClient
    return app


@pytest.mark.parametrize("page", ["/tillganglighet", "/hjalp"])
def test_there_is_a_way_to_say_that_something_does_not_work(sqlite_database: Database, clock: FixedClock, page: str) -> None:
    both = told_by(sqlite_database, clock, "08-123 45 67", "hjalp@example.org")
    html = Browser(both).get(page).html
    assert "tel:+4681234567" in html and "mailto:hjalp@example.org" in html
    assert "Ring mottagningen. Numret står på mottagningens sida." in Browser(told_by(sqlite_database, clock)).get(page).html


def test_every_page_leads_to_them(sqlite_database: Database, clock: FixedClock) -> None:
    footer = Browser(a_portal(sqlite_database, clock)).get("/min-bokning").html.partition("<footer")[2]
    for address in ("/hjalp", "/tillganglighet", "/personuppgifter", "/kakor"):
        assert f'href="{address}"' in footer


def test_the_cookies_that_are_named_are_those_that_there_are(sqlite_database: Database, clock: FixedClock) -> None:
    """A whole booking with e-ID, and a change of language, set no other."""
    with sqlite_database.writing() as session:
        offer = an_offer(session)
        a_policy(session, offer.clinic.unit.provider)
    browser = Browser(a_portal(sqlite_database, clock))
    named = set(re.findall(r'<dt><bdi dir="ltr">([^<]*)</bdi>', browser.get("/kakor?lang=sv").html))
    seen: set[str] = set()

    def note() -> None:
        assert browser.answer is not None
        for answer in (*browser.answer.history, browser.answer):
            for header in answer.headers.getlist("Set-Cookie"):
                seen.update(SimpleCookie(header))

    note()
    note_after = [
        lambda: browser.log_in(cast.BOOKER),
        lambda: browser.get(f"/klinik/{offer.clinic.id}/bokning"),
        lambda: browser.submit(type=str(offer.kind.id)),
        lambda: browser.submit(start=f"{MONDAY}T09:00"),
        lambda: browser.submit(email="maja@example.com"),
        lambda: browser.submit(policy="1"),
    ]
    for step in note_after:
        step()
        note()
    assert browser.path.endswith("/klart") and seen == named == {"vp", "lang"}


def test_the_statement_names_the_languages_that_nobody_has_read(sqlite_database: Database, clock: FixedClock) -> None:
    html = Browser(a_portal(sqlite_database, clock)).get("/tillganglighet").html
    for one in LANGUAGES.values():
        assert (one.name in html.partition("<main")[2]) == (not one.ready)
    alone = Browser(a_portal(sqlite_database, clock, languages=("sv",))).get("/tillganglighet").html
    assert "modersmål" not in alone
