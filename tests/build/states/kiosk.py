"""The waiting-room screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from journal_core.access import screens
from journal_core.actor import SYSTEM
from journal_core.booking.model import Booking
from tests.build import cast
from tests.build.states.registry import at_address, state
from tests.build.states.ways import a_visit, move_to, press, torget
from tests.build.world import World

CLINIC = {"public_unit": True, "welcome_arrival": "Plan 1, till höger om hissen."}


def a_code(world: World, clinic_id: int, name: str = "Väntrummet") -> str:
    """The one-time code of a new screen."""
    with world.database.writing() as session:
        vault = world.tools.vault
        device = screens.add(session, SYSTEM, vault, clinic_id, name, world.clock.now())
        code: str = screens.told(vault, device, world.clock.now())["code"]
    return code


def connect(page: Page, world: World, clinic_id: int) -> None:
    """A screen that waits for its next person."""
    code = a_code(world, clinic_id)
    page.goto(world.at(screen(world)))
    page.locator("#code").fill(code)
    press(page)
    expect(page.locator("main[data-at-home]")).to_be_visible()


def screen(world: World) -> str:
    """Its address. A screen that many use doesn't go by the browser's language."""
    return "/kiosk/" if world.language == "sv" else f"/kiosk/?lang={world.language}"


def at_visit(page: Page, world: World, *, minutes: float = -10, **clinic: object) -> Booking:
    """A screen at a clinic where somebody has a time, so long before or after it."""
    made = a_visit(world, torget(world, clinic={**CLINIC, **clinic}))
    move_to(world, minutes=minutes)
    connect(page, world, made.clinic_id)
    return made


def to_number(page: Page) -> None:
    """From the start. An answer's buttons, which may still be there, are others."""
    page.locator(".k-push a.k-btn:not(.k-btn-c)").first.click()
    expect(page.locator("#typed")).to_be_visible()


def scan(page: Page, world: World, made: Booking) -> None:
    page.keyboard.type(world.at(world.ticket(made)))
    page.keyboard.press("Enter")


def heard(page: Page) -> None:
    """An answer stands on the screen."""
    expect(page.locator("main[data-clear]")).to_be_visible()


def type_number(page: Page, number: str) -> None:
    to_number(page)
    page.locator("#typed").fill(number)
    press(page)


at_address("screen-unknown", "enrol/code.html", "enrol.code", screen)


@state("screen-start", "screen/start.html", "enrol.code", "screen.start")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))


@state("screen-code-wrong", "enrol/code.html", "enrol.code", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at(screen(world)))
    page.locator("#code").fill("1234 5678")
    press(page)
    expect(page.locator(".error-summary")).to_be_visible()


@state("screen-closed", "screen/closed.html", "screen.start")
def _(page: Page, world: World) -> None:
    connect(page, world, torget(world).clinic.id)


@state("screen-number-wrong", "screen/number.html", "screen.number", status=422)
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    type_number(page, "195103149811")
    expect(page.locator(".error-summary")).to_be_visible()


@state("screen-number", "screen/number.html", "screen.number")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    to_number(page)
    for digit in "1951":
        page.locator(f"[data-key='{digit}']").click()


@state("screen-born", "screen/born.html", "screen.number", "screen.born")
def _(page: Page, world: World) -> None:
    type_number_of(page, world)


@state("screen-born-wrong", "screen/born.html", "screen.born", status=422)
def _(page: Page, world: World) -> None:
    type_number_of(page, world)
    page.locator("#birth_date").fill("1951-14-03")
    press(page)
    expect(page.locator(".error-summary")).to_be_visible()


def type_number_of(page: Page, world: World) -> None:
    """The booking code is written, the date of birth is asked for."""
    made = at_visit(page, world)
    type_number(page, made.code)
    expect(page.locator("#birth_date")).to_be_visible()


@state("screen-registered", "screen/answer.html", "screen.start", "screen.answer")
def _(page: Page, world: World) -> None:
    scan(page, world, at_visit(page, world))
    heard(page)


@state("screen-early", "screen/answer.html", "screen.answer")
def _(page: Page, world: World) -> None:
    scan(page, world, at_visit(page, world, minutes=-50))
    heard(page)


@state("screen-late", "screen/answer.html", "screen.answer")
def _(page: Page, world: World) -> None:
    scan(page, world, at_visit(page, world, minutes=50))
    heard(page)


@state("screen-elsewhere", "screen/answer.html", "screen.answer")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    connect(page, world, world.clinic_id("nissan"))
    scan(page, world, made)
    heard(page)


@state("screen-ask", "screen/answer.html", "screen.answer")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    type_number(page, cast.STRANGER.number)
    heard(page)


@state("screen-staff", "screen/answer.html", "screen.staff")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    page.locator(".k-push a.k-btn").last.click()
    heard(page)


@state("screen-asked", "screen/number.html", "screen.number")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    to_number(page)
    page.clock.set_fixed_time(31_000)
    expect(page.locator("[data-stay]")).to_be_visible()


@state("screen-no-contact", "screen/start.html", "screen.start")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("[data-offline]")).to_be_visible()


at_address(
    "screen-away", "screen/away.html", "screen.away", lambda world: screen(world).replace("/kiosk/", "/kiosk/utan-kontakt")
)


@state("screen-trouble", "screen/trouble.html", "screen.start", status=503)
def _(page: Page, world: World) -> None:
    page.goto(world.broken_url + screen(world))
