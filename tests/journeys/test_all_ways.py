"""A resident's journeys however they are made: small window, large letters, wide text, from the right, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from config.demo.people import TOMAS
from tests.build import cast
from tests.build.kin import come_in
from tests.build.reflow import SPREAD, TWICE, cut, letters, sideways
from tests.build.states.ways import identify, press, take_time
from tests.build.world import NARROW, World

KEEPS_SPREAD = f"""
const own = new CSSStyleSheet();
own.replaceSync({SPREAD!r});
document.adoptedStyleSheets = [own];
"""


@dataclass(frozen=True)
class Way:
    name: str
    width: int = NARROW
    language: str = "sv"
    javascript: bool = True
    spread: bool = False
    large: bool = False


WAYS = (
    Way("letters twice as large", large=True),
    Way("text spread wide", width=320, language="fi", spread=True),
    Way("Arabic", language="ar"),
    Way("Arabic without scripts", language="ar", width=320, javascript=False),
)


@pytest.fixture(params=WAYS, ids=lambda way: way.name.replace(" ", "-"))
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


SHORT = pytest.mark.parametrize("way", WAYS[3:], indirect=True, ids=lambda way: way.name.replace(" ", "-"))
"""For journeys whose pages the long one has mostly seen."""


@contextmanager
def opened(world: World, chromium: Browser, way: Way) -> Iterator[Page]:
    with ExitStack() as stack:
        page = stack.enter_context(world.with_page(chromium, way.width, language=way.language, javascript=way.javascript))
        if way.spread:
            page.add_init_script(KEEPS_SPREAD)
        yield page


def look(page: Page, way: Way) -> Page:
    """Nothing is cut, nothing reaches out of the window, and the words run as the language does."""
    assert page.locator("html").get_attribute("dir") == ("rtl" if way.language == "ar" else "ltr")
    with ExitStack() as stack:
        if way.large:
            stack.enter_context(letters(page, TWICE))
        assert sideways(page) + cut(page) == [], page.url
    return page


def go(page: Page, way: Way, form: str = "step") -> None:
    press(look(page, way), form)
    look(page, way)


def test_alone_without_a_number_from_search_to_cancelling(world: World, chromium: Browser, way: Way) -> None:
    with opened(world, chromium, way) as page:
        page.goto(world.at("/?q=halmsta"))
        look(page, way).locator(".clinic .go a").first.click()
        page.locator("input[name=type]").first.check()
        go(page, way)
        take_time(page)
        page.wait_for_url("**/vem")
        look(page, way).locator("main a[href*='utan=']").first.click()
        page.locator("#person-1-given_name").fill("Kyriakopoulos-Papadimitrakopoulos")
        go(page, way)
        expect(page.locator("#fel")).to_be_visible()
        page.locator("#person-1-birth_date").fill("1985-03-14")
        page.locator("#person-1-sex-female").check()
        page.locator("#person-1-family_name").fill("Maximiliana von und zu Hohenstaufen-Wittelsbach")
        page.locator("#channel-none").check()
        go(page, way)
        page.locator("dl.sum .do a[href$='/vem']").first.click()
        look(page, way).locator("#person-1-given_name").fill("Maria")
        go(page, way)
        expect(page.locator("main")).to_contain_text("Maria Maximiliana")
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        code = look(page, way).locator("main").get_attribute("data-booking-code") or ""
        _comes_back(page, world, way, code)


def _comes_back(page: Page, world: World, way: Way, code: str) -> None:
    page.context.clear_cookies(name="vp")
    page.goto(world.at("/min-bokning"))
    identify(look(page, way), code, "1999-01-01")
    expect(page.locator("#fel")).to_be_visible()
    identify(look(page, way), code, "1985-03-14")
    go(page, way, "rebook")
    page.locator(".days a").nth(2).click()
    page.locator("input[name=start]").nth(3).check()
    go(page, way, "rebook")
    expect(page.locator("main .note-ok")).to_be_visible()
    go(page, way, "cancel")
    expect(page.locator("main .tag.st-miss, main .tag.st-cancelled, main .tag").first).to_be_visible()
    assert page.locator("#cancel").count() == 0


@SHORT
def test_two_with_one_phone(world: World, chromium: Browser, way: Way) -> None:
    with opened(world, chromium, way) as page:
        kind = world.type_id("nissan", "tbe", 2)
        page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning?besokstyp={kind}"))
        go(page, way)
        take_time(page)
        page.wait_for_url("**/vem")
        for n, who in enumerate((cast.BOOKER, cast.EIGHTY), start=1):
            page.locator(f"#person-{n}-identity").fill(who.number)
            page.locator(f"#person-{n}-given_name").fill(who.given_name)
            page.locator(f"#person-{n}-family_name").fill(who.family_name)
        page.locator("#mobile").fill("070-174 06 05")
        go(page, way)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        look(page, way)


@SHORT
def test_with_eid_and_nothing_to_fill_in(world: World, chromium: Browser, way: Way) -> None:
    with opened(world, chromium, way) as page:
        come_in(page, world, TOMAS)
        kind = world.type_id("nissan", "covid-19")
        page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning?besokstyp={kind}"))
        go(page, way)
        take_time(page)
        page.wait_for_url("**/vem")
        go(page, way)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        page.goto(world.at("/mina-sidor"))
        look(page, way)
        expect(page.locator("main .card").first).to_be_visible()
