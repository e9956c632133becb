"""Registering one's arrival on one's own phone."""

from __future__ import annotations

from playwright.sync_api import Page

from journal_core.actor import STRANGER
from journal_core.arrivals import use_cases as arrivals
from tests.build import cast
from tests.build.states.registry import at_address, state
from tests.build.states.ways import a_visit, identify, move_to, press, torget
from tests.build.world import World

TICKET, POSTER = "arrive/ticket.html", "arrive/poster.html"
BORN = cast.BOOKER.born.isoformat()

at_address("ticket-unknown", "manage/unknown.html", "arrive.ticket", f"/a/{'0' * 24}", status=404)
at_address("arrival-poster", POSTER, "arrive.poster", lambda world: f"/ankomst/{world.clinic_id('nissan')}")

at_address(
    "arrival-poster-to-print",
    "arrive/printed_poster.html",
    "arrive.printed_poster",
    lambda world: f"/ankomst/{world.clinic_id('nissan')}/affisch",
)


@state("ticket-now", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, minutes=-20)


@state("ticket-registered", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, minutes=-20)
    press(page)


@state("ticket-early", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, minutes=-50)


@state("ticket-late", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, minutes=45)


@state("ticket-wrong-day", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, days=-1)


@state("ticket-day-after", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    _show(page, world, days=1)


@state("ticket-cancelled", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    with world.database.writing() as session:
        arrivals.cancel(session, STRANGER, world.tools, made.id, world.clock.now())
    page.goto(world.at(world.ticket(made)))


@state("ticket-at-reception", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    made = a_visit(world, torget(world, clinic={"arrival_booked": False}))
    move_to(world, minutes=-20)
    page.goto(world.at(world.ticket(made)))


@state("arrival-poster-error", POSTER, "arrive.poster", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at(f"/ankomst/{world.clinic_id('nissan')}"))
    press(page, "identify")


@state("arrival-poster-elsewhere", POSTER, "arrive.poster")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-20)
    page.goto(world.at(f"/ankomst/{world.clinic_id('nissan')}"))
    identify(page, made.code, BORN)


@state("arrival-poster-registered", TICKET, "arrive.poster", "arrive.ticket")
def _(page: Page, world: World) -> None:
    made = a_visit(world)
    move_to(world, minutes=-20)
    page.goto(world.at(f"/ankomst/{made.clinic_id}"))
    identify(page, made.code, BORN)


def _show(page: Page, world: World, *, minutes: float = 0, days: float = 0) -> None:
    """The QR code of a booking, so long after its time; before it with a minus."""
    made = a_visit(world)
    move_to(world, minutes=minutes, days=days)
    page.goto(world.at(world.ticket(made)))
