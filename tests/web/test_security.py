"""What strangers, broken databases and logs get."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from config.declarations import bank
from config.logs import JsonLines
from journal_core.transaction import Database
from portal.find.present import asked
from portal.web import limits
from portal.web.sessions import visitor
from tests.build import cast
from tests.build.builders import KEYS, SECRET, an_offer
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal
from tests.web.test_booking import NINE, WHO, to_time


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(sqlite_database, clock))


def test_a_broken_database_gets_a_kind_page_and_a_fault_its_code(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.execute(text("DROP TABLE reason"))
    browser.client.set_cookie("vp", "x" * 43)
    browser.get("/")
    assert browser.status == 503 and "Vänta en halv minut" in browser.html
    assert browser.get("/readyz").status == 200 and browser.get("/healthz").status == 200


def test_an_unforeseen_fault_says_what_to_do_and_a_code(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault() -> None:
        raise ValueError("198503149802")

    monkeypatch.setattr("portal.find.routes.asked", lambda _args: fault())
    browser.get("/")
    assert browser.status == 500 and "Det blir aldrig två bokningar." in browser.html and "Säg den här koden" in browser.html
    assert all("198503149802" not in JsonLines().format(record) for record in caplog.records)


def test_readiness_tells_an_unmigrated_database(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert browser.get("/readyz").status == 503


def test_logs_hold_nothing_of_the_person(browser: Browser, sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    to_time(browser, offer).submit(start=NINE).submit(**WHO).submit(policy="1")
    code, link = browser.main("data-booking-code"), browser.main("data-booking-link")
    browser.get(link).submit("identify", birth_date="1985-03-14").submit("cancel")
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(json.loads(line).get("endpoint") == "manage.cancel" for line in lines)
    for private in (cast.BOOKER.number, "Maja", "Ekman", "1740605", code, link.split("/")[-1], "1985-03-14"):
        assert not any(private in line for line in lines), private


def test_a_visitors_address_comes_from_trusted_proxies_only(sqlite_database: Database, clock: FixedClock) -> None:
    from flask import request

    from portal.app import create_app
    from portal.wiring import Options

    def seen(proxies: int) -> str | None:
        app = create_app(
            Options(True, SECRET, "https://vaccin.example.org", KEYS, bank(), trusted_proxies=proxies), sqlite_database, clock
        )
        found: list[str | None] = []
        app.before_request(lambda: found.append(request.remote_addr))
        app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
        return found[0]

    assert seen(0) == "127.0.0.1"
    assert seen(1) == "198.51.100.7"
    assert seen(2) == "203.0.113.9"


def test_large_forms_are_refused(browser: Browser) -> None:
    browser.get("/min-bokning").submit("identify", code="1" * 200_000)
    assert browser.status == 413


def test_an_old_or_invented_cookie_is_nobody(browser: Browser) -> None:
    for value in ("x" * 43, "short", "å" * 43):
        browser.client.set_cookie("vp", value)
        assert browser.get("/mina-sidor").path == "/logga-in"
    with browser.app.test_request_context("/"):
        assert visitor() is None


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_tries_are_counted_by_household(browser: Browser, address: str, counted_as: str) -> None:
    with browser.app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert limits.address() == counted_as


def test_a_page_with_a_form_token_is_never_compressed(browser: Browser) -> None:
    def encoding() -> str | None:
        return browser.get("/", headers={"Accept-Encoding": "gzip"}).answer.headers.get("Content-Encoding")  # type: ignore[union-attr]

    assert encoding() == "gzip"
    browser.log_in(cast.BOOKER)
    assert encoding() is None


def test_what_no_database_takes_is_left_out_of_a_search() -> None:
    wish = asked(MultiDict({"q": "a\x00b", "kategori": "\x00"}))
    assert (wish.q, wish.reason) == ("a b", "")
