"""Logging in and out, with the development stand-in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import a_clinic, a_staff_account
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal


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
