"""What went wrong."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Conflict

from config.demo.people import AMIR, KARIN
from journal_core.staff.model import Role
from tests.build import cast
from tests.build.builders import a_staff_account
from tests.build.states.registry import at_address, state
from tests.build.states.ways import a_visit, begin_work, identify, log_in, move_to, press, torget
from tests.build.world import World

at_address("error-404", "errors/404.html", "", "/finns/inte", status=404)
at_address("error-405", "errors/405.html", "", "/logga-ut", status=405)


@state("error-400", "errors/400.html", "staff.act", status=400)
def _(page: Page, world: World) -> None:
    begin_work(page, world, KARIN)
    form = page.locator("tbody form", has=page.locator("button:visible")).first
    form.locator("[name=version]").evaluate("field => { field.value = 'nonsense'; }")
    form.locator("button:visible").click()


@state("error-403", "errors/403.html", "staff.day", status=403)
def _(page: Page, world: World) -> None:
    who = cast.Member(AMIR.number, cast.STRANGER.born, AMIR.given_name, AMIR.family_name)
    offer = torget(world)
    with world.database.writing() as session:
        a_staff_account(session, session.merge(offer.clinic), Role.LOG_UNIT, who=who)
    log_in(page, world, AMIR, staff=True)


@state("error-413", "errors/413.html", "manage.find_booking", status=413)
def _(page: Page, world: World) -> None:
    page.goto(world.at("/min-bokning"))
    identify(page, "9" * 200_000, "1951-03-14")


@state("error-422", "errors/422.html", "arrive.ticket", status=422)
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-20)
    page.goto(world.at(world.ticket(made)))
    page.locator("#step [name=csrf_token]").evaluate("field => { field.value = 'old'; }")
    press(page)


@state("error-429", "errors/429.html", "manage.find_booking", status=429)
def _(page: Page, world: World) -> None:
    page.goto(world.at("/min-bokning"))
    for _turn in range(9):
        identify(page, "482773096", "1951-03-14")


@state("error-409", "errors/409.html", "find.start", status=409)
def _(page: Page, world: World) -> None:
    _broken(page, world, Conflict())


@state("error-500", "errors/500.html", "find.start", status=500)
def _(page: Page, world: World) -> None:
    _broken(page, world, RuntimeError("broken on purpose"))


@state("error-503", "errors/503.html", "find.start", status=503)
def _(page: Page, world: World) -> None:
    _broken(page, world, OperationalError("SELECT", {}, Exception("no connection")))


def _broken(page: Page, world: World, error: Exception) -> None:
    world.broken.error = error
    page.goto(f"{world.broken_url}/")
