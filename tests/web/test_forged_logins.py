"""Forged and misled logins through the whole portal: a calm page, no session, nothing of anybody in the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import func, select

from journal_core.access.model import EidOrder, WebSession
from journal_core.persons.model import Person
from journal_core.registers.openid import OpenId
from journal_core.transaction import Database
from portal.sign_in.hints import say_end
from portal.web.services import EidChoice
from tests.build import cast
from tests.build.builders import a_clinic, a_staff_account
from tests.build.cast import BOOKER, STRANGER, Member
from tests.build.clocks import FixedClock
from tests.build.crimes import ENDS, HONEST
from tests.build.crooked import CrookedProvider
from tests.build.listener import noted_lines
from tests.build.site import Browser, a_portal

CALM = "Du är inte inloggad"
UNKNOWN = "Inloggningen avbröts, tog för lång tid eller påbörjades i en annan webbläsare."
ABOUT_NOTHING_WE_KNOW = {"wrong_state", "no_state", "unsolicited"}
"""Crimes that leave no trace of which login they are about."""


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock, crooked: CrookedProvider) -> Browser:
    """Before a portal with two names for the same crooked provider: one for residents, and one for staff."""
    eid = OpenId(crooked.settings(), clock)
    choices = [
        EidChoice("freja", "Freja", eid, residents=True, staff=False),
        EidChoice("siths", "SITHS", eid, residents=False, staff=True),
    ]
    return Browser(a_portal(sqlite_database, clock, eids=choices))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the log says, line by line."""
    with noted_lines() as found:
        yield found


def begin(browser: Browser, eid: str = "freja", door: str = "/logga-in") -> str:
    """Where the browser is sent to identify."""
    browser.get(door).submit(provider=eid)
    found = re.search(r'<a class="btn" href="([^"]+)"', browser.html)
    assert found, browser.html
    return unescape(found[1])


def bring(browser: Browser, answer: str) -> Browser:
    """The browser comes back to us from the provider."""
    there = urlsplit(answer)
    return browser.get(there.path, query_string=dict(parse_qsl(there.query)))


def is_refused(browser: Browser, said: str) -> bool:
    calm = browser.status == 200 and CALM in browser.html and "Försök igen" in browser.html and said in browser.html
    return calm and browser.get("/mina-sidor").path == "/logga-in"


def count(database: Database, model: type[WebSession | Person | EidOrder]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def said_of(crime: str) -> str:
    return UNKNOWN if crime in ABOUT_NOTHING_WE_KNOW else say_end(ENDS[crime])


def test_every_forgery_meets_a_calm_page_and_no_session(
    browser: Browser, crooked: CrookedProvider, clock: FixedClock, sqlite_database: Database, lines: list[str]
) -> None:
    """In one browser, one after the other; and an honest answer after all of them still lets in."""
    let_through = []
    for crime in ENDS:
        clock.advance(minutes=1)
        if not is_refused(bring(browser, crooked.back(begin(browser), BOOKER, crime)), said_of(crime)):
            let_through.append(crime)
    assert let_through == [] and len(ENDS) >= 14
    assert count(sqlite_database, WebSession) == count(sqlite_database, Person) == 0
    for way in HONEST:
        assert bring(Browser(browser.app), crooked.back(begin(browser), BOOKER, way)).path != "/mina-sidor"
        assert bring(browser, crooked.back(begin(browser), BOOKER, way)).path == "/mina-sidor"
    assert_says_nothing_of_anybody(lines)


def assert_says_nothing_of_anybody(lines: list[str]) -> None:
    told = [json.loads(line) for line in lines]
    assert any(line["message"] == "an answer was not believed" and line["kind"] == "freja" for line in told)
    assert not [line for line in told if "error" in line or line["level"] in ("error", "critical")]
    private = [text for who in (BOOKER, STRANGER, cast.COORDINATED) for text in (who.number, who.given_name, who.family_name)]
    assert not [line for line in lines if any(text in line for text in (*private, "code=", "state=", "id_token"))]


def test_all_that_smells_of_forgery_is_answered_in_the_same_words(browser: Browser, crooked: CrookedProvider) -> None:
    """Who forges learns not which check stopped them."""
    told = set()
    for crime in ("wrong_nonce", "alg_none", "key_confusion", "wrong_audience", "wrong_issuer", "swapped_order_without_pkce"):
        html = bring(browser, crooked.back(begin(browser), BOOKER, crime)).html
        told.add(html.partition("<main")[2].partition("</main>")[0])
    assert len(told) == 1


def honest(browser: Browser, crooked: CrookedProvider, who: Member) -> str:
    """The answer to a login that this browser has begun."""
    return crooked.back(begin(browser), who)


def test_answers_swapped_between_two_browsers_let_in_neither(browser: Browser, crooked: CrookedProvider) -> None:
    other = Browser(browser.app)
    mine, theirs = honest(browser, crooked, BOOKER), honest(other, crooked, STRANGER)
    assert is_refused(bring(browser, theirs), UNKNOWN) and is_refused(bring(other, mine), UNKNOWN)
    assert bring(browser, mine).path == "/mina-sidor", "the login under way is none the worse"


def test_somebody_elses_code_under_ones_own_state_is_refused(browser: Browser, crooked: CrookedProvider) -> None:
    """The attacker's code, injected into the victim's login: PKCE and nonce bind it to the attacker's browser."""
    attacker = Browser(browser.app)
    stolen = dict(parse_qsl(urlsplit(honest(attacker, crooked, STRANGER)).query))
    address = begin(browser)
    mine = crooked.answer(address, BOOKER)
    assert is_refused(browser.get("/logga-in/svar/freja", query_string={**mine, "code": stolen["code"]}), say_end("expired"))


def test_an_attackers_answer_logs_no_victim_in_as_the_attacker(browser: Browser, crooked: CrookedProvider) -> None:
    """Nor does it change who is logged in already."""
    attacker = Browser(browser.app)
    assert is_refused(bring(browser, honest(attacker, crooked, STRANGER)), UNKNOWN)
    bring(browser, honest(browser, crooked, BOOKER))
    inside = browser.client.get_cookie("vp")
    assert bring(browser, honest(attacker, crooked, STRANGER)).path == "/mina-sidor"
    assert browser.client.get_cookie("vp") == inside
    assert attacker.get("/mina-sidor").path == "/logga-in"


def test_an_answer_counts_once(browser: Browser, crooked: CrookedProvider, sqlite_database: Database) -> None:
    answer = honest(browser, crooked, BOOKER)
    assert bring(browser, answer).path == "/mina-sidor"
    crooked.asked.clear()
    assert bring(browser, answer).path == "/mina-sidor" and count(sqlite_database, WebSession) == 1
    browser.submit("form-0")
    assert is_refused(bring(browser, answer), UNKNOWN)
    assert crooked.asked == [], "the provider is not asked about it again"


def test_a_refused_answer_is_not_tried_again(browser: Browser, crooked: CrookedProvider) -> None:
    """Nor is whoever goes Back sent to the provider with a login that is over."""
    address = begin(browser)
    here, order = browser.path, dict(parse_qsl(urlsplit(address).query))["state"]
    assert is_refused(bring(browser, crooked.back(address, BOOKER, "wrong_nonce")), say_end("not_trusted"))
    crooked.asked.clear()
    assert is_refused(bring(browser, crooked.back(address, BOOKER)), say_end("not_trusted"))
    assert crooked.asked == [] and here == f"/logga-in/vanta/{order}"
    assert is_refused(browser.get(here), say_end("not_trusted"))


def test_an_answer_that_comes_too_late_is_refused(browser: Browser, crooked: CrookedProvider, clock: FixedClock) -> None:
    answer = honest(browser, crooked, BOOKER)
    clock.advance(minutes=10)
    assert is_refused(bring(browser, answer), say_end("expired"))
    clock.advance(minutes=15)
    begin(Browser(browser.app))
    assert is_refused(bring(browser, answer), UNKNOWN), "it is forgotten"


def test_an_answer_at_another_providers_door_is_refused(browser: Browser, crooked: CrookedProvider) -> None:
    answer = honest(browser, crooked, BOOKER).replace("/svar/freja", "/svar/siths")
    assert is_refused(bring(browser, answer), UNKNOWN)


def test_a_provider_is_asked_only_at_the_door_where_it_is_offered(
    browser: Browser, crooked: CrookedProvider, sqlite_database: Database
) -> None:
    for door, eid in (("/logga-in", "siths"), ("/personal/logga-in", "freja"), ("/logga-in", "unknown")):
        assert browser.get(door).submit(provider=eid).path == door
    assert crooked.asked == [] and count(sqlite_database, EidOrder) == 0


def test_a_residents_login_opens_no_staff_session(
    browser: Browser, crooked: CrookedProvider, sqlite_database: Database
) -> None:
    """Whatever page it was to lead to, and whoever it is."""
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session))
    bring(browser, crooked.back(begin(browser, door="/logga-in?till=/personal"), cast.NURSE_HERE))
    assert browser.path == "/personal/logga-in"
    assert bring(browser, crooked.back(begin(browser, "siths", "/personal/logga-in"), cast.NURSE_HERE)).path == "/personal"
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_staff_are_refused_as_calmly_and_led_to_their_own_door(browser: Browser, crooked: CrookedProvider) -> None:
    bring(browser, crooked.back(begin(browser, "siths", "/personal/logga-in"), cast.NURSE_HERE, "lower_level"))
    assert say_end("level_too_low") in browser.html and 'href="/personal/logga-in?till=' in browser.html
    assert browser.get("/personal").path == "/personal/logga-in"
