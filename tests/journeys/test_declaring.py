"""Answering the questions about one's health, as people do it: on a phone, for a child, for two, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from config.demo.people import JOHAN, KARIN, NILS, TOMAS
from journal_core.declarations.model import Declaration
from tests.build import cast
from tests.build.kin import come_in
from tests.build.reflow import cut, sideways
from tests.build.states.declare import answer_all, answer_one, answer_to, few_questions, read_of
from tests.build.states.ways import begin_work, identify, press, take_time, tell_contact, tell_who, to_done, to_time
from tests.build.world import NARROW, WIDE, World

LANGUAGES = pytest.mark.parametrize("language", ["sv", "ar"])
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])


def begin(page: Page, n: int = 1) -> None:
    page.locator(f"form[action$='/halsodeklaration/{n}'] button").click()
    page.wait_for_url("**/hd/**")


@LANGUAGES
@SCRIPTS
def test_a_follow_up_appears_and_goes(world: World, chromium: Browser, language: str, javascript: bool) -> None:
    few_questions(world)
    with world.with_page(chromium, 320, language=language, javascript=javascript) as page:
        to_done(page, world)
        begin(page)
        answer_to(page, "allergy")
        top = page.locator("main").evaluate("main => main.getBoundingClientRect().top")
        assert top < 60, "a small phone shows the question, and not the head of the page again"
        page.locator("#answer-yes").check()
        press(page)
        page.wait_for_url("**/allergy-to#innehall")
        page.locator("input[name=answer]").nth(1).check()
        press(page)
        page.wait_for_url("**/allergy-told#innehall")
        page.go_back()
        page.go_back()
        page.locator("#answer-no").check()
        press(page)
        expect(page.locator("h1")).to_be_visible()
        assert page.url.endswith("/fever-today#innehall")
        answer_all(page)
        assert sideways(page) + cut(page) == []
        expect(page.locator("a[href$='/allergy-to']")).to_have_count(0)
        press(page)
        page.wait_for_url("**/klart")
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_it_is_gone_on_with_a_day_later_by_the_link(world: World, chromium: Browser) -> None:
    few_questions(world)
    with world.with_page(chromium, NARROW) as page:
        to_time(page, world)
        page.locator(".days a").nth(3).click()
        take_time(page)
        page.wait_for_url("**/vem")
        tell_who(page)
        tell_contact(page)
        press(page)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        link = page.locator("main").get_attribute("data-booking-link") or ""
        begin(page)
        answer_to(page, "fever-today")
    world.clock.advance(minutes=24 * 60)
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at(link))
        identify(page, None, cast.BOOKER.born.isoformat())
        begin(page)
        expect(page).to_have_url(re.compile("/fever-today#innehall$"))
        page.get_by_role("link", name="Förra frågan").click()
        expect(page.locator("input[name=answer]:checked")).to_have_count(0)
        page.go_back()
        answer_all(page)
        expect(page.locator("main")).to_contain_text("Besvarad tidigare. Svaret visas inte här.")
        press(page)
        page.wait_for_url("**/klart")


def test_a_guardian_answers_for_a_child_and_a_nurse_reads_it(world: World, chromium: Browser) -> None:
    few_questions(world)
    with world.with_page(chromium, NARROW) as page:
        come_in(page, world, JOHAN, NILS)
        page.goto(world.at("/mina-sidor"))
        page.locator("main li.card", has_text="vattkoppor").locator("a").first.click()
        begin(page)
        expect(page.locator(".acting")).to_contain_text("Nils")
        answer_all(page, yes=True)
        press(page)
        page.wait_for_url("**/klart")
    with world.with_page(chromium, 1280) as page:
        begin_work(page, world, KARIN)
        row = page.locator("tr", has_text="Nils")
        expect(row.locator(".know .stop")).to_contain_text("Hälsodeklaration: fråga först")
        row.locator("a.more").click()
        page.get_by_role("link", name="Läs hälsodeklarationen").click()
        expect(page.locator(".answers .stop").first).to_be_visible()


def test_two_in_a_booking_answer_one_each(world: World, chromium: Browser) -> None:
    few_questions(world)
    with world.with_page(chromium, NARROW) as page:
        kind = world.type_id("nissan", "tbe", 2)
        page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning?besokstyp={kind}"))
        press(page)
        take_time(page)
        page.wait_for_url("**/vem")
        tell_who(page)
        tell_who(page, cast.EIGHTY, 2)
        tell_contact(page)
        press(page)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")
        done = page.url
        for n in (1, 2):
            page.goto(done)
            begin(page, n)
            answer_all(page)
            press(page)
            page.wait_for_url("**/klart")
    with world.database.reading() as session:
        sent = select(Declaration).where(Declaration.sent_at.is_not(None))
        assert {cast.BOOKER.number, cast.EIGHTY.number} <= {one.person.identity for one in session.scalars(sent)}


def test_by_the_clinics_link_with_eid_one_says_nothing_of_who_one_is(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        come_in(page, world, JOHAN)
        page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}"))
        page.locator("main a[href*='/hd/']").click()
        expect(page.locator("main")).to_contain_text("Du svarar för dig själv.")
        press(page)
        page.wait_for_url("**/fraga/**")
        answer_one(page)
        expect(page.get_by_role("link", name="Förra frågan")).to_be_visible()


def test_all_of_it_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at(f"/hd/{world.clinic_id('nissan')}"))
        page.locator("#identity").focus()
        page.keyboard.type(cast.BOOKER.number)
        page.keyboard.press("Enter")
        page.wait_for_url("**/strong-reaction#innehall")
        page.keyboard.press("Tab")
        for _press in range(30):
            if page.evaluate("document.activeElement.name") == "answer":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#answer-no")).to_be_checked()
        page.keyboard.press("Enter")
        page.wait_for_url("**/fainted#innehall")


MARKUP = "Svullnad i <b>halsen</b> & \u202egnällig\u202c hud. " * 230
"""More than ten thousand characters."""


def test_on_paper_all_is_unfolded_whole_and_inert(world: World, chromium: Browser) -> None:
    few_questions(world)
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at(f"/hd/{world.clinic_id('nissan')}"))
        page.locator("#identity").fill(TOMAS.number)
        press(page)
        answer_to(page, "strong-reaction")
        page.locator("#answer-yes").check()
        page.locator("#answer-mer").fill(MARKUP[:10_000])
        press(page)
        answer_all(page)
        press(page)
        expect(page.get_by_role("heading", name="Tack!")).to_be_visible()
    with world.with_page(chromium, WIDE) as page:
        read_of(page, world, TOMAS)
        told = page.locator(".declared", has=page.locator(".long"))
        whole = told.locator(".long")
        assert whole.evaluate("dd => dd.scrollHeight > dd.clientHeight"), "a window of it on the screen"
        page.emulate_media(media="print")
        assert whole.evaluate("dd => dd.scrollHeight - dd.clientHeight < 2"), "and all of it on paper"
        assert whole.inner_text().count("<b>halsen</b>") > 200 and told.locator("b").count() == 0
        expect(told.locator("details dd").last).to_be_visible()
        expect(told.locator("textarea")).to_be_hidden()
        shown = page.locator("main").evaluate("main => [main.scrollWidth, main.clientWidth]")
        assert shown[0] <= shown[1] + 1, "no line reaches out of the paper"
