"""The clinic's settings."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from config.demo.people import PER
from tests.build.states.kiosk import connect
from tests.build.states.registry import state
from tests.build.states.ways import begin_work, press
from tests.build.world import World


def to_screens(page: Page, world: World, clinic: str = "nissan") -> None:
    begin_work(page, world, PER, clinic)
    page.goto(world.at("/personal/installningar"))
    page.locator("main a[href$='/skarmar']").click()


@state("settings", "settings/start.html", "settings.start")
def _(page: Page, world: World) -> None:
    begin_work(page, world, PER)
    page.goto(world.at("/personal/installningar"))


@state("screens-none", "settings/screens.html", "settings.start", "settings.screens")
def _(page: Page, world: World) -> None:
    to_screens(page, world)


@state("screens-closed", "settings/screens.html", "settings.screens")
def _(page: Page, world: World) -> None:
    to_screens(page, world, "traslov")


@state("screens-unnamed", "settings/screens.html", "settings.screens", status=422)
def _(page: Page, world: World) -> None:
    to_screens(page, world)
    press(page)


@state("screens", "settings/screens.html", "settings.screen", "settings.revoke", "settings.screens")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    for name in ("Korridoren", "Entrén, till vänster om den automatiska dörren"):
        to_screens(page, world)
        page.locator("#name").fill(name)
        press(page)
        expect(page.locator(".code")).to_be_visible()
    press(page, "revoke")
    expect(page.locator("#name")).to_be_visible()


@state("screen-code", "settings/screen.html", "settings.screens", "settings.screen")
def _(page: Page, world: World) -> None:
    to_screens(page, world)
    page.locator("#name").fill("Väntrum plan 1")
    press(page)


@state("screen-connected", "settings/screen.html", "settings.screen")
def _(page: Page, world: World) -> None:
    to_connected(page, world)


@state("screen-new-code", "settings/screen.html", "settings.new_code", "settings.screen")
def _(page: Page, world: World) -> None:
    to_connected(page, world)
    page.locator("main form").first.locator("button[type=submit]").click()
    expect(page.locator(".code")).to_be_visible()


def to_connected(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    to_screens(page, world)
    page.get_by_role("link", name="Väntrummet").click()
