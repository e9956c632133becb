"""The find page where the country's clinics are many: light, and as quick as with few."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from config.demo.generate import generate
from config.imports.clinics import read_clinics
from config.imports.columns import CLINIC, needed
from config.imports.files import read_rows
from journal_core.organisation import use_cases
from journal_core.transaction import Database
from tests.build import engines
from tests.build.builders import the_tools
from tests.build.clocks import START, FixedClock
from tests.build.site import a_portal
from tests.build.statements import count_statements
from tests.build.world import WIDE, World, live

REAL = Path(__file__).parents[3] / "shared" / "data" / "clinics-sweden-2021.json"
FEW, MANY = 25, 800
OWN_FILES_OF_THE_MAP = re.compile(r"/static/(built/|js/map\.js|css/map\.css)")
KB = 1024
WITHOUT_MAP, WITH_MAP = 60 * KB, 200 * KB


def fill(database: Database, clinics: int) -> Database:
    with database.writing() as session:
        generate(session, the_tools().vault, clinics=clinics, days=1, resources=1, filled=0, seed=7, now=START)
    return database


@pytest.fixture(scope="module")
def many(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with very many clinics."""
    with engines.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("many")) as database:
        yield fill(database, MANY)


@pytest.fixture(scope="module")
def country(many: Database) -> Iterator[World]:
    with live(many, FixedClock()) as world:
        yield world


def weigh(world: World, chromium: Browser, path: str) -> dict[str, int]:
    """What the page and all that it loads weigh on the wire, by path. with_page sees to it that nothing leaves the site."""
    loaded: list[Request] = []
    with world.with_page(chromium, WIDE) as page:
        page.on("requestfinished", lambda request: loaded.append(request))
        page.goto(world.at(path), wait_until="networkidle")
        page.locator(".pin").first.wait_for()
        return {request.url.removeprefix(world.base_url): request.sizes()["responseBodySize"] for request in loaded}


def test_the_find_page_is_light_with_and_without_its_map(country: World, chromium: Browser) -> None:
    weights = weigh(country, chromium, "/")
    assert any("/built/map-parts.js" in path for path in weights) and any(".topojson" in path for path in weights)
    page = sum(weight for path, weight in weights.items() if not OWN_FILES_OF_THE_MAP.match(path))
    assert 0 < page <= WITHOUT_MAP, weights
    assert sum(weights.values()) <= WITH_MAP, weights


def test_a_page_of_the_list_has_twenty_clinics_however_many_there_are(country: World) -> None:
    html = country.app.test_client().get("/").get_data(as_text=True)
    assert html.count('<li class="clinic') == 20 and f"{MANY} mottagningar" in html


QUERIES = [
    "",
    "?q=a",
    "?q=halmstad",
    "?q=30243",
    "?kategori=tbe",
    "?drop-in=1",
    "?sida=2",
    "?lat=57.7&lon=12",
    "?ruta=55,11,60,15",
]


@pytest.mark.parametrize("query", QUERIES)
def test_statements_do_not_grow_with_the_clinics(sqlite_database: Database, many: Database, query: str) -> None:
    few = fill(sqlite_database, FEW)
    assert asked(few, query) == asked(many, query) > 0


def asked(database: Database, query: str) -> int:
    client = a_portal(database, FixedClock()).test_client()
    with count_statements(database) as statements:
        assert client.get(f"/{query}", follow_redirects=True).status_code == 200
    return len(statements)


# The map and the list are the same clinics

SEARCHES = ["", "?q=vaccin", "?q=uppsala", "?kategori=tbe&drop-in=1", "?lat=59.33&lon=18.07", "?ruta=57,11,58,13&sida=2"]


def listed(world: World, path: str) -> list[str]:
    """The names in the list, on all its pages."""
    client, names = world.app.test_client(), []
    first = client.get(f"/{path}").get_data(as_text=True)
    hits = int(re.findall(r'id="traffar"[^>]*>(\d+)', first)[0])
    base = re.sub("&?sida=\\d+", "", path) or "?"
    for page in range(1, math.ceil(hits / 20) + 1):
        html = client.get(f"/{base}&sida={page}").get_data(as_text=True)
        names += re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", html)
    return names


def told(html: str) -> list[Any]:
    found: list[Any] = json.loads(re.findall(r'id="pins"[^>]*>(.*?)</script>', html)[0])
    return found


@pytest.mark.parametrize("search", SEARCHES)
def test_the_map_has_the_clinics_of_the_whole_list_in_its_numbers(country: World, search: str) -> None:
    names = listed(country, search)
    pins = told(country.app.test_client().get(f"/{search}").get_data(as_text=True))
    assert [(number, name) for number, name, _lat, _lon in pins] == list(enumerate(names, 1)) and pins


def standing(page: Page) -> int:
    """How many clinics stand on the map, alone or in groups."""
    page.locator(".pin").first.wait_for()
    groups = page.locator(".map-canvas .pin-group").all_text_contents()
    return page.locator(".map-canvas a.pin").count() + sum(map(int, groups))


@pytest.mark.parametrize("width", [320, WIDE])
def test_after_each_search_and_filter_the_map_has_as_many_as_the_list(country: World, chromium: Browser, width: int) -> None:
    with country.with_page(chromium, width) as page:
        page.goto(country.at("/"))
        assert standing(page) == MANY
        for kind, drop_in in (("tbe", False), ("resa", True), ("", True)):
            page.locator("#kategori").select_option(kind)
            if not page.locator("#drop-in").is_visible():
                page.locator(".narrowing summary").click()
            page.locator("#drop-in").set_checked(drop_in)
            page.locator("form.find button[type=submit]").click()
            page.wait_for_load_state()
            hits = int(re.findall(r"\d+", page.locator("#traffar").inner_text())[0])
            assert standing(page) == hits > 20


def test_a_crowd_opens_by_keyboard_until_a_clinic_stands_alone(country: World, chromium: Browser) -> None:
    with country.with_page(chromium, WIDE) as page:
        page.goto(country.at("/"))
        page.locator(".pin-group").first.focus()
        for key in ("Enter", "Space") * 6:
            if page.locator(".pin-group:focus").count():
                page.keyboard.press(key)
                expect(page.locator(".map-canvas .pin:focus")).to_have_count(1)
        label = page.locator("a.pin:focus").get_attribute("aria-label") or ""
        number, _dot, name = label.partition(". ")
        page.keyboard.press("Enter")
        expect(page.locator(f"#m{number} h3 a")).to_have_text(name)
        if int(number) <= 20:
            expect(page.locator(f"#m{number} h3 a")).to_be_focused()
        else:
            page.wait_for_url(f"**/?sida={math.ceil(int(number) / 20)}#m{number}")


def test_a_pin_leads_to_its_clinic_on_another_page_of_the_list(country: World, chromium: Browser) -> None:
    with country.with_page(chromium, WIDE) as page:
        page.goto(country.at("/?ruta=57,14,58,16"))
        page.locator(".pin").first.wait_for()
        while not page.locator("a.pin-elsewhere").count():
            page.locator(".pin-group").last.click()
        pin = page.locator("a.pin-elsewhere").last
        number, _dot, name = (pin.get_attribute("aria-label") or "").partition(". ")
        pin.click()
        page.wait_for_url(f"**/?ruta=57%2C14%2C58%2C16&sida={math.ceil(int(number) / 20)}#m{number}")
        expect(page.locator(f"#m{number} h3 a")).to_have_text(name)


def test_near_me_asks_on_press_only_and_says_when_it_may_not(country: World, chromium: Browser) -> None:
    with country.with_page(chromium) as page:
        page.goto(country.at("/?kategori=tbe"))
        page.get_by_role("button", name="Nära mig").click()
        expect(page.locator("[data-near-me-said]")).to_have_text("Vi får inte veta var du är. Skriv orten i stället.")
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"latitude": 59.329444, "longitude": 18.068611})
        page.get_by_role("button", name="Nära mig").click()
        page.wait_for_url("**/?kategori=tbe&lat=59.33&lon=18.07#traffar")
        expect(page.locator("main")).to_contain_text("De som ligger närmast dig kommer först.")
        page.go_back()
        expect(page.locator("#kategori")).to_have_value("tbe")


def test_without_javascript_the_drawn_map_has_the_same_clinics(country: World, chromium: Browser) -> None:
    with country.with_page(chromium, 320, javascript=False) as page:
        page.goto(country.at("/"))
        shown, groups = MANY, [MANY]
        while groups and max(groups) > 1:
            texts = page.locator(".drawn text").all_text_contents()
            groups = [int(text) for text in page.locator(".drawn circle.many + text").all_text_contents()]
            assert sum(groups) + len(texts) - len(groups) == shown
            sizes = page.locator(".drawn circle").evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
            assert min(sizes) >= 40, "a fingertip wide, on the narrowest phone"
            if groups:
                before, shown = shown, open_largest(page, max(groups))
                assert max(groups) <= shown < before, "each press parts something"
        page.get_by_role("link", name="Visa alla mottagningar").click()
        expect(page.locator("#traffar")).to_have_text(f"{MANY} mottagningar")


def open_largest(page: Page, count: int) -> int:
    """Presses a group of so many; how many clinics are shown then."""
    page.locator(".drawn a", has=page.locator("circle.many")).filter(has_text=re.compile(rf"^\s*{count}\s*$")).first.click()
    page.wait_for_load_state()
    return int(re.findall(r"\d+", page.locator("#traffar").inner_text())[0])


def test_without_its_parts_the_map_leaves_the_list_whole(country: World, chromium: Browser) -> None:
    with country.with_page(chromium, WIDE, excused="net::ERR_FAILED") as page:
        page.route("**/borders.topojson*", lambda route: route.abort())
        page.goto(country.at("/"), wait_until="networkidle")
        expect(page.locator("#karta")).to_be_hidden()
        expect(page.locator(".clinic")).to_have_count(20)


def test_the_real_clinics_stand_on_the_map_and_in_the_list(sqlite_database: Database, chromium: Browser) -> None:
    """Where their list lies beside the project."""
    if REAL.exists():
        they_stand(sqlite_database, chromium, REAL)


def they_stand(sqlite_database: Database, chromium: Browser, file: Path) -> None:
    facts = [clinic.told for clinic in read_clinics(read_rows(file, needed(CLINIC)))[0]]
    with sqlite_database.writing() as session:
        provider = use_cases.ensure_provider(session, "4599001049", "Alla")
        use_cases.import_clinics(session, provider, facts, START, activate=True)
    placed = sum(clinic.latitude is not None for clinic in facts)
    with live(sqlite_database, FixedClock()) as world, world.with_page(chromium, WIDE) as page:
        for wish in ("", "?q=göteborg", "?q=vårdcentral", "?q=416 65", "?lat=63.8&lon=20.3"):
            page.goto(world.at(f"/{wish}"))
            page.wait_for_load_state("networkidle")
            hits = int(re.findall(r"\d+", page.locator("#traffar").inner_text())[0])
            told_of = told(page.content())
            assert hits >= len(told_of) and (wish or hits == placed)
            if not wish:  # a place begins with this page of the list in view
                assert standing(page) == len(told_of)
