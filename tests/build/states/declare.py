"""Answering the questions about one's health."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import select

from config.demo.people import FATIMA, HASSAN, KARIN, TOMAS, Human
from journal_core.booking.model import Visit
from journal_core.persons.model import Person
from tests.build import cast
from tests.build.kin import come_in
from tests.build.states.registry import at_address, state
from tests.build.states.ways import begin_work, press, to_done
from tests.build.world import World

START, QUESTION, CHECK, DONE, POSTER = (f"declare/{name}.html" for name in ("start", "question", "check", "done", "poster"))
READ, FILL_IN = "staff/declarations.html", "staff/fill_in.html"
LONG = "Kyriakopoulos-Papadimitrakopoulos. " * 20


def direct(world: World) -> str:
    return f"/hd/{world.clinic_id('nissan')}"


at_address("declare-direct", START, "declare.direct", direct)
at_address("declare-poster", POSTER, "declare.poster", lambda world: direct(world) + "/affisch")


@state("declare-direct-error", START, "declare.direct", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at(direct(world)))
    page.locator("#identity").fill("19850314")
    press(page)


@state("declare-direct-known", START, "declare.direct")
def _(page: Page, world: World) -> None:
    come_in(page, world, TOMAS)
    page.goto(world.at(direct(world)))


def begin_directly(page: Page, world: World) -> None:
    page.goto(world.at(direct(world)))
    page.locator("#identity").fill(cast.BOOKER.number)
    press(page)


@state("declare-question", QUESTION, "book.done", "declare.begin", "declare.go_on", "declare.question")
def _(page: Page, world: World) -> None:
    to_done(page, world)
    page.locator("form[action*='/halsodeklaration/'] button").click()


@state("declare-question-error", QUESTION, "declare.question", status=422)
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    page.locator("#answer-mer").fill(LONG)
    press(page)


def answer_all(page: Page, *, yes: bool = False) -> None:
    """No to everything, or yes with whatever that asks for."""
    for _question in range(40):
        if "/fraga/" not in page.url:
            return
        answer_one(page, yes=yes)
    raise AssertionError(f"no end at {page.url}")


def answer_one(page: Page, *, yes: bool = False) -> None:
    wanted = page.locator(f"#answer-{'yes' if yes else 'no'}")
    several = page.locator("input[type=checkbox][name=answer]")
    if wanted.count():
        wanted.check()
    elif several.count():
        several.first.check()
    elif page.locator("input[type=radio][name=answer]").count():
        page.locator("input[type=radio][name=answer]").last.check()
    else:
        written = page.locator("#answer")
        kinds = {"decimal": "7", "numeric": "2026-11-01"}
        written.fill(kinds.get(written.get_attribute("inputmode") or "", LONG[:150]))
    if page.locator("#answer-mer").count() and yes:
        page.locator("#answer-mer").fill(LONG)
    press(page)
    page.wait_for_load_state()


def answer_to(page: Page, key: str, *, yes: bool = False) -> None:
    for _question in range(40):
        if page.url.endswith(f"/{key}"):
            return
        answer_one(page, yes=yes)
    raise AssertionError(f"{key} is not asked")


@state("declare-question-choices", QUESTION, "declare.question")
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    answer_to(page, "allergy-to", yes=True)


@state("declare-question-text", QUESTION, "declare.question")
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    answer_to(page, "anything-else")


@state("declare-check", CHECK, "declare.check")
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    answer_all(page, yes=True)


@state("declare-done", DONE, "declare.check", "declare.done")
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    answer_all(page)
    press(page)


def visit_of(world: World, who: Human) -> int:
    with world.database.reading() as session:
        return session.scalars(select(Visit.id).join(Visit.person).where(Person.identity == who.number)).one()


def read_of(page: Page, world: World, who: Human) -> None:
    begin_work(page, world, KARIN)
    page.goto(world.at(f"/personal/besok/{visit_of(world, who)}/halsodeklaration"))


@state("staff-declarations", READ, "staff.declarations")
def _(page: Page, world: World) -> None:
    read_of(page, world, FATIMA)


@state("staff-declarations-none", READ, "staff.declarations")
def _(page: Page, world: World) -> None:
    read_of(page, world, HASSAN)


@state("staff-declarations-error", READ, "staff.comment", status=422)
def _(page: Page, world: World) -> None:
    read_of(page, world, TOMAS)
    page.locator("details.more summary").last.click()
    page.locator("form[action$='/kommentar'] button").click()


@state("staff-declarations-commented", READ, "staff.comment", "staff.declarations")
def _(page: Page, world: World) -> None:
    read_of(page, world, TOMAS)
    page.locator("details.more summary").last.click()
    page.locator("textarea[id^=kommentar-]").fill(LONG)
    page.locator("form[action$='/kommentar'] button").click()


@state("staff-fill-in", FILL_IN, "staff.fill_in")
def _(page: Page, world: World) -> None:
    read_of(page, world, FATIMA)
    page.locator("main a[href$='/fyll-i']").click()


@state("staff-fill-in-error", FILL_IN, "staff.fill_in", status=422)
def _(page: Page, world: World) -> None:
    read_of(page, world, HASSAN)
    page.locator("main a[href$='/fyll-i']").click()
    page.locator("#allergy-yes").check()
    press(page)
