"""Booking for one adult is short and light: few pages, few fields, nothing asked twice, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Request

from config.demo.people import TOMAS
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_demand_for_eid, a_policy, an_offer
from tests.build.clocks import FixedClock
from tests.build.kin import come_in
from tests.build.site import Browser as PlainBrowser
from tests.build.site import a_portal
from tests.build.states.ways import press, take_time, tell_who
from tests.build.world import World

KB = 1024
PAGES, FIELDS = 7, 8
PAGES_WITH_EID, FIELDS_WITH_EID = 6, 1
WEIGHT = 60 * KB
"""Of all pages after the first, with what they load."""


class Watched:
    """What a page asked for, and what it asked of whoever read it."""

    def __init__(self, page: Page) -> None:
        self.pages: list[str] = []
        self.loaded: list[Request] = []
        self.questions: list[set[str]] = []
        page.on("requestfinished", self.note)

    def note(self, request: Request) -> None:
        self.loaded.append(request)
        answer = request.response()
        if request.is_navigation_request() and answer is not None and answer.status == 200:
            self.pages.append(request.url)

    def look(self, page: Page) -> None:
        """Notes the names of the fields that can be filled in."""
        found = page.locator("main form").locator("input:not([type=hidden]), select, textarea")
        self.questions.append({name for one in found.all() if (name := one.get_attribute("name"))})

    def weight_after_first(self) -> int:
        second = next(n for n, request in enumerate(self.loaded) if request.url == self.pages[1])
        # What the browser has kept already is told as less than nothing.
        return sum(max(0, request.sizes()["responseBodySize"]) for request in self.loaded[second:])


@contextmanager
def watching(world: World, chromium: Browser, language: str = "sv") -> Iterator[tuple[Page, Watched]]:
    with world.with_page(chromium, language=language) as page:
        yield page, Watched(page)


def from_start_to_time(page: Page, world: World, watched: Watched, slug: str) -> None:
    page.goto(world.at(f"/?q=halmstad&kategori={slug}"), wait_until="networkidle")
    page.locator(".clinic .go a").first.click()
    watched.look(page)
    press(page)
    watched.look(page)
    take_time(page)


def assert_short(watched: Watched, pages: int) -> None:
    asked = [name for page in watched.questions for name in page]
    assert len(asked) == len(set(asked)), "asked twice"
    assert len(watched.pages) <= pages, watched.pages
    weight = watched.weight_after_first()
    assert 0 < weight <= WEIGHT, weight


def test_without_eid(world: World, chromium: Browser) -> None:
    """In Arabic, whose letters weigh twice as much."""
    with watching(world, chromium, "ar") as (page, watched):
        from_start_to_time(page, world, watched, "tbe")
        page.wait_for_url("**/vem")
        watched.look(page)
        tell_who(page)
        page.locator("#mobile").fill("070-174 06 05")
        press(page)
        watched.look(page)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        page.wait_for_load_state("networkidle")
        assert_short(watched, PAGES)


def test_with_eid(world: World, chromium: Browser) -> None:
    with watching(world, chromium) as (page, watched):
        come_in(page, world, TOMAS)
        from_start_to_time(page, world, watched, "covid-19")
        page.wait_for_url("**/vem")
        watched.look(page)
        press(page)
        watched.look(page)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        page.wait_for_load_state("networkidle")
        assert_short(watched, PAGES_WITH_EID)


# --- what has to be filled in ---------------------------------------------------------------------------------------------


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        made = an_offer(session)
        a_policy(session, made.clinic.unit.provider)
    return made


def complaints(browser: PlainBrowser) -> int:
    """So many fields can't be left as they are."""
    summary = re.search(r'<div class="error-summary".*?</div>', browser.html, re.S)
    return len(re.findall(r"<li>", summary[0])) if summary else 0


def test_so_many_fields_have_to_be_filled_in(sqlite_database: Database, clock: FixedClock, offer: Offer) -> None:
    browser = PlainBrowser(a_portal(sqlite_database, clock))
    browser.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id)).submit(start=f"{MONDAY}T09:00")
    needed = complaints(browser.submit())
    browser.submit(
        person_1_identity=cast.BOOKER.number, person_1_given_name="Maja", person_1_family_name="Ek", mobile="0701740605"
    )
    assert browser.path.endswith("/kontrollera")
    needed += complaints(browser.submit())
    assert 0 < needed <= FIELDS


def test_with_eid_one_tick_is_enough(sqlite_database: Database, clock: FixedClock, offer: Offer) -> None:
    with sqlite_database.writing() as session:
        a_demand_for_eid(session, session.merge(offer.clinic), session.merge(offer.category).reason)
    browser = PlainBrowser(a_portal(sqlite_database, clock)).log_in(cast.BOOKER)
    browser.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id)).submit(start=f"{MONDAY}T09:00")
    assert browser.submit().path.endswith("/kontrollera"), "nothing has to be filled in"
    assert complaints(browser.submit()) == FIELDS_WITH_EID
    assert browser.submit(policy="1").path.endswith("/klart")
