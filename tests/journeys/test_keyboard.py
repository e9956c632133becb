"""Journeys with the keyboard alone: each thing reached with Tab and done with Enter, Space and the arrows."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from config.demo.people import ELSA, JOHAN, KARIN, LINNEA, NILS, OLENA, Human
from tests.build import cast
from tests.build.kin import SLUG
from tests.build.states.ways import a_visit, arrow_to, enter, go_on, tab_to
from tests.build.world import NARROW, WIDE, World
from tests.journeys.test_story import button_of, row_of, visit_of


def type_in(page: Page, name: str, words: str) -> None:
    tab_to(page, page.locator(f"#{name}"))
    page.keyboard.type(words)


def test_a_resident_books_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        page.goto(world.at("/"))
        type_in(page, "q", "nissan")
        page.keyboard.press("Enter")
        enter(page, page.locator("a.pin[aria-label$='Nissan']"))
        expect(page.locator(".clinic.chosen h3 a")).to_be_focused()
        page.keyboard.press("Enter")
        enter(page, page.locator("main a.btn[href$='/bokning']"))
        tab_to(page, page.locator("input[name=type]").first)
        page.keyboard.press("Space")
        go_on(page)
        enter(page, page.locator(".days a").nth(2))
        expect(page.locator("#tider")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        expect(page.locator("input[name=start]").nth(1)).to_be_checked()
        go_on(page)
        type_in(page, "person-1-identity", cast.BOOKER.number)
        type_in(page, "person-1-given_name", "Maja")
        type_in(page, "person-1-family_name", "Ekman")
        tab_to(page, page.locator("#channel-sms"))
        for _press in range(3):
            page.keyboard.press("ArrowDown")
        go_on(page)
        tab_to(page, page.locator("#policy"))
        page.keyboard.press("Space")
        go_on(page)
        expect(page.locator("h1")).to_contain_text("Klart!")


def test_a_mistake_is_found_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    """The summary has the focus, its link leads to the field."""
    with world.with_page(chromium, WIDE) as page:
        page.goto(world.at("/min-bokning"))
        enter(page, page.locator("#identify button"))
        expect(page.locator("#fel")).to_be_focused()
        field = page.locator("#fel a").first.get_attribute("href")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(f"input{field}")).to_be_focused()


def test_a_resident_changes_and_cancels_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    made = a_visit(world)
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at("/min-bokning"))
        type_in(page, "code", made.code)
        type_in(page, "birth_date", "1985-03-41")
        page.keyboard.press("Enter")
        expect(page.locator("#fel")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#birth_date")).to_be_focused()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(cast.BOOKER.born.isoformat())
        page.keyboard.press("Enter")
        go_on(page, "rebook")
        times = page.locator("input[name=start]")
        arrow_to(page, times, times.nth(2))
        go_on(page, "rebook")
        expect(page.locator("main .note-ok")).to_be_visible()
        go_on(page, "cancel")
        expect(page.locator("main .tag")).to_have_text("Avbokad")
        assert page.locator("#cancel").count() == 0


def test_with_eid_one_books_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, NARROW) as page:
        page.goto(world.at("/logga-in"))
        say_who(page, OLENA)
        page.wait_for_url("**/mina-sidor")
        page.goto(world.at("/?q=nissan"))
        enter(page, page.locator(".clinic h3 a").first)
        enter(page, page.locator("main a.btn[href$='/bokning']"))
        choose_first(page, "type")
        choose_first(page, "start")
        page.wait_for_url("**/vem")
        type_in(page, "mobile", "070-174 06 05")
        go_on(page)
        tab_to(page, page.locator("#policy"))
        page.keyboard.press("Space")
        go_on(page)
        expect(page.locator("h1")).to_contain_text("Klart!")


def test_a_guardian_books_for_two_children_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    """Where to write is known. One visit demands e-ID, so that who comes is known too, and asks for consent."""
    with world.with_page(chromium, WIDE) as page:
        page.goto(world.at("/logga-in"))
        say_who(page, JOHAN)
        for child, visit in ((ELSA, SLUG), (NILS, "barnvaccination")):
            enter(page, page.get_by_role("button", name=f"Boka åt {child.given_name}", exact=True))
            expect(page.locator(".acting")).to_contain_text(child.given_name)
            page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning"))
            arrow_to(page, page.locator("input[name=type]"), page.locator(f"#type-{world.type_id('nissan', visit)}"))
            go_on(page)
            choose_first(page, "start")
            if child is NILS:
                page.wait_for_url("**/vem")
                expect(page.locator("#mobile")).not_to_have_value("")
                go_on(page)
            page.wait_for_url("**/kontrollera")
            for box in ("#consent", "#policy") if child is ELSA else ("#policy",):
                tab_to(page, page.locator(box))
                page.keyboard.press("Space")
            go_on(page)
            expect(page.locator("h1")).to_contain_text("Klart!")
            enter(page, page.locator(".acting button"))
            expect(page.locator("main")).to_contain_text("Nu gäller sidorna dig själv igen.")


def choose_first(page: Page, name: str) -> None:
    tab_to(page, page.locator(f"input[name={name}]").first)
    page.keyboard.press("Space")
    go_on(page)


def say_who(page: Page, who: Human) -> None:
    """At the stand-in for e-ID."""
    enter(page, page.locator("#step button[value=testperson]"))
    arrow_to(page, page.locator("input[name=number]"), page.locator(f"#n{who.number}"))
    go_on(page)


def test_staff_work_with_the_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        begin_by_keyboard(page, world)
        row = row_of(page, visit_of(world, LINNEA))
        tab_to(page, button_of(row))
        for key, state in (("a", "r-here"), ("s", "r-busy"), ("k", "r-done"), ("z", "r-busy")):
            page.keyboard.press(key)
            expect(row).to_have_class(state)
            tab_to(page, row.locator("button:visible, a.more").first, most=2)


def begin_by_keyboard(page: Page, world: World) -> None:
    page.goto(world.at("/personal"))
    say_who(page, KARIN)
    arrow_to(page, page.locator("input[name=assignment]"), page.get_by_label(world.clinic_name("nissan")))
    enter(page, page.locator("main form button[type=submit]").first)
