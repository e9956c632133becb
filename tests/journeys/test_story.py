"""The whole story, as people live it: somebody finds a clinic, books, comes back, arrives; a nurse takes over."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import icalendar
import pytest
from flask_babel import gettext
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from config.demo.people import KARIN, LINNEA, TOMAS, Human
from journal_core.booking import queries
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import time_of
from journal_core.persons.model import Person
from journal_core.transaction import Database
from tests.build import cast
from tests.build.clocks import FixedClock
from tests.build.states.ways import a_visit, begin_work, identify, press, take_time, tell_who
from tests.build.world import NARROW, WIDE, World, fill_demo, live

LIST = re.compile(r"/personal\?")
"""Where the day's list asks for itself."""


@dataclass
class Story:
    """One telling: in which language, at what width, with or without scripts."""

    world: World
    browser: Browser
    width: int = NARROW
    language: str = "sv"
    javascript: bool = True

    def page(self) -> AbstractContextManager[Page]:
        """A browser that nobody has used before."""
        return self.world.with_page(self.browser, self.width, javascript=self.javascript, language=self.language)

    def say(self, swedish: str) -> str:
        """A sentence as this telling's language has it."""
        with self.world.app.test_request_context(f"/?lang={self.language}"):
            said = gettext(swedish)
        assert self.language == "sv" or said != swedish, f"not translated: {swedish}"
        return said

    def sees(self, page: Page, swedish: str) -> None:
        expect(page.locator("main")).to_contain_text(self.say(swedish))

    def tell(self) -> None:
        """From the map to the end of the visit, and of another one."""
        made = self.book()
        self.comes_back(made)
        self.world.clock.set(time_of(made).instant - timedelta(minutes=20))
        self.arrives(made)
        self.nurse_takes_over(made)
        self.cancels_another()

    def book(self) -> Booking:
        with self.page() as page:
            self.finds(page)
            self.chooses(page)
            self.tells_who(page)
            page.locator("#policy").check()
            press(page)
            self.sees(page, "Klart! Tiden är bokad.")
            assert page.locator("html").get_attribute("lang") == self.language
            self.takes_calendar(page)
            code = page.locator("main").get_attribute("data-booking-code")
        return self.booking(code or "")

    def finds(self, page: Page) -> None:
        page.goto(self.world.at("/"))
        self.sees(page, "Boka tid för vaccination")
        name = self.world.clinic_name("nissan")
        if self.javascript:
            self.pin(page, name).click()
            expect(page.locator(".clinic.chosen h3 a")).to_be_focused()
            page.keyboard.press("Enter")
        else:
            expect(page.locator("#karta")).to_be_hidden()
            page.locator("#q").fill("halmstad")
            page.locator("form.find button[type=submit]").click()
            page.locator(".clinic h3 a", has_text=name).click()
        expect(page.locator("h1")).to_have_text(name)

    def pin(self, page: Page, name: str) -> Locator:
        """Found by what lights up on the map beside the list, group by group."""
        pin = page.locator(f"a.pin[aria-label$='{name}']")
        page.locator(".pin").first.wait_for()
        while not pin.count():
            page.locator(".clinic h3 a", has_text=name).focus()
            page.locator(".pin-group.pin-lit").click()
        return pin

    def chooses(self, page: Page) -> None:
        page.locator("main a.btn[href$='/bokning']").click()
        self.sees(page, "Vad gäller besöket?")
        page.locator(f"#type-{self.world.type_id('nissan', 'tbe')}").check()
        press(page)
        page.locator(".days a").nth(1).click()
        take_time(page)

    def tells_who(self, page: Page) -> None:
        self.sees(page, "Vem kommer?")
        tell_who(page)
        page.locator("#channel-sms").check()
        page.locator("#mobile").fill("070-174 06 05")
        press(page)
        self.sees(page, "Läs igenom. Inget är bokat än.")

    def takes_calendar(self, page: Page) -> None:
        with page.expect_download() as download:
            page.locator("main a[href$='kalender.ics']").click()
        event = icalendar.Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")[0]
        assert event["STATUS"] == "CONFIRMED"

    def booking(self, code: str) -> Booking:
        with self.world.database.reading() as session:
            found = queries.booking_by_code(session, code, cast.BOOKER.born)
        assert found is not None
        return found

    def comes_back(self, made: Booking) -> None:
        with self.page() as page:
            page.goto(self.world.at("/min-bokning"))
            identify(page, f"{made.code[:3]} {made.code[3:6]} {made.code[6:]}", cast.BOOKER.born.isoformat())
            self.sees(page, "Vill du avboka?")
            expect(page.locator("main .st-booked")).to_have_text(self.say("Bokad"))
            assert cast.BOOKER.family_name not in page.content()

    def arrives(self, made: Booking) -> None:
        with self.page() as page:
            page.goto(self.world.at(self.world.ticket(made)))
            press(page)
            self.sees(page, "Tack, du är anmäld!")

    def nurse_takes_over(self, made: Booking) -> None:
        with self.page() as page:
            begin_work(page, self.world, KARIN)
            row = page.locator(f"#v-{made.visits[0].id}")
            expect(row).to_have_class("r-here")
            expect(row.locator(".tag")).to_have_text(self.say("Anlänt"))
            expect(row).to_contain_text(f"{cast.BOOKER.given_name} {cast.BOOKER.family_name}")
            for state, word in (("r-busy", "Pågår"), ("r-done", "Klar")):
                row.locator("button:visible").click()
                expect(row).to_have_class(state)
                expect(row.locator(".tag")).to_have_text(self.say(word))
            page.locator("#live-words button").click()
            expect(row).to_have_class("r-busy")

    def cancels_another(self) -> None:
        self.world.clock.set(FixedClock().now())
        other = a_visit(self.world)
        with self.page() as page:
            page.goto(self.world.at(self.world.link(other)))
            identify(page, None, cast.BOOKER.born.isoformat())
            press(page, "cancel")
            expect(page.locator("main .tag")).to_have_text(self.say("Avbokad"))


def test_the_whole_story_in_swedish_on_a_phone(world: World, chromium: Browser) -> None:
    Story(world, chromium).tell()


def test_the_whole_story_in_english_on_a_large_screen(world: World, chromium: Browser) -> None:
    Story(world, chromium, WIDE, "en").tell()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_whole_story_without_scripts(world: World, chromium: Browser, width: int) -> None:
    Story(world, chromium, width, javascript=False).tell()


def test_the_whole_story_on_postgresql(postgres_database: Database, chromium: Browser) -> None:
    with live(postgres_database, FixedClock()) as world:
        fill_demo(world)
        Story(world, chromium, WIDE).tell()


def visit_of(world: World, who: Human) -> Visit:
    """The demo person's, with its booking."""
    with world.database.reading() as session:
        query = select(Visit).join(Visit.person).where(Person.identity == who.number)
        return session.scalars(query.options(joinedload(Visit.booking))).one()


def row_of(page: Page, visit: Visit) -> Locator:
    return page.locator(f"#v-{visit.id}")


def button_of(row: Locator) -> Locator:
    return row.locator("button:visible")


def test_the_day_refreshes_itself_and_the_keyboard_keeps_its_place(world: World, chromium: Browser) -> None:
    came = visit_of(world, LINNEA)
    with world.with_page(chromium, WIDE) as page, world.with_page(chromium, NARROW) as phone:
        begin_work(page, world, KARIN)
        button = button_of(row_of(page, visit_of(world, TOMAS)))
        button.focus()
        place = button.bounding_box()
        phone.goto(world.at(world.ticket(came.booking)))
        press(phone)
        refresh(page)
        expect(row_of(page, came)).to_have_class("r-here")
        expect(page.locator("#live-words")).to_contain_text("anlände")
        expect(button).to_be_focused()
        assert button.bounding_box() == place


def test_a_row_in_use_waits_until_the_keyboard_leaves_it(world: World, chromium: Browser) -> None:
    visit = visit_of(world, LINNEA)
    with world.with_page(chromium, WIDE) as page, world.with_page(chromium, NARROW) as phone:
        begin_work(page, world, KARIN)
        row = row_of(page, visit)
        button_of(row).focus()
        phone.goto(world.at(world.ticket(visit.booking)))
        press(phone)
        refresh(page)
        expect(page.locator("#live-words")).to_contain_text("anlände")
        expect(row).to_have_class("r-booked")
        expect(button_of(row)).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(row).to_have_class("r-here")


def test_without_contact_the_list_says_from_when_it_is(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        begin_work(page, world, KARIN)
        page.route(LIST, lambda route: route.fulfill(status=503))
        refresh(page)
        expect(page.locator("#live-words")).to_contain_text("Försöker igen.")
        page.unroute(LIST)
        refresh(page)
        expect(page.locator("#live-words")).not_to_contain_text("Försöker igen.")


def refresh(page: Page) -> None:
    """As when somebody comes back to the page: it asks at once. Its script is there once the page is loaded."""
    page.wait_for_load_state()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
