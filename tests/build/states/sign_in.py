"""Logging in, and the development corner."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import delete

from config.demo.people import ASTRID
from journal_core.messages.model import OutgoingMessage
from tests.build.states.registry import at_address, state
from tests.build.states.ways import log_in, press
from tests.build.world import World

SIGN_IN = "sign_in/sign_in.html"
ROOM, STAFF_ROOM = "development/components.html", "development/staff_components.html"

at_address("sign-in", SIGN_IN, "sign_in.resident", "/logga-in")
at_address("sign-in-staff", SIGN_IN, "sign_in.staff", "/personal/logga-in")
at_address("mailbox", "development/mailbox.html", "development.mailbox", "/utveckling/brevlada")
at_address("components", ROOM, "development.components", "/utveckling/komponenter")
at_address("components-staff", STAFF_ROOM, "development.staff_components", "/utveckling/komponenter/personal")


@state("chooser", "development/choose.html", "sign_in.resident", "development.choose")
def _(page: Page, world: World) -> None:
    page.goto(world.at("/logga-in"))
    press(page)


@state("not-identified", "sign_in/not_identified.html", "development.choose", "sign_in.back")
def _(page: Page, world: World) -> None:
    page.goto(world.at("/logga-in"))
    press(page)
    page.locator("#step a.btn-2").click()


@state("not-staff", "sign_in/not_staff.html", "sign_in.staff", "sign_in.back")
def _(page: Page, world: World) -> None:
    log_in(page, world, ASTRID, staff=True)


@state("signed-out", "find/start.html", "sign_in.out", "find.start")
def _(page: Page, world: World) -> None:
    log_in(page, world, ASTRID)
    page.locator("form[action='/logga-ut'] button").first.click()


@state("mailbox-empty", "development/mailbox.html", "development.mailbox")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        session.execute(delete(OutgoingMessage))
    page.goto(world.at("/utveckling/brevlada"))
