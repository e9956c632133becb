"""Logging in and out, with the development stand-in."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import a_clinic, a_staff_account
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal
from tests.build.states.ways import IPHONE


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(sqlite_database, clock))


def another(browser: Browser) -> Browser:
    return Browser(browser.app)


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("vp")
    assert found is not None
    return found.value


def test_a_resident_logs_in_and_out(browser: Browser) -> None:
    browser.log_in(cast.BOOKER)
    assert browser.path == "/mina-sidor" and "Logga ut" in browser.html
    browser.submit("form-0")
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_login_gives_a_new_reference_and_logout_too(browser: Browser) -> None:
    browser.get("/logga-in")
    before = cookie(browser)
    browser.submit().submit(number=cast.BOOKER.number)
    inside = cookie(browser)
    browser.submit("form-0")
    assert len({before, inside, cookie(browser)}) == 3
    browser.client.set_cookie("vp", inside)
    assert browser.get("/mina-sidor").path == "/logga-in", "the old reference opens nothing"


def test_cancelling_at_the_eid_logs_nobody_in(browser: Browser) -> None:
    browser.get("/logga-in").submit()
    assert browser.answer is not None
    back = parse_qs(urlsplit(browser.answer.request.full_path).query)["till"][0]
    assert "Du är inte inloggad" in browser.get(back).html
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_an_identification_belongs_to_the_browser_that_began_it(browser: Browser) -> None:
    answer = begun_and_answered(browser)
    assert "Du är inte inloggad" in another(browser).get(answer).html


def test_an_identification_counts_once(browser: Browser) -> None:
    answer = begun_and_answered(browser)
    assert browser.get(answer).path == "/mina-sidor"
    inside = cookie(browser)
    assert browser.get(answer).path == "/mina-sidor" and cookie(browser) == inside, "no other session is opened"
    browser.submit("form-0")
    assert "Du är inte inloggad" in browser.get(answer).html


def test_an_identification_runs_out(browser: Browser, clock: FixedClock) -> None:
    answer = begun_and_answered(browser)
    clock.advance(minutes=11)
    assert "Du är inte inloggad" in browser.get(answer).html


def test_an_answer_to_another_identification_identifies_nobody(browser: Browser) -> None:
    answer, other = begun_and_answered(browser), begun_and_answered(browser)
    signed = parse_qs(urlsplit(other).query)["svar"][0]
    mixed = f"{answer.split('&svar=')[0]}&svar={signed}"
    assert "Du är inte inloggad" in browser.get(mixed).html


def begun_and_answered(browser: Browser) -> str:
    """The address that the browser would go back to with the stand-in's answer."""
    browser.get("/logga-in").submit()
    token = browser.html.split('name="csrf_token" value="')[1].split('"')[0]
    query = parse_qs(urlsplit(browser.answer.request.full_path if browser.answer else "").query)
    sent = browser.client.post(
        "/utveckling/e-legitimation",
        data={"csrf_token": token, "referens": query["referens"][0], "till": query["till"][0], "number": cast.BOOKER.number},
    )
    assert sent.status_code == 303
    return sent.location


@pytest.mark.parametrize("till", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tx"])
def test_login_leads_nowhere_else(browser: Browser, till: str) -> None:
    browser.get("/logga-in", query_string={"till": till}).submit().submit(number=cast.BOOKER.number)
    assert browser.path == "/mina-sidor"


def test_someone_who_is_not_staff_is_told_so_and_not_let_in(browser: Browser) -> None:
    browser.log_in(cast.BOOKER, staff=True)
    assert "Du har inget uppdrag" in browser.html
    assert browser.get("/personal").path == "/personal/logga-in"


def test_a_staff_session_is_no_residents_and_the_other_way(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session))
    assert browser.log_in(cast.NURSE_HERE, staff=True).path == "/personal"
    assert browser.get("/mina-sidor").path == "/logga-in"
    browser.log_in(cast.NURSE_HERE)
    assert browser.get("/personal").path == "/personal/logga-in"


def test_sessions_end_when_idle(browser: Browser, clock: FixedClock) -> None:
    browser.log_in(cast.BOOKER)
    for _n in range(3):
        clock.advance(minutes=50)
        assert browser.get("/mina-sidor").path == "/mina-sidor"
    clock.advance(minutes=61)
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_logins_are_limited_by_address(browser: Browser) -> None:
    browser.get("/logga-in")
    page = browser.answer
    for _n in range(61):
        browser.answer = page
        browser.submit()
    assert browser.status == 429


def test_in_production_nobody_can_log_in_by_the_stand_in(sqlite_database: Database, clock: FixedClock) -> None:
    browser = Browser(a_portal(sqlite_database, clock, "https://vaccin.example.org", production=True))
    browser.get("/personal/logga-in", base_url="https://vaccin.example.org")
    assert "inte påslagen" in browser.html and 'id="step"' not in browser.html


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def on_two_devices(browser: Browser, who: cast.Member = cast.BOOKER, *, staff: bool = False) -> Browser:
    """Logged in on both; the other one."""
    other = another(browser)
    for each, agent in ((browser, CHROME), (other, IPHONE)):
        each.client.environ_base["HTTP_USER_AGENT"] = agent
        each.log_in(who, staff=staff)
    return other


def test_ones_logins_are_listed_and_one_can_be_ended(browser: Browser) -> None:
    phone = on_two_devices(browser)
    browser.get("/mina-sidor/inloggningar")
    assert "Chrome, Windows</strong> – den här" in browser.html and "Safari, iPhone" in browser.html
    browser.submit("form-1", inloggning=handles(browser)[0])
    assert "iPhone" not in browser.html
    assert phone.get("/mina-sidor").path == "/logga-in"
    assert browser.get("/mina-sidor").path == "/mina-sidor"


def handles(browser: Browser) -> list[str]:
    return re.findall(r'name="inloggning" value="([0-9a-f]{16})"', browser.html)


def test_nobody_ends_anothers_login(browser: Browser) -> None:
    phone = on_two_devices(browser)
    theirs = handles(browser.get("/mina-sidor/inloggningar"))[0]
    stranger = another(browser).log_in(cast.STRANGER)
    stranger.get("/mina-sidor/inloggningar")
    token = stranger.html.split('name="csrf_token" value="')[1].split('"')[0]
    for wanted in (theirs, "andra"):
        stranger.client.post("/mina-sidor/inloggningar/avsluta", data={"csrf_token": token, "inloggning": wanted})
    assert phone.get("/mina-sidor").path == "/mina-sidor" and browser.get("/mina-sidor").path == "/mina-sidor"


def test_all_other_logins_end_at_once(browser: Browser) -> None:
    phone, third = on_two_devices(browser), another(browser).log_in(cast.BOOKER)
    browser.get("/mina-sidor/inloggningar").submit("form-3", inloggning="andra")
    assert [each.get("/mina-sidor").path for each in (browser, phone, third)] == ["/mina-sidor", "/logga-in", "/logga-in"]


def test_staff_see_and_end_their_logins_too(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session))
    phone = on_two_devices(browser, cast.NURSE_HERE, staff=True)
    browser.get("/personal/inloggningar")
    browser.submit("form-0", inloggning=handles(browser)[0])
    assert phone.get("/personal").path == "/personal/logga-in"


def test_logging_out_tells_the_browser_to_keep_nothing(browser: Browser) -> None:
    browser.log_in(cast.BOOKER)
    token = browser.html.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.client.post("/logga-ut", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"cache"' and answer.headers["Cache-Control"] == "no-store"
