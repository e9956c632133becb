"""A child with two guardians, in two browsers: one books and consents, the other is asked by a link and changes their mind."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pytest
from flask_babel import force_locale, gettext
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from config.demo.people import ELSA, JOHAN, KARIN, SARA
from journal_core.messages.model import MessageKind, OutgoingMessage
from journal_core.messages.use_cases import sealed_for
from tests.build.kin import SLUG, a_childs_visit, come_in, link_to
from tests.build.states.ways import begin_work, enter, go_on, log_in, press, take_time, to_visit
from tests.build.world import NARROW, WIDE, World

MINE = "/mina-sidor"
CHILD = f"{ELSA.given_name} {ELSA.family_name}"


PRIVATE = (
    ELSA.given_name,
    ELSA.family_name,
    ELSA.number,
    JOHAN.given_name,
    "vattkoppor",
    "samtyck",
    "consent",
    "barn",
    "child",
)


@dataclass
class Story:
    """One telling: at what width, in which language, with or without scripts."""

    world: World
    chromium: Browser
    width: int
    language: str
    javascript: bool

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self.johan, self.sara, self.karin = (self._browser() for _who in range(3))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.__exit__(kind, error, trace)

    def _browser(self) -> Page:
        opened = self.world.with_page(self.chromium, self.width, javascript=self.javascript, language=self.language)
        return self._open.enter_context(opened)

    def say(self, swedish: str) -> str:
        with self.world.app.test_request_context(), force_locale(self.language):
            said = gettext(swedish)
        assert self.language == "sv" or said != swedish, f"not translated: {swedish}"
        return said

    def sees(self, page: Page, swedish: str) -> None:
        expect(page.locator("main")).to_contain_text(self.say(swedish))

    def tell(self) -> None:
        link = self.books()
        asked = self.link_in_message()
        self.is_waited_for(link)
        self.says_no(asked)
        self.differ(link)
        self.changes_to_yes(asked)
        self.takes_it_back(asked)

    def books(self) -> str:
        """For the child, from the visit's own page, without having thought of acting before; the booking's link."""
        page = self.johan
        to_visit(page, self.world, "nissan", SLUG)
        press(page)
        log_in(page, self.world, JOHAN)
        page.locator(".days a").nth(1).click()
        take_time(page)
        self.sees(page, "Gäller det ett barn?")
        page.locator("main form button", has_text=ELSA.given_name).click()
        self.acts_for_child(page)
        page.locator("#mobile").fill("070-174 06 05")
        press(page)
        self.acts_for_child(page)
        page.locator("#policy").check()
        press(page)
        self.sees(page, "Läs texten om samtycke och kryssa i rutan.")
        page.locator("#consent").check()
        page.locator("input[id^=other-][type=tel]").fill("070-174 06 07")
        press(page)
        self.sees(page, "Klart! Tiden är bokad.")
        self.sees(page, "På Mina sidor ser du också om svaret har kommit.")
        self.acts_for_child(page)
        return page.locator("main").get_attribute("data-booking-link") or ""

    def acts_for_child(self, page: Page) -> None:
        expect(page.locator(".acting")).to_contain_text(CHILD)

    def link_in_message(self) -> str:
        """The message says no more than that there is a question, until when and where."""
        [text] = self.messages(MessageKind.CONSENT)
        link = self.path_in(text)
        words = text.replace(link, "").lower()
        assert [one for one in (*PRIVATE, self.world.clinic_name("nissan")) if one.lower() in words] == []
        return link

    def messages(self, kind: MessageKind) -> list[str]:
        """Of the newest booking."""
        with self.world.database.reading() as session:
            sent = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind)).all()
            newest = max((one.booking_id or 0 for one in sent), default=0)
            vault = self.world.tools.vault
            return [vault.open(sealed_for(one.booking_id), one.body) for one in sent if one.booking_id == newest]

    def path_in(self, text: str) -> str:
        [path] = re.findall(rf"{re.escape(self.world.base_url)}(\S+)", text)
        return str(path)

    def is_waited_for(self, link: str) -> None:
        page = self.johan
        page.goto(self.world.at(MINE))
        self.acts_for_child(page)
        self.sees(page, "Ett samtycke saknas än: en vårdnadshavare har inte svarat.")
        page.locator(".acting button").click()
        self.sees(page, "Nu gäller sidorna dig själv igen.")
        expect(page.locator(".acting")).to_have_count(0)
        self.staff_see(link, "info", "Väntar på samtycke")

    def says_no(self, asked: str) -> None:
        page = self.sara
        page.goto(self.world.at(asked))
        log_in(page, self.world, SARA)
        for known in (CHILD, "Vaccination mot vattkoppor", self.world.clinic_name("nissan")):
            expect(page.locator("main")).to_contain_text(known)
        press(page)
        self.sees(page, "Välj ja eller nej.")
        page.locator("#svar-nej").check()
        press(page)
        self.sees(page, "Tack. Ditt nej är sparat. Mottagningen ser det.")
        expect(page.locator("input[type=radio]")).to_have_count(0)

    def differ(self, link: str) -> None:
        """Who booked is told to look, by a link that says nothing until one is logged in, as whoever may see it."""
        [told] = self.messages(MessageKind.CONSENT_CHANGED)
        assert self.path_in(told) == link
        differently = "Vårdnadshavarna har svarat olika. Då vaccineras barnet inte utan att personalen har pratat med er."
        page = self.johan
        page.goto(self.world.at(link))
        expect(page.locator("main")).not_to_contain_text(self.say(differently))
        page.locator("main form button", has_text=ELSA.given_name).click()
        self.acts_for_child(page)
        self.sees(page, differently)
        self.staff_see(link, "stop", "Vårdnadshavarna har svarat olika", "Sa ja", "Sa nej")

    def changes_to_yes(self, asked: str) -> None:
        self.sara.goto(self.world.at(asked))
        press(self.sara)
        self.sees(self.sara, "Tack. Ditt ja är sparat.")
        self.johan.reload()
        self.sees(self.johan, "Alla samtycken som behövs är lämnade.")
        self.staff_see(self.johan.url, "fine", "Samtycke finns")

    def takes_it_back(self, asked: str) -> None:
        self.sara.goto(self.world.at(MINE))
        self.sara.locator("main a[href*='/samtycken/']", has_text=ELSA.given_name).click()
        press(self.sara)
        self.sees(self.sara, "Ditt samtycke är taget tillbaka. Mottagningen ser det.")
        self.johan.reload()
        taken_back = "Ett samtycke är taget tillbaka. Då vaccineras barnet inte utan att personalen har pratat med er."
        self.sees(self.johan, taken_back)
        self.staff_see(self.johan.url, "stop", "Samtycket är taget tillbaka", "Tog tillbaka sitt ja")

    def staff_see(self, link: str, kind: str, *words: str) -> None:
        """In the list as one fact with its own shape, and on the visit's page whose answer it is."""
        page = self.karin
        if page.url == "about:blank":
            begin_work(page, self.world, KARIN)
        page.goto(self.world.at("/personal?dag=2026-11-23"))
        row = page.locator("tr", has_text="Vaccination mot vattkoppor")
        fact = row.locator(f".know .{kind}", has_text=self.say(words[0]))
        expect(fact.locator("svg")).to_be_visible()
        row.locator("a.more").click()
        for said in words:
            self.sees(page, said)
        for guardian in (JOHAN, SARA):
            self.sees_name(page, f"{guardian.given_name} {guardian.family_name}")

    def sees_name(self, page: Page, name: str) -> None:
        expect(page.locator(".consents")).to_contain_text(name)


@pytest.mark.parametrize(("width", "language", "javascript"), [(NARROW, "sv", True), (WIDE, "en", False)])
def test_two_guardians(world: World, chromium: Browser, width: int, language: str, javascript: bool) -> None:
    with Story(world, chromium, width, language, javascript) as story:
        story.tell()


def test_the_other_guardian_answers_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        link = link_to(world, a_childs_visit(world), SARA)
        come_in(page, world, SARA)
        page.goto(world.at(link))
        go_on(page)
        expect(page.locator("#fel")).to_be_focused()
        enter(page, page.locator("#fel a"))
        page.keyboard.press("Tab")
        expect(page.locator("#svar-ja")).to_be_focused()
        page.keyboard.press("ArrowDown")
        go_on(page)
        expect(page.locator("main [role=status]")).to_contain_text("Tack. Ditt nej är sparat.")
        go_on(page)
        expect(page.locator("main [role=status]")).to_contain_text("Tack. Ditt ja är sparat.")
