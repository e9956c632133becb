"""Logging in with BankID: QR code on another device, the app on the same one, renewal, cancelling, and who doesn't get in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from config.logs import JsonLines
from journal_core.access.rules import Limit
from journal_core.registers.bankid import ERRORS, FAILED_HINTS, PENDING_HINTS, BankId
from journal_core.registers.bankid_phone import PhoneRefused
from journal_core.registers.eid import Begun, Identified
from journal_core.transaction import Database
from portal.sign_in.hints import say_end, say_hint, say_trouble
from portal.web.services import EidChoice
from tests.build import cast
from tests.build.bankid import Bank
from tests.build.clocks import FixedClock
from tests.build.qr import read_html
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
    """What the page's QR code says."""
    return read_html(browser.html)


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


def test_asking_for_a_code_afterwards_does_not_let_in_whoever_followed_the_link(
    browser: Browser, bank: Bank, clock: FixedClock
) -> None:
    """The victim has identified, and the page knows. A code instead is a new question, which the victim hasn't answered."""
    name = order(begin(browser))
    opened = bank.phone.start(launch(browser, name))
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    clock.advance(seconds=2)
    browser.get(f"/logga-in/vanta/{name}").submit("form-0")
    assert browser.path == f"/logga-in/vanta/{name}" and "data-qr" in browser.html
    assert say_hint("outstandingTransaction") in browser.html
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_an_answer_that_comes_while_a_code_is_asked_for_is_about_the_question_before(
    browser: Browser, bank: Bank, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, other = order(begin(browser)), Browser(browser.app)
    opened = bank.phone.start(launch(browser, name))
    waiting = browser.get(f"/logga-in/vanta/{name}").answer
    cookie = browser.client.get_cookie("vp")
    assert cookie is not None
    other.client.set_cookie("vp", cookie.value)
    bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")
    clock.advance(seconds=2)
    collect = BankId.collect

    def slowly(self: BankId, begun: Begun, returned: Mapping[str, str]) -> object:
        told = collect(self, begun, returned)
        monkeypatch.undo()
        other.answer = waiting
        other.submit("form-0")
        return told

    monkeypatch.setattr(BankId, "collect", slowly)
    assert "said" in told(browser, name), "the page goes on waiting"
    assert browser.get(f"/logga-in/vanta/{name}").path == f"/logga-in/vanta/{name}"
    assert browser.get("/mina-sidor").path == "/logga-in"


def test_a_code_in_place_of_the_app_takes_the_question_back_there(browser: Browser, bank: Bank) -> None:
    name = order(begin(browser))
    opened = bank.phone.start(launch(browser, name))
    browser.get(f"/logga-in/vanta/{name}").submit("form-0")
    with pytest.raises(PhoneRefused):
        bank.phone.sign(opened, cast.BOOKER.number, "Maja", "Ekman")


def test_codes_are_asked_for_as_seldom_as_logins(browser: Browser, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.sign_in.routes.LOGINS_BY_ADDRESS", Limit(2, timedelta(minutes=10)))
    name = order(begin(browser))
    for status in (200, 429):
        launch(browser, name)
        assert browser.get(f"/logga-in/vanta/{name}").submit("form-0").status == status
    assert [endpoint for endpoint, _body in bank.standin.asked].count("auth") == 2


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


def test_staff_who_let_it_run_out_come_back_to_their_own_door(browser: Browser, clock: FixedClock) -> None:
    name = order(browser.get("/personal/logga-in").submit(provider="bankid"))
    clock.advance(minutes=11)
    assert say_end("expired") in browser.get(f"/logga-in/vanta/{name}").html
    assert 'class="btn" href="/personal/logga-in' in browser.html


def test_what_was_cancelled_stays_cancelled(browser: Browser, bank: Bank) -> None:
    name = order(begin(browser))
    there = f"/logga-in/vanta/{name}"
    waiting = browser.answer
    browser.submit("stop")
    assert say_end("gone") in browser.get(there).html
    assert told(browser, name) == {"go": there}
    assert browser.client.get(f"{there}/oppna").location == there
    bank.standin.asked.clear()
    browser.answer = waiting
    assert browser.submit("stop").path == "/logga-in"
    assert not bank.standin.asked


def test_the_operator_learns_which_eid_fails_and_how(browser: Browser, bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    bank.standin.fails_with(401)
    begin(browser)
    [line] = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "portal.sign_in.orders"]
    assert (line["level"], line["kind"], line["code"]) == ("warning", "bankid", "unauthorized")


def test_the_development_phone_answers_for_a_demo_person(browser: Browser, bank: Bank, clock: FixedClock) -> None:
    begin(browser)
    name = order(browser)
    token = launch(browser, name)
    browser.get("/utveckling/telefon", query_string={"autostarttoken": token})
    token_of_form = browser.html.split('name="csrf_token" value="')[1].split('"')[0]
    told_number = {"csrf_token": token_of_form, "autostarttoken": token, "number": cast.BOOKER.number}
    there = urlsplit(browser.client.post("/utveckling/telefon", data=told_number).location)
    again = browser.client.post("/utveckling/telefon", data=told_number)
    assert "noSuchOrder" in again.get_data(as_text=True)
    assert browser.get(f"{there.path}?{there.query}").path == "/mina-sidor"


def test_a_development_phone_for_which_nobody_waits_leads_to_the_login(browser: Browser, bank: Bank) -> None:
    browser.get("/utveckling/telefon")
    assert 'name="number"' not in browser.html
    assert '<a href="/logga-in">' in browser.html
