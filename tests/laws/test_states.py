"""Every page in every state: for all eyes and hands, at all widths, in the light and in the dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from journal_core.transaction import Database
from portal.development.samples import COLOURS
from portal.web.permits import PERMITS
from tests.build import axe
from tests.build.clocks import FixedClock
from tests.build.htmlvalidate import complaints
from tests.build.reflow import SPREAD, TWICE, cut, letters, sideways, styled
from tests.build.site import a_portal, a_screen_door
from tests.build.states import STATES, State
from tests.build.swedish import Words, names, swedish
from tests.build.world import NARROW, Answer, World

ROOT = Path(__file__).parents[2]
TEMPLATES = (ROOT / "portal" / "templates", ROOT / "kiosk" / "templates")
NO_PAGE = {
    "static": "files",
    "api.clinics": "for programs, in JSON",
    "api.clinic": "for programs, in JSON",
    "api.types": "for programs, in JSON",
    "api.slots": "for programs, in JSON",
    "health.alive": "for machines, in JSON",
    "health.ready": "for machines, in JSON",
    "manage.calendar": "a calendar file",
    "schedule.count": "for the form's own script, in JSON",
    "screen.pulse": "for the screen's own script, in JSON",
    "sign_in.state": "for the waiting page's own script, in JSON",
    "screen.worker": "a script",
}
NO_PAGE_OF_THEIR_OWN = (
    "components/",
    "layout.html",
    "poster.html",
    "book/step.html",
    "declare/parts.html",
    "development/room.html",
    "development/links.html",
    "errors/error.html",
    "find/drawn_map.html",
    "pages/contact.html",
    "schedule/parts.html",
    "schedule/type_fields.html",
    "screen/languages.html",
    "screen/layout.html",
    "screen/parts.html",
    "settings/parts.html",
    "staff/declared.html",
    "staff/layout.html",
    "times.html",
    "staff/parts.html",
)
NOT_MET: list[str] = []
"""Endpoints and templates of pages that no state leads to yet."""
SMALLEST = 320
IN_TURN = ("sv", "ar", "fi")
WITHOUT_MAP = """() => {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll('.map-canvas').forEach((map) => map.replaceChildren());
  return copy.outerHTML;
}"""


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


def test_every_page_is_met_in_some_state(portal: Flask) -> None:
    doors = (portal, a_screen_door(portal))
    endpoints = {rule.endpoint for door in doors for rule in door.url_map.iter_rules()} | set(PERMITS)
    met = {endpoint for state in STATES.values() for endpoint in state.meets}
    assert sorted(endpoints - met - set(NO_PAGE)) == NOT_MET


def test_every_template_is_met_in_some_state() -> None:
    names = {str(path.relative_to(folder)) for folder in TEMPLATES for path in folder.rglob("*.html")}
    pages = {name for name in names if not name.startswith(NO_PAGE_OF_THEIR_OWN)}
    assert sorted(pages - {state.template for state in STATES.values()}) == NOT_MET


def foremost() -> dict[str, State]:
    """One state for each template, the fullest first."""
    return {state.template: state for state in reversed(STATES.values())}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_nothing_stands_in_anybodys_way(state: State, world: World, chromium: Browser) -> None:
    """Each state as people see it first: the foremost of each template in English, in every window and in the dark too, the
    others in the other languages in turn. With 320 pixels, with letters twice as large, with text spread wide."""
    whole = state in foremost().values()
    language = "en" if whole else IN_TURN[list(STATES).index(state.name) % len(IN_TURN)]
    # A screen keeps things in its browser, and its clock is the tests'; other pages begin like one that was just opened.
    with_page = world.with_page if state.at_screen else world.with_usual_page
    with with_page(chromium, state.sizes[0][0], language=language) as page:
        state.show(page, world)
        assert_shown(world, state)
        page.set_viewport_size({"width": state.sizes[0][0], "height": state.sizes[0][1]})
        assert axe.violations(page, axe.SCREEN if state.at_screen else axe.EVERYTHING) == []
        if whole:
            assert_english(page, world, state)
            assert_whole(page, state)
        page.set_viewport_size({"width": SMALLEST, "height": 700})
        assert sideways(page) == [], "sideways"
        if whole or state.status == 422:
            assert_room_for_words(page)


def assert_room_for_words(page: Page) -> None:
    """WCAG 1.4.4 and 1.4.12; where pages are fullest, and where they say what is wrong."""
    with styled(page, SPREAD):
        assert sideways(page) + cut(page) == [], "with text spread wide"
    page.set_viewport_size({"width": NARROW, "height": 700})
    with letters(page, TWICE):
        assert sideways(page) + cut(page) == [], "with letters twice as large"


def assert_english(page: Page, world: World, state: State) -> None:
    """But for what only developers see, and for names: those of towns on the map too."""
    if not state.template.startswith("development/"):
        html = page.evaluate(WITHOUT_MAP)
        assert '<html lang="en"' in html
        assert swedish(Words(html).found, names(world)) == []


def assert_whole(page: Page, state: State) -> None:
    for width, height in state.sizes[1:]:
        page.set_viewport_size({"width": width, "height": height})
        assert axe.violations(page, axe.SCREEN if state.at_screen else axe.OTHER_SIZE) == [], f"at {width}"
    page.emulate_media(color_scheme="dark")
    assert axe.violations(page, axe.SCREEN_COLOURS if state.at_screen else axe.COLOURS) == [], "in the dark"


@pytest.mark.parametrize(
    "room", [state for name, state in STATES.items() if name.startswith("components")], ids=lambda room: room.name
)
def test_components_stand_in_nobodys_way_however_they_are_looked_at(room: State, world: World, chromium: Browser) -> None:
    """In the reader's own colours, from the right, and in whatever colour a clinic has chosen."""
    with world.with_page(chromium, NARROW) as page:
        room.show(page, world)
        page.emulate_media(forced_colors="active")
        assert axe.violations(page) == [], "in forced colours"
        page.emulate_media(forced_colors="none")
        for colour in COLOURS:
            page.goto(f"{page.url.partition('?')[0]}?riktning=rtl&farg={colour}")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert axe.violations(page, axe.COLOURS) == [], f"{colour}, {scheme}"
        page.set_viewport_size({"width": SMALLEST, "height": 700})
        assert axe.violations(page) == [], "from right to left"
        assert sideways(page) == [], "sideways, from right to left"


def test_the_examiners_see_what_is_wrong(world: World, chromium: Browser, tmp_path: Path) -> None:
    """Else their silence would say nothing."""
    (tmp_path / "page.html").write_text("<!doctype html><title>Page</title><img src=x><p><div></div></p>", encoding="utf-8")
    assert any("alt" in complaint for complaint in complaints(tmp_path))
    with world.with_page(chromium, NARROW) as page:
        page.set_content("<title>Page</title><main><h1>Page</h1><img src='data:,'><p style='width: 999px'>Wide</p></main>")
        found = axe.violations(page)
        assert any(one.startswith("image-alt") for one in found) and any(one.startswith("html-has-lang") for one in found)
        assert "the page" in sideways(page)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert sideways(page) == ["the page", "P "]
    with pytest.raises(AssertionError, match="request to http://localhost"), world.with_page(chromium) as page:
        page.set_content("<img src='http://localhost:9/x.png'>")


def assert_shown(world: World, state: State) -> None:
    """The recipe led where it says: over these endpoints, to this page."""
    shown = [answer for answer in world.answers if answer.template]
    assert shown[-1] == Answer(state.meets[-1], state.status, state.template)
    assert set(state.meets) <= {answer.endpoint for answer in world.answers}
