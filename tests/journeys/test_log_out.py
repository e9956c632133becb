"""After logging out Back shows nothing of anybody, whatever the browser has kept; and nobody acts for anybody any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from config.demo.people import ELSA, JOHAN, KARIN, NILS, VERA
from tests.build.states.ways import begin_work, log_in
from tests.build.world import World

CHOOSER = "/utveckling/"
"""The stand-in's page, which names everybody who is invented."""
BLANK = "about:blank"
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "bare"])


@SCRIPTS
def test_back_shows_nothing_of_a_resident(world: World, chromium: Browser, javascript: bool) -> None:
    names = [human.given_name for human in (VERA, ELSA, NILS)] + [JOHAN.family_name]
    with world.with_page(chromium, javascript=javascript) as page:
        log_in(page, world, JOHAN)
        expect(page.locator("main")).to_contain_text(ELSA.given_name)
        acts_for(page, ELSA.given_name)
        page.goto(world.at("/mina-sidor"))
        page.goto(world.at("/mina-sidor/inloggningar"))
        page.locator("form[action$='/logga-ut'] button").click()
        page.wait_for_url(world.at("/"))
        assert seen_going_back(page, names) == []
        log_in(page, world, JOHAN)
        expect(page.locator("main")).to_contain_text("Dina bokningar")
        expect(page.locator(".acting")).to_have_count(0)


def acts_for(page: Page, name: str) -> None:
    page.locator("form[action$='/agera'] button", has_text=f"Boka åt {name}").click()
    expect(page.locator(".acting")).to_contain_text(name)


@SCRIPTS
def test_back_shows_nothing_of_what_staff_saw(world: World, chromium: Browser, javascript: bool) -> None:
    with world.with_page(chromium, javascript=javascript) as page:
        begin_work(page, world, KARIN)
        page.locator("a.more").first.click()
        name = page.locator("h1 bdi").inner_text()
        page.goto(world.at("/personal"))
        page.locator("details.me summary").click()
        page.locator("details.me form[action$='/logga-ut'] button").click()
        page.wait_for_url(world.at("/"))
        assert seen_going_back(page, [name, KARIN.family_name]) == []


def seen_going_back(page: Page, names: list[str]) -> list[str]:
    """What of it stands on any page of the browser's history, as one goes back to its beginning."""
    found = []
    while page.url != BLANK:
        if CHOOSER not in page.url:
            found += [f"{name} on {page.url}" for name in names if name in page.content()]
        page.go_back()
    return found
