"""Ways that many recipes share, and that journeys walk too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from config.demo.people import Human
from journal_core.access import use_cases as access
from journal_core.booking.model import Booking
from journal_core.staff.model import StaffAccount
from portal.web.sessions import new_reference
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_clinic, a_policy, a_time, an_offer
from tests.build.world import World

NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Nine o'clock on the tests' Monday: when a booking from a_visit begins."""
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19 Safari/604"
CLINIC = {
    "name": "Vaccinrummet Torget",
    "street": "Torggatan 3",
    "postcode": "302 42",
    "phone": "031-390 06 20",
    "colour": "#0b5c8a",
}


def press(page: Page, form: str = "step") -> None:
    """The button that goes forward. All of the next page is there then: a click waits for its beginning only."""
    page.locator(f"#{form} button[type=submit]").click()
    page.wait_for_load_state()


def to_visit(page: Page, world: World, clinic: str = "nissan", slug: str = "tbe", persons: int = 1) -> None:
    kind = world.type_id(clinic, slug, persons)
    page.goto(world.at(f"/klinik/{world.clinic_id(clinic)}/bokning?besokstyp={kind}"))


def to_time(page: Page, world: World, clinic: str = "nissan", slug: str = "tbe", persons: int = 1) -> None:
    to_visit(page, world, clinic, slug, persons)
    press(page)


def take_time(page: Page) -> None:
    """The first of the day that is shown."""
    page.locator("input[name=start]").first.check()
    press(page)


def to_who(page: Page, world: World, clinic: str = "nissan", slug: str = "tbe", persons: int = 1) -> None:
    to_time(page, world, clinic, slug, persons)
    take_time(page)
    page.wait_for_url("**/vem")


def tell_who(page: Page, who: cast.Member | Human = cast.BOOKER, n: int = 1) -> None:
    page.locator(f"#person-{n}-identity").fill(who.number)
    page.locator(f"#person-{n}-given_name").fill(who.given_name)
    page.locator(f"#person-{n}-family_name").fill(who.family_name)


def tell_contact(page: Page) -> None:
    """Whoever is logged in is asked for no channel: it goes by what is told."""
    if page.locator("#channel-both").count():
        page.locator("#channel-both").check()
    page.locator("#mobile").fill("070-174 06 05")
    page.locator("#email").fill("maja.ekman@example.com")


def to_check(page: Page, world: World, clinic: str = "nissan", slug: str = "tbe") -> None:
    to_who(page, world, clinic, slug)
    tell_who(page)
    tell_contact(page)
    press(page)


def to_done(page: Page, world: World, clinic: str = "nissan", slug: str = "tbe") -> None:
    to_check(page, world, clinic, slug)
    page.locator("#policy").check()
    press(page)


def torget(world: World, clinic: Mapping[str, Any] | None = None, **changes: Any) -> Offer:
    """A clinic beside the demo's, open on the tests' Monday morning; the words override what an_offer sets."""
    with world.database.writing() as session:
        made = a_clinic(session, **{**CLINIC, **(clinic or {})})
        a_policy(session, made.unit.provider)
        return an_offer(session, clinic=made, **changes)


def a_visit(world: World, offer: Offer | None = None, who: cast.Member = cast.BOOKER, minute: int = 9 * 60) -> Booking:
    """Somebody's booking on the tests' Monday at nine."""
    offer = offer or torget(world)
    with world.database.writing() as session:
        time = a_time(minute, MONDAY)
        return a_booking(session, offer, time=time, coming=(who.coming,), recipient=who.recipient, tools=world.tools)


def move_to(world: World, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
    """So long after nine on that Monday; before it with a minus."""
    world.clock.set(NINE + timedelta(minutes=minutes, hours=hours, days=days))


def identify(page: Page, code: str | None, born: str) -> None:
    if code is not None:
        page.locator("#code").fill(code)
    page.locator("#birth_date").fill(born)
    press(page, "identify")


def on_a_phone(page: Page) -> None:
    page.set_extra_http_headers({"User-Agent": IPHONE})


def choose_eid(page: Page, name: str) -> None:
    page.locator(f"#step button[value={name}]").click()


def log_in(page: Page, world: World, who: Human | cast.Member, *, staff: bool = False) -> None:
    """Through the stand-in's page, as a person would; from wherever a log-in is already asked for."""
    if "/logga-in" not in page.url:
        page.goto(world.at("/personal/logga-in" if staff else "/logga-in"))
    choose_eid(page, "testperson")
    page.locator(f"#n{who.number}").check()
    press(page)


def begin_work(page: Page, world: World, who: Human, clinic: str = "nissan", *, by_hand: bool = False) -> None:
    """A member of the staff at the day's list; `by_hand` through log-in and choice of assignment, as a person would."""
    if not by_hand:
        sit_down(page, world, who, clinic)
        page.goto(world.at("/personal"))
        return
    log_in(page, world, who, staff=True)
    if page.url.endswith("/uppdrag"):
        page.get_by_label(world.clinic_name(clinic)).check()
        page.locator("main form").first.locator("button[type=submit]").click()
    page.wait_for_url("**/personal")


def sit_down(page: Page, world: World, who: Human, clinic: str | int = "nissan") -> None:
    """The browser is logged in as staff at a demo clinic, or at one with this id, without a page having been opened for it."""
    reference, clinic_id = new_reference(), clinic if isinstance(clinic, int) else world.clinic_id(clinic)
    with world.database.writing() as session:
        account = session.scalars(select(StaffAccount).where(StaffAccount.identity == who.number)).one()
        [assignment] = [one for one in account.assignments if one.clinic_id == clinic_id]
        owner = world.tools.vault.hash("session", reference)
        access.log_in(session, owner, world.clock.now(), account_id=account.id, assignment_id=assignment.id)
    page.context.add_cookies([{"name": "vp", "value": reference, "url": world.base_url}])


def tab_to(page: Page, goal: Locator, most: int = 150) -> None:
    """Tab, until the goal has the focus."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if goal.evaluate("goal => goal === document.activeElement"):
            return
    raise AssertionError(f"{goal} is not reached with {most} tabs")


def enter(page: Page, goal: Locator) -> None:
    tab_to(page, goal)
    page.keyboard.press("Enter")


def go_on(page: Page, form: str = "step") -> None:
    """The button that goes forward, by keyboard."""
    enter(page, page.locator(f"#{form} button[type=submit]").first)


def arrow_to(page: Page, choices: Locator, goal: Locator) -> None:
    """Among radio buttons: Tab to the group, then down."""
    tab_to(page, choices.first)
    page.keyboard.press("Space")
    for _press in range(choices.count()):
        if goal.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{goal} is not reached with the arrows")
