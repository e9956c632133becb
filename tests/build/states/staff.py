"""The clinic's day."""

from __future__ import annotations

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from config.demo.people import AMIR, GORAN, HASSAN, KARIN, LINA, LINNEA, MARIA, PER, TOMAS, Human
from journal_core.actor import STRANGER, Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Visit
from journal_core.persons.model import Person
from journal_core.staff.model import StaffAccount
from tests.build.clocks import START
from tests.build.states.registry import state
from tests.build.states.ways import begin_work, log_in
from tests.build.world import World

DAY, VISIT, PRINT, CHOICE = (f"staff/{name}.html" for name in ("day", "visit", "printed_day", "assignments"))
NURSE = Actor(ActorKind.STAFF, 1, 1)


@state("day", DAY, "sign_in.staff", "staff.assignments", "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN, by_hand=True)


@state("day-busy", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    _busy(world)
    begin_work(page, world, KARIN)


@state("day-filter", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    _busy(world)
    begin_work(page, world, KARIN)
    page.locator(".counts a").nth(1).click()


@state("day-filter-empty", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    page.locator(".counts a").last.click()


@state("day-empty", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN, "andersberg")


@state("day-another", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    page.goto(world.at("/personal?dag=2026-11-23"))


@state("day-acted", DAY, "staff.act", "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _row(page, world, LINNEA).locator("button:visible").click()


@state("day-conflict", DAY, "staff.act", "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _change(world, LINNEA, Act.NO_SHOW)
    _row(page, world, LINNEA).locator("button:visible").click()


@state("day-arrived-on-their-own", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    with world.database.writing() as session:
        arrivals.register(session, STRANGER, _visit(world, LINNEA).booking_id, world.clock.now())
    world.clock.advance(minutes=2)
    page.reload()


@state("day-booking-only", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, LINA)


@state("day-inactive-clinic", DAY, "staff.day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, PER, "traslov")


@state("visit-page", VISIT, "staff.visit")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _row(page, world, TOMAS).locator("a.more").click()


@state("visit-page-done", VISIT, "staff.visit")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _row(page, world, HASSAN).locator("a.more").click()


@state("visit-page-conflict", VISIT, "staff.act", "staff.visit")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _row(page, world, GORAN).locator("a.more").click()
    _change(world, GORAN, Act.NO_SHOW)
    page.locator("main form button").first.click()


@state("visit-page-cancelled", VISIT, "staff.visit")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    visit = _visit(world, GORAN)
    with world.database.writing() as session:
        arrivals.cancel(session, NURSE, world.tools, visit.booking_id, world.clock.now())
    page.goto(world.at(f"/personal/besok/{visit.id}"))


@state("visit-page-protected", VISIT, "staff.visit")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    _row(page, world, MARIA).locator("a.more").click()


@state("print", PRINT, "staff.printed_day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    page.goto(world.at("/personal/utskrift"))


@state("print-empty", PRINT, "staff.printed_day")
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    page.goto(world.at("/personal/utskrift?dag=2026-11-22"))


@state("assignments", CHOICE, "staff.assignments")
def _(page: Page, world: World) -> None:
    log_in(page, world, PER, staff=True)


@state("assignments-error", CHOICE, "staff.assignments", status=422)
def _(page: Page, world: World) -> None:
    log_in(page, world, KARIN, staff=True)
    page.locator("main form").first.locator("button[type=submit]").click()


@state("assignments-none", CHOICE, "staff.assignments")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        name = f"{AMIR.given_name} {AMIR.family_name}"
        session.add(StaffAccount(identity=AMIR.number, name=name, created_at=START))
    log_in(page, world, AMIR, staff=True)


def _visit(world: World, who: Human) -> Visit:
    with world.database.reading() as session:
        return session.scalars(select(Visit).join(Visit.person).where(Person.identity == who.number)).one()


def _row(page: Page, world: World, who: Human) -> Locator:
    return page.locator(f"#v-{_visit(world, who).id}")


def _change(world: World, who: Human, *acts: Act) -> None:
    visit = _visit(world, who)
    with world.database.writing() as session:
        for act in acts:
            arrivals.change(session, NURSE, session.merge(visit), act, world.clock.now())


def _busy(world: World) -> None:
    """Later that morning: somebody in every state."""
    world.clock.advance(hours=1, minutes=40)
    _change(world, TOMAS, Act.START)
    _change(world, LINNEA, Act.NO_SHOW)
    _change(world, GORAN, Act.ARRIVE)
