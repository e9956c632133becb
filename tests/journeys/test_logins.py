"""Logging in through each e-ID in a browser, end to end: BankID, a real OpenID provider as three of them, the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from config.demo.people import ASTRID, JOHAN, KARIN
from journal_core.clock import SystemClock
from journal_core.registers.openid import OpenId
from journal_core.staff.model import StaffAccount
from portal.sign_in.hints import say_end, say_hint
from portal.web.services import EidChoice
from tests.build import cast
from tests.build.cast import Member
from tests.build.openid import LEVEL_2, LEVELS, client_settings, real_provider
from tests.build.qr import read
from tests.build.states.ways import arrow_to, choose_eid, enter, log_in, on_a_phone, press
from tests.build.world import WIDE, World

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
NAMES = {"sweden-connect": "Sweden Connect", "freja": "Freja", "siths": "SITHS"}
NURSE = Member(KARIN.number, date(1976, 9, 3), KARIN.given_name, KARIN.family_name)
HSA_ID = "SE2321000016-1A2B"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Others' own provider, live. It knows the portal at every port of this machine."""
    doors = [f"http://127.0.0.1/logga-in/svar/{name}" for name in NAMES]
    with real_provider(doors, (cast.BOOKER, cast.COORDINATED, NURSE), {NURSE.number: HSA_ID}) as address:
        yield address


@pytest.fixture
def real(issuer: str, world: World) -> Iterator[World]:
    """With the real provider as each of those that it resembles. It lives by the wall clock, and so do they."""
    eids = [
        EidChoice(name, label, OpenId(client_settings(issuer, name), SystemClock()), name != "siths", name == "siths")
        for name, label in NAMES.items()
    ]
    with world.offering(eids):
        yield world


def begin(page: Page, world: World, eid: str = "bankid", door: str = "/logga-in") -> None:
    page.goto(world.at(door))
    choose_eid(page, eid)


def is_in(page: Page, world: World, path: str = "/mina-sidor") -> None:
    page.wait_for_url(world.at(path))
    if path != "/mina-sidor":
        page.goto(world.at("/mina-sidor"))
    expect(page.locator("h1")).to_have_text("Mina sidor")
    expect(page.get_by_role("button", name="Logga ut")).to_be_visible()


def is_out(page: Page, world: World) -> None:
    page.goto(world.at("/mina-sidor"))
    assert "/logga-in" in page.url


# --- BankID ---------------------------------------------------------------------------------------------------------------


def code_of(page: Page) -> str:
    """What a camera before the page reads."""
    drawn = page.locator("[data-qr] svg")
    path, box = drawn.locator("path").get_attribute("d"), drawn.get_attribute("viewBox")
    assert path and box
    return read(path, int(box.split()[2]))


def second(page: Page, world: World, count: int = 1) -> None:
    """So many seconds later, for the page's script and for BankID."""
    world.clock.advance(seconds=count)
    with page.expect_response("**/lage"):
        page.clock.run_for(1000)


def test_bankid_by_qr_code_follows_by_itself(world: World, chromium: Browser) -> None:
    phone = world.issuers.bank.phone
    with world.with_page(chromium, WIDE) as page:
        page.clock.install()
        begin(page, world, door="/logga-in?till=/min-bokning")
        said, drawn = page.locator("[data-said]"), page.locator("[data-qr] path")
        expect(said).to_have_text(say_hint("outstandingTransaction"))
        codes = {code_of(page)}
        for _n in range(2):
            before = drawn.get_attribute("d") or ""
            second(page, world)
            expect(drawn).not_to_have_attribute("d", before)
            codes.add(code_of(page))
        assert [code.split(".")[2] for code in sorted(codes)] == ["0", "1", "2"]
        opened = phone.scan(code_of(page))
        second(page, world, 2)
        expect(said).to_have_text(say_hint("userSign"))
        phone.sign(opened, JOHAN.number, JOHAN.given_name, JOHAN.family_name)
        second(page, world, 2)
        is_in(page, world, "/min-bokning")


def test_bankid_by_qr_code_without_scripts(world: World, chromium: Browser) -> None:
    """The page asks anew every five seconds, or as soon as one likes."""
    phone = world.issuers.bank.phone
    with world.with_page(chromium, javascript=False) as page:
        begin(page, world)
        assert page.locator("noscript meta[http-equiv=refresh]").get_attribute("content") == "5"
        world.clock.advance(seconds=8)
        page.get_by_role("link", name="Hämta en ny kod").click()
        opened = phone.scan(code_of(page))
        phone.sign(opened, JOHAN.number, JOHAN.given_name, JOHAN.family_name)
        world.clock.advance(seconds=2)
        page.get_by_role("link", name="gå vidare").click()
        is_in(page, world)


@SCRIPTS
def test_bankid_on_the_same_device(world: World, chromium: Browser, javascript: bool) -> None:
    with world.with_page(chromium, javascript=javascript) as page:
        if javascript:
            on_a_phone(page)
        begin(page, world)
        page.get_by_role("link", name="Öppna BankID här").click()
        expect(page.locator("h1")).to_have_text("Övningstelefon")
        page.locator(f"#n{ASTRID.number}").check()
        press(page)
        is_in(page, world)


def test_bankid_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        page.goto(world.at("/logga-in"))
        enter(page, page.locator("#step button[value=bankid]"))
        page.wait_for_url("**/vanta/*")
        enter(page, page.get_by_role("link", name="Öppna BankID här"))
        page.wait_for_url("**/telefon*")
        arrow_to(page, page.locator("input[name=number]"), page.locator(f"#n{ASTRID.number}"))
        page.keyboard.press("Enter")
        is_in(page, world)


def test_bankid_is_cancelled_here_or_in_the_app(world: World, chromium: Browser) -> None:
    with world.with_page(chromium) as page:
        begin(page, world, door="/logga-in?till=/min-bokning")
        code = code_of(page)
        press(page, "stop")
        expect(page.locator("input[name=till]")).to_have_value("/min-bokning")
        with pytest.raises(Exception, match="noSuchOrder"):
            world.issuers.bank.phone.scan(code)
        choose_eid(page, "bankid")
        page.get_by_role("link", name="Öppna BankID här").click()
        page.get_by_role("button", name="Avbryt").click()
        expect(page.locator("main")).to_contain_text(say_end("userCancel"))
        page.get_by_role("link", name="Försök igen").click()
        expect(page.locator("input[name=till]")).to_have_value("/min-bokning")
        is_out(page, world)


# --- OpenID Connect, with a provider that others wrote -----------------------------------------------------------------------


def identify(page: Page, who: Member, level: str = LEVELS[0]) -> None:
    """At the provider's own page."""
    expect(page.locator("h1")).to_have_text("Provutfärdare")
    page.locator(f"#choose input[name=number][value='{who.number}']").check()
    page.locator(f"#choose input[name=level][value='{LEVELS.index(level)}']").check()
    page.locator("#choose button").first.click()


@SCRIPTS
@pytest.mark.parametrize(("eid", "who"), [("sweden-connect", cast.COORDINATED), ("freja", cast.BOOKER)], ids=["sc", "freja"])
def test_a_resident_by_openid_connect(real: World, chromium: Browser, eid: str, who: Member, javascript: bool) -> None:
    with real.with_page(chromium, javascript=javascript) as page:
        begin(page, real, eid, "/logga-in?till=/min-bokning")
        identify(page, who)
        is_in(page, real, "/min-bokning")
        page.goto(real.at("/mina-sidor/inloggningar"))
        expect(page.locator("main .card")).to_contain_text(f"Inloggad med {NAMES[eid]}")


def test_at_the_provider_one_may_change_ones_mind_and_choose_again(real: World, chromium: Browser) -> None:
    with real.with_page(chromium) as page:
        begin(page, real, "sweden-connect")
        page.locator("#choose button[name=cancel]").click()
        expect(page.locator("main")).to_contain_text(say_end("access_denied"))
        is_out(page, real)
        begin(page, real, "sweden-connect")
        identify(page, cast.BOOKER, LEVEL_2)
        expect(page.locator("main")).to_contain_text(say_end("level_too_low"))
        page.get_by_role("link", name="Försök igen").click()
        choose_eid(page, "freja")
        identify(page, cast.BOOKER)
        is_in(page, real)


def test_back_after_a_login_leads_neither_in_again_nor_to_the_provider(real: World, chromium: Browser) -> None:
    with real.with_page(chromium) as page:
        begin(page, real, "freja")
        identify(page, cast.BOOKER)
        is_in(page, real)
        page.get_by_role("button", name="Logga ut").click()
        page.wait_for_url(real.at("/"))
        while page.go_back():
            assert "Mina sidor" not in page.title()
        is_out(page, real)


# --- staff ------------------------------------------------------------------------------------------------------------------


def work_at(page: Page, world: World, clinic: str) -> None:
    page.get_by_label(world.clinic_name(clinic)).check()
    press(page, "choose")
    page.wait_for_url(world.at("/personal"))
    expect(page.locator(".clinic-band")).to_contain_text(world.clinic_name(clinic))


def choose_and_switch(page: Page, world: World) -> None:
    page.wait_for_url(world.at("/personal/uppdrag"))
    work_at(page, world, "nissan")
    page.locator("details.me summary").click()
    page.get_by_role("link", name="Byt uppdrag").click()
    work_at(page, world, "andersberg")


def test_staff_by_bankid(world: World, chromium: Browser) -> None:
    """They choose and switch what they work as; after 45 idle minutes they are out, and come back to where they were."""
    with world.with_page(chromium, WIDE) as page:
        begin(page, world, door="/personal/logga-in")
        page.get_by_role("link", name="Öppna BankID här").click()
        page.locator(f"#n{KARIN.number}").check()
        press(page)
        choose_and_switch(page, world)
        world.clock.advance(minutes=44)
        page.goto(world.at("/personal/schema"))
        assert page.url == world.at("/personal/schema")
        world.clock.advance(minutes=45, seconds=1)
        page.goto(world.at("/personal/schema"))
        assert page.url == world.at("/personal/logga-in?till=/personal/schema")


@SCRIPTS
def test_staff_by_siths(real: World, chromium: Browser, javascript: bool) -> None:
    """The card tells no identity number, only the HSA-ID."""
    with real.database.writing() as session:
        session.execute(update(StaffAccount).where(StaffAccount.identity == KARIN.number).values(hsa_id=HSA_ID))
    with real.with_page(chromium, WIDE, javascript=javascript) as page:
        begin(page, real, "siths", "/personal/logga-in")
        identify(page, NURSE)
        choose_and_switch(page, real)
        page.goto(real.at("/personal/inloggningar"))
        expect(page.locator("main .card")).to_contain_text("Inloggad med SITHS")


# --- the stand-in -----------------------------------------------------------------------------------------------------------


@SCRIPTS
def test_the_stand_in_keeps_to_its_corner(world: World, chromium: Browser, javascript: bool) -> None:
    with world.with_page(chromium, javascript=javascript) as page:
        page.goto(world.at("/logga-in"))
        expect(page.locator("#step .note").filter(has_text="Bara för utveckling").locator("button")).to_have_count(1)
        log_in(page, world, ASTRID)
        is_in(page, world)
        expect(page.locator(".dev-mark")).to_be_visible()
