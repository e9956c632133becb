"""Coming back to a booking."""

from __future__ import annotations

from playwright.sync_api import Page

from journal_core.actor import Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Booking, Visit
from journal_core.organisation.model import Module
from tests.build import cast
from tests.build.builders import CLINIC_MODULES, Offer
from tests.build.states.registry import at_address, state
from tests.build.states.ways import a_visit, identify, move_to, press, torget
from tests.build.world import World

FIND, BOOKING, UNKNOWN = (f"manage/{name}.html" for name in ("find", "booking", "unknown"))
BORN = cast.BOOKER.born.isoformat()
NURSE = Actor(ActorKind.STAFF, 1, 1)

at_address("find-booking", FIND, "manage.find_booking", "/min-bokning")
at_address("booking-unknown-link", UNKNOWN, "manage.booking", f"/b/{'0' * 24}", status=404)
at_address("find-booking-at", FIND, "manage.find_booking_at", lambda world: f"/klinik/{world.clinic_id('nissan')}/min-bokning")


@state("find-booking-wrong", FIND, "manage.find_booking", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at("/min-bokning"))
    identify(page, "482 773 096", "1951-03-14")


@state("find-booking-unreadable", FIND, "manage.find_booking", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at("/min-bokning"))
    identify(page, "482 773", "14 mars")


@state("booking-link", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, a_visit(world))


@state("booking-identify-error", BOOKING, "manage.identify", status=422)
def _(page: Page, world: World) -> None:
    _open(page, world, a_visit(world))
    identify(page, None, "1951-03-14")


@state("booking-identified", BOOKING, "manage.identify", "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, a_visit(world))
    identify(page, None, BORN)


@state("booking-by-code", BOOKING, "manage.find_booking", "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    page.goto(world.at("/min-bokning"))
    identify(page, made.code, BORN)


@state("booking-late", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, hours=-20)
    _open(page, world, made)
    identify(page, None, BORN)


@state("booking-cancelled", BOOKING, "manage.cancel", "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, a_visit(world))
    identify(page, None, BORN)
    press(page, "cancel")


@state("booking-cancelled-by-clinic", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    with world.database.writing() as session:
        arrivals.cancel(session, NURSE, world.tools, made.id, world.clock.now())
    _open(page, world, made)


@state("booking-cancelled-too-late", BOOKING, "manage.cancel", status=422)
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-5)
    _open(page, world, made)
    identify(page, None, BORN)
    move_to(world, minutes=5)
    press(page, "cancel")


@state("booking-by-phone", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    offer = torget(world, clinic={"modules": [*CLINIC_MODULES, Module.NO_ONLINE_CANCELLATION]})
    _open(page, world, a_visit(world, offer))


@state("booking-arrive-now", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-20)
    _open(page, world, made)


@state("booking-arrived", BOOKING, "arrive.by_link", "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-20)
    _open(page, world, made)
    page.locator("form[action$=ankomst] button").click()


@state("booking-past", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, days=2)
    _open(page, world, made)


@state("booking-started", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, _after(world, Act.ARRIVE, Act.START))


@state("booking-done", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, _after(world, Act.ARRIVE, Act.START, Act.FINISH))


@state("booking-no-show", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    _open(page, world, _after(world, Act.NO_SHOW))


@state("rebook", "manage/rebook.html", "manage.identify", "manage.rebook")
def _(page: Page, world: World) -> None:
    to_rebook(page, world)


@state("rebook-taken", "manage/rebook.html", "manage.rebook", status=409)
def _(page: Page, world: World) -> None:
    offer = torget(world)
    to_rebook(page, world, offer)
    a_visit(world, offer, cast.STRANGER, minute=10 * 60)
    page.locator("input[value$='T10:00']").check(force=True)
    press(page, "rebook")


@state("rebook-nothing", "manage/rebook.html", "manage.rebook")
def _(page: Page, world: World) -> None:
    to_rebook(page, world, torget(world, span=(9 * 60, 9 * 60 + 10)))


@state("rebooked", BOOKING, "manage.rebook", "manage.booking")
def _(page: Page, world: World) -> None:
    to_rebook(page, world)
    page.locator("input[name=start]").last.check(force=True)
    press(page, "rebook")


def to_rebook(page: Page, world: World, offer: Offer | None = None) -> None:
    _open(page, world, a_visit(world, offer))
    identify(page, None, "1985-03-14")
    press(page, "rebook")


def _open(page: Page, world: World, made: Booking) -> None:
    page.goto(world.at(world.link(made)))


def _after(world: World, *acts: Act) -> Booking:
    """A visit to which staff have done something, on its own day."""
    made = a_visit(world)
    move_to(world, minutes=5)
    with world.database.writing() as session:
        visit = session.get_one(Visit, made.visits[0].id)
        for act in acts:
            arrivals.change(session, NURSE, visit, act, world.clock.now())
    return made
