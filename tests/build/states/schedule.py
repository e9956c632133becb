"""The clinic's schedule."""

from __future__ import annotations

from playwright.sync_api import Page

from config.demo.people import PER
from tests.build.states.registry import state
from tests.build.states.ways import press, sit_down
from tests.build.world import World

SCHEDULE = "/personal/schema"
FRIDAY = "2026-11-20"
"""The tests' today: people are booked at Nissan."""


def to(page: Page, world: World, path: str = "", clinic: str = "nissan") -> None:
    sit_down(page, world, PER, clinic)
    page.goto(world.at(SCHEDULE + path))


def to_open(page: Page, world: World) -> None:
    """Filled with what is empty at Nissan: the fourth resource, for two weeks over Christmas."""
    to(page, world, "/oppna")
    page.locator("#resource-A-1").uncheck(force=True)
    page.locator("#resource-A-4").check(force=True)
    page.locator("#first").fill("2026-12-21")
    page.locator("#last").fill("2027-01-08")


def to_chosen(page: Page, world: World) -> None:
    """All time of the first resource on a day with bookings."""
    to(page, world, f"/tider?first={FRIDAY}&last={FRIDAY}&book=A&resource=1")
    page.locator("#all").check(force=True)


def close_day(page: Page, world: World, day: str = FRIDAY) -> None:
    to(page, world, f"/dag?dag={day}")
    page.locator("form[action$='/tider/stang'] button").click()


def sure(page: Page) -> None:
    page.locator("#step button[name=sure]").click()


@state("schedule", "schedule/week.html", "schedule.week")
def _(page: Page, world: World) -> None:
    to(page, world)


@state("schedule-changed", "schedule/week.html", "schedule.open", "schedule.week")
def _(page: Page, world: World) -> None:
    to_open(page, world)
    press(page)
    sure(page)


@state("schedule-undone", "schedule/week.html", "schedule.close", "schedule.undo", "schedule.week")
def _(page: Page, world: World) -> None:
    close_day(page, world)
    sure(page)
    page.locator("form[action$='/angra'] button").click()


@state("schedule-day", "schedule/day.html", "schedule.day")
def _(page: Page, world: World) -> None:
    to(page, world, f"/dag?dag={FRIDAY}")


@state("schedule-day-blocked", "schedule/day.html", "schedule.block", "schedule.day")
def _(page: Page, world: World) -> None:
    to(page, world, "/blockera?dag=2026-11-23")
    page.locator("#note").fill("Vaccinleverans")
    press(page)
    sure(page)


@state("schedule-day-unblocked", "schedule/day.html", "schedule.unblock", "schedule.day")
def _(page: Page, world: World) -> None:
    to(page, world, "/blockera?dag=2026-11-23")
    press(page)
    sure(page)
    page.locator("form[action$='/ta-bort'] button").first.click()


@state("schedule-none-missing", "schedule/missing.html", "schedule.missing")
def _(page: Page, world: World) -> None:
    to(page, world, "/resurs-saknas")


@state("schedule-missing", "schedule/missing.html", "schedule.close", "schedule.week", "schedule.missing")
def _(page: Page, world: World) -> None:
    close_day(page, world)
    sure(page)
    page.goto(world.at(SCHEDULE + "/resurs-saknas"))


@state("schedule-open", "schedule/open.html", "schedule.open")
def _(page: Page, world: World) -> None:
    to(page, world, "/oppna")
    page.wait_for_load_state("networkidle")


@state("schedule-open-wrong", "schedule/open.html", "schedule.open", status=422)
def _(page: Page, world: World) -> None:
    to(page, world, "/oppna")
    page.locator("#name").fill("")
    page.locator("#end").fill("07:00")
    page.locator("#resource-A-1").uncheck(force=True)
    press(page)


@state("schedule-open-taken", "schedule/open.html", "schedule.open", status=422)
def _(page: Page, world: World) -> None:
    to(page, world, "/oppna")
    press(page)


@state("schedule-open-check", "schedule/open_check.html", "schedule.open")
def _(page: Page, world: World) -> None:
    to_open(page, world)
    press(page)


@state("schedule-times", "schedule/times.html", "schedule.times")
def _(page: Page, world: World) -> None:
    to(page, world, "/tider")


@state("schedule-times-none", "schedule/times.html", "schedule.times")
def _(page: Page, world: World) -> None:
    to(page, world, "/tider?name=finns+inte")


@state("schedule-edit", "schedule/edit.html", "schedule.times", "schedule.edit")
def _(page: Page, world: World) -> None:
    to_chosen(page, world)
    page.locator("#chosen button").first.click()


@state("schedule-edit-wrong", "schedule/edit.html", "schedule.edit", status=422)
def _(page: Page, world: World) -> None:
    to_chosen(page, world)
    page.locator("#chosen button").first.click()
    press(page)


@state("schedule-edit-check", "schedule/check.html", "schedule.edit")
def _(page: Page, world: World) -> None:
    to_chosen(page, world)
    page.locator("#chosen button").first.click()
    page.locator("#name").fill("Helger")
    page.locator("#internal").select_option("1")
    press(page)


@state("schedule-close-check", "schedule/check.html", "schedule.day", "schedule.close")
def _(page: Page, world: World) -> None:
    close_day(page, world)


@state("schedule-copy", "schedule/copy.html", "schedule.copy")
def _(page: Page, world: World) -> None:
    to(page, world, "/kopiera")


@state("schedule-copy-taken", "schedule/copy.html", "schedule.copy", status=422)
def _(page: Page, world: World) -> None:
    to(page, world, "/kopiera")
    press(page)


@state("schedule-block", "schedule/block.html", "schedule.block")
def _(page: Page, world: World) -> None:
    to(page, world, "/blockera?dag=2026-11-23")


@state("schedule-books", "schedule/books.html", "schedule.books")
def _(page: Page, world: World) -> None:
    to(page, world, "/bocker")


@state("schedule-templates", "schedule/templates.html", "schedule.open", "schedule.templates")
def _(page: Page, world: World) -> None:
    to_open(page, world)
    page.locator("#template").check(force=True)
    press(page)
    sure(page)
    page.goto(world.at(SCHEDULE + "/mallar"))


@state("schedule-templates-none", "schedule/templates.html", "schedule.forget_template", "schedule.templates")
def _(page: Page, world: World) -> None:
    to_open(page, world)
    page.locator("#template").check(force=True)
    press(page)
    sure(page)
    page.goto(world.at(SCHEDULE + "/mallar"))
    page.locator("form[action$='/ta-bort'] button").click()


@state("offers", "schedule/offers.html", "schedule.move_category", "schedule.retire", "schedule.offers")
def _(page: Page, world: World) -> None:
    to(page, world, "/besok")
    page.locator("form[action$='/flytta'] button").first.click()
    page.locator("form[action$='/avsluta'] button").last.click()


@state("offer-new", "schedule/category.html", "schedule.add_category")
def _(page: Page, world: World) -> None:
    to(page, world, "/besok/ny")


@state("offer-wrong", "schedule/category.html", "schedule.add_category", status=422)
def _(page: Page, world: World) -> None:
    to(page, world, "/besok/ny")
    page.locator("#minutes").fill("sju")
    press(page)


@state("offer-names", "schedule/names.html", "schedule.offers", "schedule.names")
def _(page: Page, world: World) -> None:
    to(page, world, "/besok")
    page.locator("main a[href$='/namn']").first.click()


@state("offer-type", "schedule/type.html", "schedule.offers", "schedule.add_type")
def _(page: Page, world: World) -> None:
    to(page, world, "/besok")
    page.locator("main a[href$='/typ']").first.click()


@state("trying", "schedule/trying.html", "schedule.trying")
def _(page: Page, world: World) -> None:
    to(page, world, "/prova")
    page.locator("#birth_date").fill("2015-03-14")
    page.locator("#day").fill("2026-11-23")
    press(page)


@state("trying-wrong", "schedule/trying.html", "schedule.trying", status=422)
def _(page: Page, world: World) -> None:
    to(page, world, "/prova")
    press(page)
