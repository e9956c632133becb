"""Logging in, and the development corner."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page
from sqlalchemy import delete, select

from config.demo.people import ASTRID, KARIN
from journal_core.access import use_cases as access
from journal_core.access.model import WebSession
from journal_core.messages.model import OutgoingMessage
from tests.build.states.registry import at_address, state
from tests.build.states.ways import choose_eid, log_in, on_a_phone, press, sit_down
from tests.build.world import World

SIGN_IN, WAIT, NOT_IDENTIFIED = "sign_in/sign_in.html", "sign_in/wait.html", "sign_in/not_identified.html"
ROOM, STAFF_ROOM = "development/components.html", "development/staff_components.html"

at_address("sign-in-staff", SIGN_IN, "sign_in.staff", "/personal/logga-in")
at_address("mailbox", "development/mailbox.html", "development.mailbox", "/utveckling/brevlada")
at_address("components", ROOM, "development.components", "/utveckling/komponenter")
at_address("components-staff", STAFF_ROOM, "development.staff_components", "/utveckling/komponenter/personal")


def begin(page: Page, world: World, eid: str = "bankid") -> None:
    page.goto(world.at("/logga-in"))
    choose_eid(page, eid)


@state("sign-in", SIGN_IN, "sign_in.wait", "sign_in.stop", "sign_in.resident")
def _(page: Page, world: World) -> None:
    """After one has changed one's mind: as at first."""
    begin(page, world)
    press(page, "stop")


@state("sign-in-failed", SIGN_IN, "sign_in.resident", status=503)
def _(page: Page, world: World) -> None:
    """BankID is down; the others are still there."""
    world.issuers.bank.standin.goes_down()
    begin(page, world)


@state("wait-on-phone", WAIT, "sign_in.resident", "sign_in.wait")
def _(page: Page, world: World) -> None:
    on_a_phone(page)
    begin(page, world)


def launch(page: Page, world: World) -> str:
    """The app is opened on this device, on another page; where the page that waits is."""
    begin(page, world)
    here = page.url
    page.locator("main a[href$='/oppna']").click()
    page.wait_for_url("**/telefon*")
    return here


@state("wait-launched", WAIT, "sign_in.launch", "sign_in.wait")
def _(page: Page, world: World) -> None:
    page.goto(launch(page, world))


@state("wait", WAIT, "sign_in.by_qr", "sign_in.wait")
def _(page: Page, world: World) -> None:
    """On a computer: the app is on another device, as one has noticed."""
    page.goto(launch(page, world))
    page.locator("main form button").first.click()


@state("phone", "development/phone.html", "sign_in.launch", "development.phone")
def _(page: Page, world: World) -> None:
    launch(page, world)


at_address("phone-idle", "development/phone.html", "development.phone", "/utveckling/telefon")


@state("onward", "sign_in/onward.html", "sign_in.resident", "sign_in.wait")
def _(page: Page, world: World) -> None:
    """Seen only where the provider is slow: else the page is left at once."""
    page.route("**/authorization?*", lambda route: route.fulfill(status=204))
    begin(page, world, "freja")


@state("chooser", "development/choose.html", "sign_in.resident", "development.choose")
def _(page: Page, world: World) -> None:
    begin(page, world, "testperson")


@state("not-identified", NOT_IDENTIFIED, "sign_in.wait", "sign_in.back")
def _(page: Page, world: World) -> None:
    """For a reason that one can do something about."""
    world.issuers.provider.crime = "lower_level"
    begin(page, world, "freja")
    page.wait_for_url("**/logga-in/svar/**")


at_address("not-identified-unknown", NOT_IDENTIFIED, "sign_in.back", "/logga-in/svar/freja?state=unknown&code=unknown")


@state("sessions", "sign_in/sessions.html", "sign_in.sessions")
def _(page: Page, world: World) -> None:
    log_in(page, world, ASTRID)
    elsewhere(world)
    page.goto(world.at("/mina-sidor/inloggningar"))


@state("sessions-one", "sign_in/sessions.html", "sign_in.end_sessions", "sign_in.sessions")
def _(page: Page, world: World) -> None:
    """After the others have been ended."""
    log_in(page, world, ASTRID)
    elsewhere(world)
    page.goto(world.at("/mina-sidor/inloggningar"))
    page.locator("main button[value=andra]").click()


@state("sessions-staff", "sign_in/staff_sessions.html", "sign_in.end_staff_sessions", "sign_in.staff_sessions")
def _(page: Page, world: World) -> None:
    sit_down(page, world, KARIN)
    elsewhere(world)
    page.goto(world.at("/personal/inloggningar"))
    page.locator("main button[name=inloggning]").first.click()


def elsewhere(world: World) -> None:
    """Whoever is logged in is so on two more devices, one of them unknown."""
    with world.database.writing() as session:
        own = session.scalars(select(WebSession)).one()
        who = {"person_id": own.person_id, "account_id": own.account_id}
        for n, (eid, device) in enumerate((("bankid", "Safari, iPhone"), (None, None)), start=1):
            access.log_in(session, f"another {n}", world.clock.now() - timedelta(minutes=12 * n), eid=eid, device=device, **who)


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
