"""The waiting-room screen in a real browser: quick scanners, slow people, lost networks, and nothing left of anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from config.demo.people import KARIN, TOMAS
from journal_core.access import queries, screens
from journal_core.actor import SYSTEM
from journal_core.arrivals import queries as arrivals
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_time
from tests.build.states.kiosk import CLINIC, at_visit, connect, heard, scan, screen, to_number, type_number
from tests.build.states.settings import to_screens
from tests.build.states.ways import a_visit, begin_work, press, torget
from tests.build.world import World

WALL, TALL = 1080, 1920
IDLE, ASKED, CLEARED = 31_000, 21_000, 16_000
"""Milliseconds after which it asks, clears what was asked about, and takes an answer away."""


def hold_time(page: Page) -> None:
    """It runs only where a test lets it: a scanner is quick on a busy machine too, and nothing comes due by itself."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


@pytest.fixture
def page(world: World, chromium: Browser) -> Iterator[Page]:
    with world.with_page(chromium, width=WALL, height=TALL) as page:
        hold_time(page)
        yield page


def has_come(world: World, made: Booking) -> bool:
    with world.database.reading() as session:
        found = arrivals.arrival(session, made.visits[0].id)
    return found is not None and found.arrived_at is not None


def says(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_have_text(words)


def at_home(page: Page) -> None:
    expect(page.locator("main[data-at-home]")).to_be_visible()
    says(page, "Välkommen!")


def other_visit(world: World, made: Booking) -> Booking:
    """Somebody else's, at the same clinic ten minutes later."""
    with world.database.writing() as session:
        offer = Offer(made.clinic, made.type.category, made.type)
        time = a_time(9 * 60 + 10, MONDAY)
        return a_booking(session, offer, time=time, coming=(cast.EIGHTY.coming,), tools=world.tools)


# Scanner and keyboard


def test_a_scanner_types_wherever_the_screen_is(page: Page, world: World) -> None:
    """On the start page, over an answer, in the middle of a number, and with the focus on a button."""
    made = at_visit(page, world)
    scan(page, world, made)
    says(page, "Tack, du är anmäld!")
    scan(page, world, made)
    says(page, "Du är redan anmäld")
    page.locator(".k-push a.k-btn").first.click()
    to_number(page)
    page.keyboard.type("1985")
    scan(page, world, made)
    says(page, "Du är redan anmäld")
    page.locator(".k-push a.k-btn").last.click()
    page.locator("[data-key='5']").focus()
    scan(page, world, made)
    says(page, "Du är redan anmäld")


@pytest.mark.parametrize("before", ["httpsÖ--example.org-a-", "HTTPSÖ--EXAMPLE.ORG-A-", ""])
def test_a_scanner_with_the_wrong_layout(page: Page, world: World, before: str) -> None:
    made = at_visit(page, world)
    page.keyboard.type(before + world.ticket(made)[-24:])
    page.keyboard.press("Enter")
    says(page, "Tack, du är anmäld!")
    assert has_come(world, made)


def test_enter_twice_is_one_arrival_and_one_answer(page: Page, world: World) -> None:
    made = at_visit(page, world)
    page.keyboard.type(world.ticket(made))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    says(page, "Tack, du är anmäld!")
    page.clock.run_for(1000)
    says(page, "Tack, du är anmäld!")


QUICKER_THAN_ANY_SCANNER = """(keys) => {
    document.activeElement.blur();
    for (const key of [...keys, 'Enter', 'Enter']) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
}"""


def test_a_scanner_is_never_too_quick(page: Page, world: World) -> None:
    """The whole address and Enter twice within one task of the browser, which is more than 500 keys a second."""
    made = at_visit(page, world)
    page.evaluate(QUICKER_THAN_ANY_SCANNER, world.at(world.ticket(made)))
    says(page, "Tack, du är anmäld!")
    assert has_come(world, made)


def test_two_people_one_right_after_the_other(page: Page, world: World) -> None:
    """What the second one's ticket types while the first is under way is not lost."""
    first = at_visit(page, world)
    second = other_visit(world, first)
    held: list[Route] = []
    page.route("**/kiosk/", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/kiosk/"):
        scan(page, world, first)
    scan(page, world, second)
    held[0].continue_()
    heard(page)
    expect(page.locator("main[aria-busy]")).to_have_count(0)
    says(page, "Tack, du är anmäld!")
    assert has_come(world, first) and has_come(world, second)


def test_unknown_and_cancelled_codes(page: Page, world: World) -> None:
    made = at_visit(page, world)
    page.keyboard.type("https://example.org/a/" + "A" * 24)
    page.keyboard.press("Enter")
    says(page, "Prata med personalen")
    with world.database.writing() as session:
        booking.cancel(session, SYSTEM, world.tools, made.id, world.clock.now())
    scan(page, world, made)
    says(page, "Den här tiden gäller inte längre")


def test_the_whole_way_by_keyboard_alone(page: Page, world: World) -> None:
    made = at_visit(page, world)
    tab_to(page, "a.k-btn[href$='/nummer']")
    page.keyboard.press("Enter")
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type(made.code)
    page.keyboard.press("Enter")
    expect(page.locator("#birth_date")).to_be_focused()
    page.keyboard.type("19850314")
    page.keyboard.press("Enter")
    says(page, "Tack, du är anmäld!")
    tab_to(page, ".k-push a.k-btn")
    page.keyboard.press("Enter")
    at_home(page)


def tab_to(page: Page, selector: str) -> None:
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key never comes to {selector}")


def test_the_keypad_by_touch(page: Page, world: World) -> None:
    made = at_visit(page, world)
    to_number(page)
    for digit in cast.BOOKER.number[:5] + "9":
        page.locator(f"[data-key='{digit}']").click()
    expect(page.locator("[data-written]")).to_have_text("6 siffror skrivna. Den sista är 9.")
    page.locator("[data-key='back']").click()
    expect(page.locator("[data-written]")).to_have_text("5 siffror skrivna. Den sista är 0.")
    for digit in cast.BOOKER.number[5:]:
        page.locator(f"[data-key='{digit}']").click()
    press(page)
    says(page, "Tack, du är anmäld!")
    assert has_come(world, made)


def test_a_camera_reads_the_code_where_the_browser_can(page: Page, world: World) -> None:
    made = a_visit(world, torget(world, clinic=CLINIC))
    page.add_init_script(f"""
        window.BarcodeDetector = class {{ async detect() {{ return [{{ rawValue: '{world.at(world.ticket(made))}' }}]; }} }};
        navigator.mediaDevices.getUserMedia = async () => {{
            const canvas = document.createElement('canvas');
            canvas.getContext('2d').fillRect(0, 0, 9, 9);
            window.given = canvas.captureStream();
            return window.given;
        }};
    """)
    connect(page, world, made.clinic_id)
    page.locator("[data-camera]").click()
    says(page, "Din tid är en annan dag")
    assert page.evaluate("window.given.getTracks().every((track) => track.readyState === 'ended')"), "it looks no longer"


def test_without_its_camera_or_script_the_screen_still_works(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, javascript=False, width=WALL, height=TALL) as page:
        made = at_visit(page, world)
        expect(page.locator("[data-camera]")).to_be_hidden()
        scan(page, world, made)
        says(page, "Tack, du är anmäld!")
        page.locator(".k-push a.k-btn").first.click()
        type_number(page, cast.STRANGER.number)
        says(page, "Prata med personalen")


# Nobody is left behind

PLANTED = (cast.BOOKER.number, cast.BOOKER.given_name, cast.BOOKER.family_name, "19850314")
LEFT = """async () => [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input')].map((one) => one.value),
    ...navigation.entries().map((entry) => `${entry.url} ${JSON.stringify(entry.getState() ?? '')}`),
    location.href, document.referrer, document.title, document.cookie, window.name, JSON.stringify(history.state),
    JSON.stringify(localStorage), JSON.stringify(sessionStorage),
    JSON.stringify(await caches.keys()), JSON.stringify(await indexedDB.databases()),
].join('\\n')"""


def nothing_is_left(page: Page, *planted: str) -> None:
    """Of the person: on the page, in its fields, in history, storage, caches and cookies."""
    found = page.evaluate(LEFT) + str(page.context.cookies()) + str(page.context.storage_state())
    assert not [value for value in (*PLANTED, *planted) if value in found]
    assert [cookie.get("name") for cookie in page.context.cookies()] == ["vp-screen"]
    assert page.evaluate("history.length") <= 3, "no step stands in the history"


def secrets_of(world: World, made: Booking) -> tuple[str, ...]:
    return made.code, world.ticket(made)[-24:]


def test_after_each_person_nothing_is_left(page: Page, world: World) -> None:
    made = at_visit(page, world)
    for way in ("scan", "number", "code"):
        if way == "scan":
            scan(page, world, made)
        else:
            type_number(page, cast.BOOKER.number if way == "number" else made.code)
        if way == "code":
            page.locator("#birth_date").fill("19850314")
            press(page)
        heard(page)
        page.clock.run_for(CLEARED)
        at_home(page)
        nothing_is_left(page, *secrets_of(world, made))


def to_step(page: Page, world: World, step: str) -> Booking:
    made = at_visit(page, world)
    if step == "number":
        to_number(page)
        page.locator("#typed").fill(cast.BOOKER.number)
    elif step == "wrong":
        type_number(page, cast.BOOKER.number[:-1])
        expect(page.locator(".error-summary")).to_be_visible()
    elif step == "born":
        type_number(page, made.code)
        page.locator("#birth_date").fill("19850314")
    elif step == "answer":
        scan(page, world, made)
        heard(page)
    return made


@pytest.mark.parametrize("step", ["number", "wrong", "born"])
def test_whoever_walks_away_is_asked_for_and_then_forgotten(page: Page, world: World, step: str) -> None:
    made = to_step(page, world, step)
    page.clock.run_for(IDLE)
    says(page, "Är du kvar?")
    assert cast.BOOKER.number[:-1] not in page.locator("main").inner_html()
    page.clock.run_for(ASKED)
    at_home(page)
    nothing_is_left(page, *secrets_of(world, made))
    page.goto(world.at("/kiosk/fodd"))
    says(page, "Skriv ditt personnummer")


@pytest.mark.parametrize("step", ["number", "wrong", "born"])
def test_whoever_is_still_there_has_lost_nothing(page: Page, world: World, step: str) -> None:
    to_step(page, world, step)
    written = page.locator("[data-typed]").input_value()
    page.clock.run_for(IDLE)
    page.locator("[data-stay]").click()
    expect(page.locator("[data-typed]")).to_have_value(written)
    page.clock.run_for(IDLE - 5000)
    expect(page.locator("[data-typed]")).to_be_visible()


@pytest.mark.parametrize("step", ["number", "wrong", "born", "answer"])
def test_reload_leads_to_the_start_and_back_to_nobody(page: Page, world: World, step: str) -> None:
    made = to_step(page, world, step)
    page.reload()
    at_home(page)
    nothing_is_left(page, *secrets_of(world, made))
    page.go_back()
    assert not any(value in page.content() for value in (*PLANTED, *secrets_of(world, made)))


def test_what_somebody_set_up_is_put_back(page: Page, world: World) -> None:
    at_visit(page, world)
    page.get_by_role("link", name="English").click()
    says(page, "Welcome!")
    for name in ("Larger text", "High contrast", "Lower down"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(IDLE)
    at_home(page)
    expect(page.locator("html")).not_to_have_attribute("data-text", "more")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)


def test_a_language_stays_for_one_person(page: Page, world: World) -> None:
    made = at_visit(page, world)
    page.get_by_role("link", name="English").click()
    scan(page, world, made)
    says(page, "Thank you, you are registered!")
    page.clock.run_for(CLEARED)
    at_home(page)


# Network and power


@pytest.fixture
def shaky(world: World, chromium: Browser) -> Iterator[Page]:
    """A page whose network a test takes away."""
    with world.with_page(chromium, excused="net::ERR_", width=WALL, height=TALL) as page:
        hold_time(page)
        yield page


def test_without_network_it_says_so_and_comes_back_alone(shaky: Page, world: World) -> None:
    made = at_visit(shaky, world)
    shaky.context.set_offline(True)
    expect(shaky.locator("[data-offline]")).to_be_visible()
    scan(shaky, world, made)
    expect(shaky.locator("[data-offline]")).to_be_visible()
    at_home(shaky)
    assert not has_come(world, made)
    shaky.context.set_offline(False)
    expect(shaky.locator("[data-offline]")).to_be_hidden()
    scan(shaky, world, made)
    says(shaky, "Tack, du är anmäld!")


def test_a_server_that_is_gone_is_noticed_within_seconds(shaky: Page, world: World) -> None:
    """The browser itself thinks that all is well."""
    at_visit(shaky, world)
    shaky.route("**/puls*", lambda route: route.abort())
    shaky.clock.run_for(6000)
    expect(shaky.locator("[data-offline]")).to_be_visible()
    shaky.unroute("**/puls*")
    shaky.clock.run_for(6000)
    expect(shaky.locator("[data-offline]")).to_be_hidden()


def test_a_lost_answer_is_no_lost_arrival(shaky: Page, world: World) -> None:
    made = at_visit(shaky, world)

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    shaky.route("**/kiosk/", lose)
    scan(shaky, world, made)
    expect(shaky.locator("[data-offline]")).to_be_visible()
    shaky.unroute("**/kiosk/")
    scan(shaky, world, made)
    says(shaky, "Du är redan anmäld")


def test_what_was_typed_without_network_is_cleared_all_the_same(shaky: Page, world: World) -> None:
    at_visit(shaky, world)
    to_number(shaky)
    shaky.locator("#typed").fill(cast.BOOKER.number)
    shaky.context.set_offline(True)
    press(shaky)
    expect(shaky.locator("#typed")).to_have_value(cast.BOOKER.number)
    shaky.clock.run_for(IDLE)
    shaky.clock.run_for(ASKED)
    at_home(shaky)
    expect(shaky.locator("[data-offline]")).to_be_visible()
    assert cast.BOOKER.number not in shaky.content()
    shaky.context.set_offline(False)
    expect(shaky.locator("[data-offline]")).to_be_hidden()


def test_power_comes_back_before_the_network(world: World, chromium: Browser) -> None:
    """The browser starts anew without network: the page it has kept says so, and goes on by itself."""
    with world.with_page(chromium, WALL, height=TALL, excused="net::ERR_", workers=True) as page:
        hold_time(page)
        made = at_visit(page, world)
        page.evaluate("navigator.serviceWorker.ready")
        scan(page, world, made)
        heard(page)
        page.context.set_offline(True)
        page.goto(world.at("/kiosk/"))
        says(page, "Ingen kontakt just nu")
        kept = page.evaluate("caches.open('away-1').then((kept) => kept.keys()).then((all) => all.map((one) => one.url))")
        assert any(url.endswith("/utan-kontakt") for url in kept) and all("/static/" in u or "utan-kontakt" in u for u in kept)
        page.context.set_offline(False)
        page.clock.run_for(6000)
        at_home(page)


# Staff


def test_a_revoked_screen_asks_for_a_code_by_itself(page: Page, world: World) -> None:
    made = at_visit(page, world)
    to_number(page)
    with world.database.writing() as session:
        for device in queries.devices(session, made.clinic_id):
            screens.revoke(session, SYSTEM, device, world.clock.now())
    page.clock.run_for(6000)
    says(page, "Koppla skärmen")


def test_a_screen_follows_the_clinics_settings_by_itself(page: Page, world: World) -> None:
    made = at_visit(page, world)
    for on, words in ((False, "Prata med personalen"), (True, "Välkommen!")):
        with world.database.writing() as session:
            session.merge(made.clinic).public_unit = on
        page.clock.run_for(6000)
        says(page, words)


def test_staff_connect_a_screen_and_see_who_comes(world: World, chromium: Browser) -> None:
    with world.with_page(chromium) as nurse, world.with_page(chromium, width=WALL, height=TALL) as wall:
        to_screens(nurse, world)
        nurse.locator("#name").fill("Väntrum plan 1")
        press(nurse)
        code = nurse.locator(".code").inner_text()
        wall.goto(world.at(screen(world)))
        for digit in code.replace(" ", ""):
            wall.locator(f"[data-key='{digit}']").click()
        press(wall)
        at_home(wall)
        nurse.reload()
        expect(nurse.locator("main")).to_contain_text("Ansluten.")
        type_number(wall, TOMAS.number)
        says(wall, "Tack, du är anmäld!")
    with world.with_page(chromium) as nurse:
        begin_work(nurse, world, KARIN)
        row = nurse.locator("tr", has_text=TOMAS.family_name)
        expect(row.locator(".tag")).to_have_text("Anlänt")
