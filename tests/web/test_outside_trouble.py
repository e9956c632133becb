"""BankID, an OpenID provider and the person register, each down, slow and half answering.

What still works works, what doesn't says so, and nothing falls open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import func, select

from journal_core.access.model import WebSession
from journal_core.booking.model import Visit
from journal_core.registers.openid import OpenId
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.transaction import Database
from portal.sign_in.hints import say_trouble
from portal.web.services import EidChoice
from tests.build import cast
from tests.build.bankid import Bank
from tests.build.builders import MONDAY, Offer, a_booking, a_demand_for_eid, a_policy, a_staff_account, an_offer
from tests.build.cast import Member
from tests.build.clocks import FixedClock
from tests.build.crooked import ENDPOINTS, CrookedProvider
from tests.build.qr import read_html
from tests.build.register import the_register
from tests.build.site import Browser, FormReader, a_portal

KINDS = ("down", "slow", "half")
EACH_KIND = pytest.mark.parametrize("kind", KINDS)
SECONDS = 0.2
"""So long an e-ID is waited for here: who is slow answers only when it is over."""
CODES = {"down": "unreachable", "slow": "unreachable", "half": "unreadable"}
NO_CHILDREN = "Folkbokföringen svarar inte just nu, så vi kan inte visa dina barn."
NINE = f"{MONDAY.isoformat()}T09:00"


@dataclass
class Outside:
    """All that a portal asks of the world, and how it fares."""

    database: Database
    clock: FixedClock
    bank: Bank
    provider: CrookedProvider
    register: StandInRegister
    browser: Browser
    _troubles: ExitStack = field(default_factory=ExitStack)

    def trouble(self, service: str, kind: str) -> None:
        {"bankid": self._trouble_bankid, "freja": self._trouble_provider, "register": self._trouble_register}[service](kind)

    def _trouble_bankid(self, kind: str) -> None:
        bank = self.bank.standin
        {"down": bank.goes_down, "slow": bank.goes_silent, "half": bank.answers_half}[kind]()

    def _trouble_provider(self, kind: str) -> None:
        for endpoint in ENDPOINTS:
            self._troubles.enter_context(self.provider.trouble(endpoint, kind))

    def _trouble_register(self, kind: str) -> None:
        """Half a family is no family: it answers about oneself, and no more about the children."""
        self.register.silent, self.register.answers_left = kind != "half", 1
        if kind == "slow":
            self.register.meanwhile = lambda: self.clock.advance(seconds=10)

    def recover(self) -> None:
        self.bank.standin.recovers()
        self._troubles.close()
        self.register.silent, self.register.answers_left, self.register.meanwhile = False, None, lambda: None

    def log_in(self, eid: str, who: Member) -> Browser:
        """By BankID's QR code, or at the provider."""
        page = self.browser.get("/logga-in").submit(provider=eid)
        return self.by_code(who) if eid == "bankid" else bring(page, self.provider.back(onward(page), who))

    def by_code(self, who: Member) -> Browser:
        """From the page that shows BankID's code."""
        here = self.browser.path
        phone = self.bank.phone
        phone.sign(phone.scan(read_html(self.browser.html)), who.number, who.given_name, who.family_name)
        self.clock.advance(seconds=2)
        return self.browser.get(here)

    @property
    def sessions(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(WebSession)) or 0


@pytest.fixture
def outside(sqlite_database: Database, clock: FixedClock, bank: Bank, crooked: CrookedProvider) -> Iterator[Outside]:
    register = the_register()
    choices = [
        EidChoice("bankid", "BankID", bank.asked_by(seconds=SECONDS), residents=True, staff=True),
        EidChoice("freja", "Freja", OpenId(crooked.settings(seconds=SECONDS), clock), residents=True, staff=False),
    ]
    app = a_portal(sqlite_database, clock, eids=choices, register=register, phone=bank.phone)
    made = Outside(sqlite_database, clock, bank, crooked, register, Browser(app))
    yield made
    made.recover()


def onward(browser: Browser) -> str:
    found = re.search(r'<a class="btn" href="([^"]+)"', browser.html)
    assert found, browser.html
    return unescape(found[1])


def bring(browser: Browser, answer: str) -> Browser:
    there = urlsplit(answer)
    return browser.get(there.path, query_string=dict(parse_qsl(there.query)))


# --- e-IDs ------------------------------------------------------------------------------------------------------------------


@EACH_KIND
@pytest.mark.parametrize(("broken", "other"), [("bankid", "freja"), ("freja", "bankid")])
def test_an_eid_in_trouble_says_so_and_the_others_let_in(outside: Outside, broken: str, other: str, kind: str) -> None:
    outside.trouble(broken, kind)
    page = outside.browser.get("/logga-in").submit(provider=broken)
    assert page.status == 503 and say_trouble(CODES[kind]) in page.html
    assert all(f'value="{eid}"' in page.html for eid in (broken, other)) and outside.sessions == 0
    assert outside.log_in(other, cast.BOOKER).path == "/mina-sidor"


@EACH_KIND
def test_bankid_in_trouble_while_one_waits(outside: Outside, kind: str) -> None:
    """The page says so and goes on. What it was told by half is lost, as BankID tells it once; then one begins anew."""
    page = outside.browser.get("/logga-in").submit(provider="bankid")
    here = page.path
    outside.trouble("bankid", kind)
    outside.clock.advance(seconds=2)
    assert page.client.get(f"{here}/lage").get_json()["said"] == say_trouble(CODES[kind])
    assert page.get(here).status == 200 and outside.sessions == 0
    outside.recover()
    assert outside.by_code(cast.BOOKER).path == "/mina-sidor"


@EACH_KIND
def test_a_provider_in_trouble_when_one_comes_back(outside: Outside, kind: str) -> None:
    answer = outside.provider.back(onward(outside.browser.get("/logga-in").submit(provider="freja")), cast.BOOKER)
    outside.trouble("freja", kind)
    page = bring(outside.browser, answer)
    assert page.status == 200 and "Du är inte inloggad" in page.html and say_trouble(CODES[kind]) in page.html
    assert page.get("/mina-sidor").path == "/logga-in" and outside.sessions == 0
    outside.recover()
    assert "Du är inte inloggad" in bring(page, answer).html, "what was not decided is not decided afterwards"
    assert outside.log_in("freja", cast.BOOKER).path == "/mina-sidor"


def test_a_provider_that_does_without_pkce_begins_nothing(outside: Outside) -> None:
    outside.provider.described = {"code_challenge_methods_supported": ["plain"]}
    page = outside.browser.get("/logga-in").submit(provider="freja")
    assert page.status == 503 and "Det gick inte att börja med Freja." in page.html and outside.sessions == 0


# --- booking ----------------------------------------------------------------------------------------------------------------


def an_open_clinic(outside: Outside) -> Offer:
    with outside.database.writing() as session:
        offer = an_offer(session)
        a_policy(session, offer.clinic.unit.provider)
        return offer


def to_time(browser: Browser, offer: Offer) -> Browser:
    return browser.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id)).submit(start=NINE)


WHO: Mapping[str, str] = {
    "person_1_identity": cast.BOOKER.number,
    "person_1_given_name": "Maja",
    "person_1_family_name": "Ekman",
    "channel": "none",
}


@EACH_KIND
def test_with_everything_in_trouble_one_books_without_eid(outside: Outside, kind: str) -> None:
    offer = an_open_clinic(outside)
    for service in ("bankid", "freja", "register"):
        outside.trouble(service, kind)
    page = to_time(outside.browser, offer).submit(**WHO).submit(policy="1")
    assert page.status == 200 and page.path.endswith("/klart")
    with outside.database.reading() as session:
        [visit] = session.scalars(select(Visit)).all()
        assert visit.person.registered is None, "nobody has vouched for what was typed"


@EACH_KIND
def test_where_eid_is_demanded_nothing_is_booked_without(outside: Outside, kind: str) -> None:
    offer = an_open_clinic(outside)
    with outside.database.writing() as session:
        a_demand_for_eid(session, offer.within(session).clinic, offer.within(session).category.reason)
    for service in ("bankid", "freja", "register"):
        outside.trouble(service, kind)
    page = outside.browser.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))
    assert page.path == "/logga-in"
    for eid in ("bankid", "freja"):
        assert page.submit(provider=eid).status == 503
    _action, kept = FormReader(page.html).forms["step"]
    assert "/bokning/" in kept["till"] and page.get(kept["till"]).path == "/logga-in"
    with outside.database.reading() as session:
        assert session.scalars(select(Visit)).all() == []


@EACH_KIND
def test_who_is_logged_in_already_stays_so_and_books(outside: Outside, kind: str) -> None:
    offer = an_open_clinic(outside)
    outside.log_in("bankid", cast.BOOKER)
    for service in ("bankid", "freja", "register"):
        outside.trouble(service, kind)
    page = to_time(outside.browser, offer).submit(channel="none").submit(policy="1")
    assert page.path.endswith("/klart") and page.get("/mina-sidor").path == "/mina-sidor"


# --- the register -----------------------------------------------------------------------------------------------------------


@EACH_KIND
def test_with_the_register_in_trouble_one_logs_in_but_the_children_are_not_there(outside: Outside, kind: str) -> None:
    outside.trouble("register", kind)
    page = outside.log_in("bankid", cast.GUARDIAN)
    assert page.path == "/mina-sidor" and NO_CHILDREN in page.html
    assert not any(child.given_name in page.html for child in (cast.CHILD, cast.TWELVE, cast.FOURTEEN, cast.SEVENTEEN))
    outside.recover()
    html = page.get("/mina-sidor").html
    assert NO_CHILDREN not in html and "Alva Lund" in html, "it is asked again"


@EACH_KIND
def test_a_right_that_was_there_lasts_a_day_and_no_longer(outside: Outside, kind: str) -> None:
    """The register told on Friday, and not on Saturday: the right ends during the session."""
    page = outside.log_in("bankid", cast.GUARDIAN)
    child = page.html.partition('name="barn" value="')[2].partition('"')[0]
    told = outside.clock.now()
    outside.clock.advance(hours=23, minutes=30)
    outside.trouble("register", kind)
    page = outside.log_in("bankid", cast.GUARDIAN)
    assert "Alva Lund" in page.html and NO_CHILDREN not in page.html, "what it told is not a day old"
    act_for(page, child)
    outside.clock.set(told + timedelta(hours=24))
    assert "Du gör det här åt" in page.get("/hjalp").html
    outside.clock.set(told + timedelta(hours=24, seconds=1))
    assert page.get("/hjalp").path == "/mina-sidor" and "Du kan inte göra mer åt barnet" in page.html
    assert NO_CHILDREN in page.html and "Alva" not in page.html
    act_for(page, child)
    assert page.status == 404


def act_for(page: Browser, child: str) -> None:
    token = FormReader(page.html).forms["form-0"][1]["csrf_token"]
    page.answer = page.client.post("/mina-sidor/agera", data={"csrf_token": token, "barn": child}, follow_redirects=True)


@EACH_KIND
def test_the_visits_page_tells_staff_that_the_register_is_silent(outside: Outside, kind: str) -> None:
    offer = an_open_clinic(outside)
    with outside.database.writing() as session:
        [visit] = a_booking(session, offer, coming=(cast.STRANGER.coming,)).visits
        a_staff_account(session, offer.within(session).clinic)
    nurse = outside.browser.log_in(cast.NURSE_HERE, staff=True)
    outside.trouble("register", kind)
    outside.register.answers_left = 0
    html = nurse.get(f"/personal/besok/{visit.id}").html
    assert nurse.status == 200 and "Torsten Falk" in html
    assert "Folkbokföringen svarar inte just nu." in html and "Namnet är inte kontrollerat" in html
