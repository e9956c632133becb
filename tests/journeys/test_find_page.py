"""The find page where the country's clinics are many: light, and as quick as with few."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from config.demo.generate import generate
from journal_core.transaction import Database
from tests.build import engines
from tests.build.builders import the_tools
from tests.build.clocks import START, FixedClock
from tests.build.site import a_portal
from tests.build.statements import count_statements
from tests.build.world import WIDE, World, live

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
    assert any("/built/leaflet.js" in path for path in weights) and any(".topojson" in path for path in weights)
    page = sum(weight for path, weight in weights.items() if not OWN_FILES_OF_THE_MAP.match(path))
    assert 0 < page <= WITHOUT_MAP, weights
    assert sum(weights.values()) <= WITH_MAP, weights


def test_a_page_of_the_list_has_twenty_clinics_however_many_there_are(country: World) -> None:
    html = country.app.test_client().get("/").get_data(as_text=True)
    assert html.count('<li class="clinic') == 20 and f"{MANY} mottagningar" in html


@pytest.mark.parametrize("query", ["", "?q=a", "?kategori=tbe", "?drop-in=1", "?sida=2"])
def test_statements_do_not_grow_with_the_clinics(sqlite_database: Database, many: Database, query: str) -> None:
    few = fill(sqlite_database, FEW)
    assert asked(few, query) == asked(many, query) > 0


def asked(database: Database, query: str) -> int:
    client = a_portal(database, FixedClock()).test_client()
    with count_statements(database) as statements:
        assert client.get(f"/{query}", follow_redirects=True).status_code == 200
    return len(statements)
