"""What must hold for every route, refusal and template."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from journal_core.staff.model import Role
from journal_core.transaction import Database
from portal import words
from portal.web.permits import FIRST_PAGES, PERMITS, Who
from tests.build import cast
from tests.build.builders import a_clinic, a_staff_account
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal, a_screen_door

ROOT = Path(__file__).parents[2]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
ADDRESSES = {
    "/",
    "/klinik/<id:clinic_id>",
    "/klinik/<id:clinic_id>/bokning",
    "/klinik/<id:clinic_id>/min-bokning",
    "/min-bokning",
    "/b/<token:token>",
    "/a/<token:token>",
    "/ankomst/<id:clinic_id>",
    "/mina-sidor",
    "/personal",
    "/personal/installningar",
    "/hd/<id:clinic_id>",
    "/hjalp",
    "/healthz",
    "/readyz",
    "/clinique",
    "/clinique/",
    "/clinique/<part:clinic>",
    "/clinique/<part:clinic>/appointmentTypes",
    "/clinique/<part:clinic>/appointments/<part:kind>/slots/<part:span>",
}
"""Addresses that links and QR codes out there rely on: none may disappear."""
EXAMPLES = {
    "clinic_id": "1",
    "visit_id": "1",
    "declaration_id": "1",
    "definition_id": "1",
    "reference": "A" * 22,
    "position": "1",
    "key": "allergy",
    "token": "A" * 24,
    "draft_id": "0" * 16,
    "order": "0" * 32,
    "provider": "bankid",
    "request_id": "1",
    "screen_id": "1",
    "change_id": "1",
    "block_id": "1",
    "template_id": "1",
    "category_id": "1",
    "reason_id": "1",
    "act": "arrive",
    "clinic": "1",
    "kind": "1",
    "span": "261123-261129",
    "filename": "css/portal.css",
}

KEPT_BY_NOBODY = ("book", "manage", "declare", "arrive", "staff", "schedule", "settings", "sign_in")
JOURNEYS = ("book", "manage", "declare", "arrive", "staff", "schedule", "settings", "sign_in", "enrol", "screen")
"""Where somebody's data may stand on the page."""
WAYS_IN = ("/logga-in", "/personal/logga-in", "/koppla")


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture(params=["portal", "kiosk"])
def door(request: pytest.FixtureRequest, portal: Flask) -> Flask:
    """Each door by itself."""
    return portal if request.param == "portal" else a_screen_door(portal)


def rules(door: Flask) -> Iterator[Rule]:
    return door.url_map.iter_rules()


def test_every_route_has_a_permit_and_every_permit_a_route(portal: Flask) -> None:
    assert {rule.endpoint for door in (portal, a_screen_door(portal)) for rule in rules(door)} == set(PERMITS)


def test_every_parameter_has_a_type(door: Flask) -> None:
    typed = {"id", "token", "draft", "order", "reference", "part", "path", "any"}
    for rule in rules(door):
        for kind in re.findall(r"<([^>]*)>", rule.rule):
            assert kind.split(":")[0].split("(")[0] in typed, rule.rule


def test_no_address_that_others_rely_on_disappears(portal: Flask) -> None:
    assert {rule.rule for rule in rules(portal)} >= ADDRESSES


def test_a_form_without_its_token_is_refused_everywhere(door: Flask) -> None:
    client = door.test_client()
    for rule in rules(door):
        if rule.methods and UNSAFE & rule.methods:
            answer = client.post(address_of(rule))
            assert answer.status_code in (303, 404, 422), rule.rule
            if answer.status_code == 303:
                assert PERMITS[rule.endpoint].who is not Who.EVERYBODY or answer.location.startswith("/klinik"), rule.rule


def address_of(rule: Rule) -> str:
    return re.sub(r"<(?:[^:>]*:)?([^>]*)>", lambda match: EXAMPLES[match.group(1)], rule.rule)


def test_strangers_get_nothing_but_a_way_to_log_in(door: Flask) -> None:
    client = door.test_client()
    for rule in rules(door):
        if PERMITS[rule.endpoint].who is Who.EVERYBODY or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(address_of(rule))
        assert answer.status_code == 303 and answer.location.startswith(WAYS_IN), rule.rule


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_just_the_pages_of_its_row(sqlite_database: Database, clock: FixedClock, role: Role) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session), role)
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True)
    for rule in rules(browser.app):
        permit = PERMITS[rule.endpoint]
        if permit.who is Who.ASSIGNED and "GET" in (rule.methods or ()):
            answer = browser.client.get(address_of(rule))
            led_on = rule.endpoint == FIRST_PAGES[0] and answer.status_code == 303
            assert (answer.status_code == 403 or led_on) == (role not in permit.roles), (rule.rule, answer.status_code)


def codes() -> set[str]:
    """Every code of every refusals.py."""
    found = set()
    for path in sorted((ROOT / "journal_core").glob("*/refusals.py")):
        module = importlib.import_module(f"journal_core.{path.parent.name}.refusals")
        found |= {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    return found


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    assert set(words.REFUSALS) == codes()


def test_no_template_is_unused() -> None:
    doors = [ROOT / "portal", ROOT / "kiosk"]
    text = "\n".join(path.read_text() for door in doors for kind in ("*.py", "*.html") for path in door.rglob(kind))
    used = set(re.findall(r"[\"']([\w/-]+\.html)[\"']", text))
    names = {str(path.relative_to(door / "templates")) for door in doors for path in door.rglob("templates/**/*.html")}
    errors = {name for name in names if name.startswith("errors/")}
    assert names - used - errors == set()


def test_every_test_is_collected() -> None:
    """No test function hides in a file or a class that pytest passes over, and none stands twice in a file."""
    for path in (ROOT / "tests").rglob("*.py"):
        functions = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
        tests = [name for name in functions if name.startswith("test_")]
        assert len(tests) == len(set(tests)), path
        assert not tests or path.name.startswith("test_"), path


def test_nothing_personal_is_kept_by_caches(door: Flask) -> None:
    client = door.test_client()
    for rule in rules(door):
        if rule.endpoint.split(".")[0] in (
            "book",
            "manage",
            "arrive",
            "staff",
            "schedule",
            "settings",
            "sign_in",
        ) and "GET" in (rule.methods or ()):
            answer = client.get(address_of(rule))
            assert answer.headers["Cache-Control"] == "no-store", rule.rule


def test_headers_stand_on_every_answer(portal: Flask) -> None:
    client = portal.test_client()
    for path in ("/", "/nowhere", "/healthz", "/static/css/portal.css", "/b/" + "A" * 24):
        headers = client.get(path, buffered=True).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY", path
    for secret in ("/b/" + "A" * 24, "/samtycke/" + "A" * 24, "/logga-in/vanta/" + "0" * 32, "/logga-in/svar/bankid?state=x"):
        assert client.get(secret).headers["Referrer-Policy"] == "no-referrer", secret


def test_production_has_no_development_corner(sqlite_database: Database, clock: FixedClock) -> None:
    portal = a_portal(sqlite_database, clock, "https://vaccin.example.org", production=True)
    client = portal.test_client()
    for path in (
        "/utveckling/e-legitimation",
        "/utveckling/brevlada",
        "/utveckling/komponenter",
        "/utveckling/komponenter/personal",
    ):
        assert client.get(path).status_code == 404
    answer = client.get("/min-bokning")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vp=") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "påhittade" not in answer.get_data(as_text=True)
