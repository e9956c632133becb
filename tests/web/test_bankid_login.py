"""Logging in with BankID: QR code on another device, the app on the same one, renewal, cancelling, and who doesn't get in."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from journal_core.registers.bankid import ERRORS, FAILED_HINTS, PENDING_HINTS
from journal_core.registers.eid import Identified
from journal_core.transaction import Database
from portal.sign_in.hints import say_end, say_hint, say_trouble
from portal.web.present import qr_svg
from portal.web.services import EidChoice
from tests.build import cast
from tests.build.bankid import Bank
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

MAJA = Identified(cast.BOOKER.number, cast.BOOKER.given_name, cast.BOOKER.family_name)


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock, bank: Bank) -> Browser:
    choice = EidChoice("bankid", "BankID", bank.asked_by(), residents=True, staff=True)
    return Browser(a_portal(sqlite_database, clock, eids=[choice], phone=bank.phone))


def begin(browser: Browser, till: str = "") -> Browser:
    return browser.get("/logga-in", query_string={"till": till} if till else {}).submit(provider="bankid")


def order(browser: Browser) -> str:
    found = re.search(r"/logga-in/vanta/([0-9a-f]{32})", browser.html)
    assert found
    return found.group(1)


def told(browser: Browser, name: str) -> dict[str, object]:
    """What the page's script is told this second."""
    answer = browser.client.get(f"/logga-in/vanta/{name}/lage").get_json()
    assert isinstance(answer, dict)
    return answer


def launch(browser: Browser, name: str) -> str:
    """The token that the link to the app on this device carries."""
    there = browser.client.get(f"/logga-in/vanta/{name}/oppna").location
    return parse_qs(urlsplit(there).query)["autostarttoken"][0]


def qr_of(browser: Browser) -> str:
    """What the QR code says; the page itself only draws it."""
    texts: list[str] = browser.app.extensions["qr_texts"]
    return texts[-1]


@pytest.fixture(autouse=True)
def camera(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads what is drawn, as a phone would."""
    from portal.sign_in import routes

    texts: list[str] = []
    browser.app.extensions["qr_texts"] = texts

    def noted(text: str, label: str) -> object:
        texts.append(text)
        return qr_svg(text, label)

    monkeypatch.setattr(routes, "qr_svg", noted)


def sign(bank: Bank, qr: str, who: Identified = MAJA) -> None:
    bank.phone.sign(bank.phone.scan(qr), who.number or "", who.given_name, who.family_name)


def test_by_qr_code_on_another_device(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser, "/min-bokning")
    name = order(browser)
    assert told(browser, name)["launched"] is False
    sign(bank, qr_of(browser))
    clock.advance(seconds=2)
    assert told(browser, name) == {"go": f"/logga-in/vanta/{name}"}
    assert browser.get(f"/logga-in/vanta/{name}").path == "/min-bokning"
    assert browser.get("/mina-sidor").path == "/mina-sidor"


def test_without_scripts_the_page_follows_by_reloading(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    assert '<noscript><meta http-equiv="refresh"' in browser.html and "Hämta en ny kod" in browser.html
    sign(bank, qr_of(browser))
    clock.advance(seconds=5)
    assert browser.get(f"/logga-in/vanta/{order(browser)}").path == "/mina-sidor"


def test_the_code_is_another_each_second(browser: Browser, clock: FixedClock) -> None:
    name = order(begin(browser))
    first = told(browser, name)["qr"]
    clock.advance(seconds=1)
    assert told(browser, name)["qr"] != first


def test_bankid_is_asked_every_other_second_and_no_more(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    name = order(begin(browser))
    bank.standin.asked.clear()
    for _n in range(5):
        told(browser, name)
    assert len(bank.standin.asked) == 0, "the page itself has just asked"
    clock.advance(seconds=2)
    told(browser, name)
    told(browser, name)
    assert len(bank.standin.asked) == 1


def test_on_the_same_device_the_app_leads_back(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser, "/min-bokning")
    opened = bank.phone.start(launch(browser, order(browser)))
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    there = urlsplit(opened.return_url or "")
    assert browser.get(f"{there.path}?{there.query}").path == "/min-bokning"


def test_who_passes_the_apps_link_on_does_not_get_in(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    """The victim identifies, and the victim's browser is led back: neither it nor the one that began is logged in."""
    begin(browser)
    name = order(browser)
    opened = bank.phone.start(launch(browser, name))
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    clock.advance(seconds=2)
    assert "Fortsätt på sidan som appen öppnade" in str(told(browser, name)["said"])
    assert browser.get(f"/logga-in/vanta/{name}").path == f"/logga-in/vanta/{name}"
    assert browser.get("/mina-sidor").path == "/logga-in"
    there, victim = urlsplit(opened.return_url or ""), Browser(browser.app)
    assert "Du är inte inloggad" in victim.get(f"{there.path}?{there.query}").html
    guessed = there.query.replace("nonce=", "nonce=x")
    assert "Du är inte inloggad" in browser.get(f"{there.path}?{guessed}").html
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_coming_back_after_the_page_had_the_answer_counts(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name = order(browser)
    opened = bank.phone.start(launch(browser, name))
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    clock.advance(seconds=2)
    told(browser, name)
    there = urlsplit(opened.return_url or "")
    assert browser.get(f"{there.path}?{there.query}").path == "/mina-sidor"
    assert browser.get(f"/logga-in/vanta/{name}").path == "/mina-sidor", "the tab that waited follows"


def test_coming_back_before_bankid_has_the_answer_waits(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name = order(browser)
    opened = bank.phone.start(launch(browser, name))
    there = urlsplit(opened.return_url or "")
    assert browser.get(f"{there.path}?{there.query}").path == f"/logga-in/vanta/{name}"
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    clock.advance(seconds=2)
    assert browser.get(f"/logga-in/vanta/{name}").path == "/mina-sidor"


def test_a_code_in_place_of_the_app_on_this_device(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name = order(browser)
    launch(browser, name)
    browser.get(f"/logga-in/vanta/{name}")
    assert "data-qr" not in browser.html, "who opens the app here is not shown a code that others could read"
    browser.submit("form-0")
    sign(bank, qr_of(browser))
    clock.advance(seconds=2)
    assert browser.get(f"/logga-in/vanta/{name}").path == "/mina-sidor"


def test_another_browser_gets_nothing_of_it(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name, other = order(browser), Browser(browser.app)
    assert "Du är inte inloggad" in other.get(f"/logga-in/vanta/{name}").html
    assert told(other, name) == {"go": f"/logga-in/vanta/{name}"}
    sign(bank, qr_of(browser))
    clock.advance(seconds=2)
    assert "Du är inte inloggad" in other.get(f"/logga-in/svar/bankid?state={name}").html
    assert other.get("/mina-sidor").path == "/logga-in"
    assert browser.get(f"/logga-in/vanta/{name}").path == "/mina-sidor"


def test_an_order_that_nobody_opens_is_renewed_quietly_for_three_minutes(browser: Browser, clock: FixedClock) -> None:
    name = order(begin(browser))
    before = told(browser, name)["qr"]
    for _n in range(5):
        clock.advance(seconds=31)
        assert told(browser, name).get("qr") not in (None, before)
    clock.advance(seconds=31)
    assert told(browser, name) == {"go": f"/logga-in/vanta/{name}"}
    assert say_end("startFailed") in browser.get(f"/logga-in/vanta/{name}").html


def test_cancelling_tells_the_app_too(browser: Browser, bank: Bank) -> None:
    begin(browser, "/min-bokning")
    qr = qr_of(browser)
    browser.submit("stop")
    assert browser.path == "/logga-in" and 'value="/min-bokning"' in browser.html
    with pytest.raises(Exception, match=r"noSuchOrder|alreadyStarted|qr"):
        bank.phone.scan(qr)


@pytest.mark.parametrize("code", PENDING_HINTS)
def test_each_pending_hint_is_said_while_the_page_waits(browser: Browser, bank: Bank, clock: FixedClock, code: str) -> None:
    name = order(begin(browser))
    bank.phone.hint(launch(browser, name), code)
    clock.advance(seconds=2)
    assert told(browser, name)["said"] == say_hint(code)
    assert say_hint(code) in browser.get(f"/logga-in/vanta/{name}").html


@pytest.mark.parametrize("code", [code for code in FAILED_HINTS if code != "startFailed"] + ["somethingNew"])
def test_each_end_is_said_calmly_and_lets_nobody_in(browser: Browser, bank: Bank, clock: FixedClock, code: str) -> None:
    name = order(begin(browser))
    bank.phone.hint(launch(browser, name), code, failed=True)
    clock.advance(seconds=2)
    browser.get(f"/logga-in/vanta/{name}")
    assert browser.status == 200 and say_end(code) in browser.html and "Försök igen" in browser.html
    assert browser.get("/mina-sidor").path == "/logga-in"


STATUSES = {
    "unauthorized": 401, "notFound": 404, "requestTimeout": 408, "unsupportedMediaType": 415, "tooManyRequests": 429,
    "internalError": 500, "maintenance": 503,
}  # fmt: skip


@pytest.mark.parametrize("code", ERRORS)
def test_each_error_at_the_start_is_said_on_the_page_of_choices(browser: Browser, bank: Bank, code: str) -> None:
    status = STATUSES.get(code, 400)
    bank.standin.fails_with(status, {"errorCode": code, "details": "x"} if status == 400 else b"")
    begin(browser, "/min-bokning")
    assert browser.status == 503 and say_trouble(code) in browser.html
    assert 'value="/min-bokning"' in browser.html and 'value="testperson"' in browser.html, "the other ways are still there"


def test_when_bankid_goes_down_meanwhile_the_page_says_so_and_goes_on(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    name = order(begin(browser))
    qr = qr_of(browser)
    for trouble, code in ((bank.standin.goes_down, "unreachable"), (bank.standin.answers_half, "unreadable")):
        trouble()
        clock.advance(seconds=2)
        assert told(browser, name)["said"] == say_trouble(code)
    bank.standin.recovers()
    sign(bank, qr)
    clock.advance(seconds=2)
    assert browser.get(f"/logga-in/vanta/{name}").path == "/mina-sidor"


def test_the_apps_secrets_are_on_no_page(browser: Browser, bank: Bank) -> None:
    begin(browser)
    page, name = browser.html, order(browser)
    script = browser.client.get(f"/logga-in/vanta/{name}/lage").get_data(as_text=True)
    token = launch(browser, name)
    assert token not in page and token not in script


def test_the_development_phone_answers_for_a_demo_person(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name = order(browser)
    token = launch(browser, name)
    browser.get("/utveckling/telefon", query_string={"autostarttoken": token})
    token_of_form = browser.html.split('name="csrf_token" value="')[1].split('"')[0]
    told_number = {"csrf_token": token_of_form, "autostarttoken": token, "number": cast.BOOKER.number}
    there = urlsplit(browser.client.post("/utveckling/telefon", data=told_number).location)
    assert browser.get(f"{there.path}?{there.query}").path == "/mina-sidor"
