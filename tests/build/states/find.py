"""Finding a clinic."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.build.builders import a_clinic, an_offer
from tests.build.states.registry import at_address, state
from tests.build.world import World

START, CLINIC = "find/start.html", "find/clinic.html"

at_address("start", START, "find.start", "/")
at_address("start-search", START, "find.start", "/?q=halmstad")
at_address("start-one-hit", START, "find.start", "/?q=getinge&kategori=tbe")
at_address("start-no-hit", START, "find.start", "/?q=atlantis")
at_address("start-far-away", START, "find.start", "/?q=kiruna")
at_address("start-drop-in", START, "find.start", "/?kategori=influensa&drop-in=1")
at_address("clinic", CLINIC, "find.clinic", lambda world: f"/klinik/{world.clinic_id('andersberg')}")
at_address("clinic-drop-in", CLINIC, "find.clinic", lambda world: f"/klinik/{world.clinic_id('nissan')}")
at_address("clinic-by-phone", CLINIC, "find.clinic", lambda world: f"/klinik/{world.clinic_id('fjaras')}")
at_address("clinic-inactive", CLINIC, "find.clinic", lambda world: f"/klinik/{world.clinic_id('traslov')}")
at_address("poster", "find/poster.html", "find.poster", lambda world: f"/klinik/{world.clinic_id('nissan')}/affisch")
at_address("policy", "find/policy.html", "find.policy", lambda world: f"/klinik/{world.clinic_id('nissan')}/personuppgifter")
at_address("help", "pages/help.html", "pages.help", "/hjalp")
at_address("accessibility", "pages/accessibility.html", "pages.accessibility", "/tillganglighet")
at_address("personal-data", "pages/personal_data.html", "pages.personal_data", "/personuppgifter")
at_address("cookies", "pages/cookies.html", "pages.cookies", "/kakor")


at_address("start-by-time", START, "find.start", "/?sortera=tid&lediga=1&kategori=tbe")
at_address("start-near-me", START, "find.start", "/?lat=56.67&lon=12.86")
at_address("start-part-of-map", START, "find.start", "/?ruta=56.6,12.7,56.8,13.0")


@state("start-crowded", START, "find.start")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        for n in range(40):
            an_offer(session, clinic=a_clinic(session, latitude=56.6 + n % 7 / 50, longitude=12.8 + n % 5 / 40))
    page.goto(world.at("/"))
    page.locator(".pin-group").first.wait_for()


@state("start-not-found-me", START, "find.start")
def _(page: Page, world: World) -> None:
    page.goto(world.at("/"))
    page.locator("[data-near-me]").click()
    page.locator("[data-near-me-said]:not(:empty)").wait_for()


@state("start-page-2", START, "find.start")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        for _n in range(12):
            an_offer(session)
    page.goto(world.at("/"))
    page.locator("a[rel=next]").click()


@state("start-empty", START, "find.start")
def _(page: Page, world: World) -> None:
    page.goto(world.at("/?kategori=halsokontroll&drop-in=1&q=laholm"))
