"""What residents are told where something does not go as they thought, in a browser: why, and what to do now."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from config.demo.people import OLENA
from tests.build import cast
from tests.build.builders import MONDAY, a_demand_for_eid
from tests.build.kin import come_in
from tests.build.states.ways import log_in, press, take_time, tell_contact, tell_who, to_who, torget
from tests.build.world import NARROW, World

WITH_AND_WITHOUT_SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])


def test_a_misspelt_place_is_found_and_said_to_be_a_guess(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at("/"))
        page.locator("#q").fill("halmsad")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Vi hittar inget som heter halmsad. Här är det som passar Halmstad.")
        expect(page.locator(".clinic h3 a").first).to_be_visible()


def test_what_finds_nothing_says_what_to_do_and_shows_all_at_a_press(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at("/?q=qqqqqq"))
        expect(page.locator("#traffar")).to_have_text("Ingen mottagning passar det du sökte")
        expect(page.locator("main .note")).to_contain_text("Titta på stavningen")
        page.locator("main .note a").last.click()
        expect(page.locator(".clinic").first).to_be_visible()


@WITH_AND_WITHOUT_SCRIPTS
def test_a_search_is_as_it_was_after_back(world: World, chromium: Browser, javascript: bool) -> None:
    with world.with_page(chromium, NARROW, javascript=javascript) as page:
        page.goto(world.at("/"))
        page.locator("#q").fill("halmstad")
        page.locator("#kategori").select_option("tbe")
        page.locator("form.find button[type=submit]").click()
        page.wait_for_url("**/?q=halmstad&kategori=tbe**")
        names = page.locator(".clinic h3").all_text_contents()
        assert names
        page.locator(".clinic h3 a").first.click()
        page.wait_for_url("**/klinik/**")
        page.go_back()
        assert page.locator(".clinic h3").all_text_contents() == names
        expect(page.locator("#q")).to_have_value("halmstad")
        expect(page.locator("#kategori")).to_have_value("tbe")


@WITH_AND_WITHOUT_SCRIPTS
def test_who_is_too_young_goes_on_at_the_days_when_it_fits(world: World, chromium: Browser, javascript: bool) -> None:
    offer = torget(world, category={"min_age": 8}, days=(MONDAY, date(2027, 5, 3)))
    with world.with_page(chromium, NARROW, javascript=javascript) as page:
        page.goto(world.at(f"/klinik/{offer.clinic.id}/bokning?besokstyp={offer.kind.id}"))
        press(page)
        take_time(page)
        page.wait_for_url("**/vem")
        tell_who(page, cast.CHILD)
        page.locator("#channel-none").check()
        press(page)
        said = "För ung den dagen. Besöket går att boka för dagar från söndag 2 maj 2027."
        expect(page.locator("#fel")).to_contain_text(said)
        page.get_by_role("link", name="Visa dagar från söndag 2 maj 2027").click()
        expect(page.locator("#tider")).to_have_text("Måndag 3 maj")
        take_time(page)
        page.wait_for_url("**/vem")
        press(page)
        page.wait_for_url("**/kontrollera")
        expect(page.locator("main")).to_contain_text(f"{cast.CHILD.given_name} {cast.CHILD.family_name}")


def test_where_there_are_no_times_the_nearest_clinics_with_some_are_shown(world: World, chromium: Browser) -> None:
    offer = torget(world, days=())
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at(f"/klinik/{offer.clinic.id}/bokning?besokstyp={offer.kind.id}"))
        press(page)
        expect(page.locator("main")).to_contain_text("Närmaste mottagningar med lediga tider")
        expect(page.locator("main li.card").first).to_contain_text("km")
        page.locator("main li.card h3 a").first.click()
        expect(page.locator("main a.btn[href*='/bokning']").first).to_be_visible()


def test_answers_are_there_when_the_same_eid_comes_back(world: World, chromium: Browser) -> None:
    offer = torget(world)
    with world.database.writing() as session:
        a_demand_for_eid(session, offer.clinic, offer.category.reason)
    with world.with_page(chromium, NARROW) as page:
        come_in(page, world, OLENA)
        page.goto(world.at(f"/klinik/{offer.clinic.id}/bokning?besokstyp={offer.kind.id}"))
        press(page)
        take_time(page)
        page.wait_for_url("**/vem")
        page.locator("#email").fill("tomas@example.com")
        press(page)
        page.wait_for_url("**/kontrollera")
        page.context.clear_cookies(name="vp")
        page.reload()
        log_in(page, world, OLENA)
        page.wait_for_url("**/vem")
        expect(page.locator("#email")).to_have_value("tomas@example.com")
        press(page)
        page.locator("#policy").check()
        press(page)
        page.wait_for_url("**/klart")


def test_a_draft_that_ran_out_leads_back_to_the_days(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        to_who(page, world)
        tell_who(page)
        tell_contact(page)
        world.clock.advance(minutes=61)
        press(page)
        expect(page.locator("main")).to_contain_text("finns inte kvar")
        expect(page.locator("h1")).to_have_text("Vad gäller besöket?")


def test_with_cookies_off_the_clinics_telephone_is_given(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning"))
        page.locator("input[name=type]").first.check()
        page.context.clear_cookies()
        press(page)
        expect(page.locator("#fel")).to_contain_text("kakor")
        expect(page.locator("#fel a[href^='tel:']")).to_be_visible()
