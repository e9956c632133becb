"""Answering the questions about one's health."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import select

from config.declarations import bank
from config.demo.people import FATIMA, HASSAN, KARIN, TOMAS, Human
from journal_core.actor import Actor, ActorKind
from journal_core.booking.model import Visit
from journal_core.declarations import rules
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import About, Answer, Kind
from journal_core.declarations.model import Definition
from journal_core.declarations.queries import newest
from journal_core.declarations.use_cases import Subject
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from tests.build import cast
from tests.build.builders import KEYS, Offer
from tests.build.forms import FORM
from tests.build.kin import come_in, person
from tests.build.states.registry import at_address, state
from tests.build.states.ways import a_visit, begin_work, identify, move_to, press, to_done, torget
from tests.build.world import World

START, QUESTION, CHECK, DONE, POSTER = (f"declare/{name}.html" for name in ("start", "question", "check", "done", "poster"))
BY_TICKET, TICKET = "declare/by_ticket.html", "arrive/ticket.html"
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


def asking(world: World, **clinic: object) -> Offer:
    """A clinic whose visits ask for a short declaration."""
    offer = torget(world, clinic)
    with world.database.writing() as session:
        made = telling.define(session, offer.clinic.unit.provider_id, "Vaccination", "", FORM, None, world.clock.now())
        telling.require(session, offer.kind.id, made.id)
    return offer


def by_ticket(page: Page, world: World, **clinic: object) -> None:
    made = a_visit(world, asking(world, **clinic))
    move_to(world, minutes=-20)
    page.goto(world.at(world.ticket(made) + "/halsodeklaration"))


@state("declare-by-ticket", BY_TICKET, "declare.by_ticket")
def _(page: Page, world: World) -> None:
    by_ticket(page, world)


@state("declare-by-ticket-error", BY_TICKET, "declare.by_ticket", status=422)
def _(page: Page, world: World) -> None:
    by_ticket(page, world)
    press(page, "identify")


@state("declare-by-ticket-eid", BY_TICKET, "declare.by_ticket")
def _(page: Page, world: World) -> None:
    by_ticket(page, world, eid_declaration=True)


@state("ticket-asks-for-declaration", TICKET, "arrive.ticket")
def _(page: Page, world: World) -> None:
    made = a_visit(world, asking(world))
    move_to(world, minutes=-20)
    page.goto(world.at(world.ticket(made)))
    press(page)


@state("ticket-asks-for-declaration-opened", TICKET, "arrive.poster", "arrive.ticket")
def _(page: Page, world: World) -> None:
    made = a_visit(world, asking(world))
    move_to(world, minutes=-20)
    page.goto(world.at(f"/ankomst/{made.clinic_id}"))
    identify(page, made.code, cast.BOOKER.born.isoformat())


@state("declare-question-error", QUESTION, "declare.question", status=422)
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
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


def answer_to(page: Page, key: str, *, yes: bool = False) -> None:
    for _question in range(40):
        if page.url.split("#")[0].endswith(f"/{key}"):
            return
        answer_one(page, yes=yes)
    raise AssertionError(f"{key} is not asked")


FEW = ("strong-reaction", "allergy", "allergy-to", "allergy-told", "fever-today")


def few_questions(world: World) -> None:
    """For journeys: a follow-up of a follow-up, and no more than they are about."""
    with world.database.writing() as session:
        for definition in session.scalars(select(Definition)).all():
            telling.change(session, definition, [one for one in bank().questions if one.key in FEW], 90, world.clock.now())


def half_way(page: Page, world: World, key: str | None = None) -> None:
    """A resident who has answered yes to all before this question, or to everything: at that question, or where it is sent."""
    come_in(page, world, TOMAS)
    with world.database.writing() as session:
        owner = person(session, TOMAS)
        clinic = session.get_one(Clinic, world.clinic_id("nissan"))
        definition = session.scalars(select(Definition).where(Definition.key == "travel")).one()
        subject = Subject(owner.id, clinic.unit.provider_id, clinic.id, About(40))
        actor = Actor(ActorKind.RESIDENT, owner.id)
        made = telling.begin(session, actor, newest(session, definition.id), subject, None, world.clock.now())
        said: dict[str, Answer] = {}
        while (waiting := rules.unanswered(telling.form_of(made), said, subject.about)) is not None and waiting.key != key:
            said[waiting.key] = GIVEN.get(waiting.kind) or Answer(
                waiting.answers[:1], LONG if waiting.kind is Kind.YES_NO_MORE else ""
            )
        telling.answer(session, KEYS, made, said, "sv", None, world.clock.now())
        address = f"/hd/{clinic.id}/{made.reference}"
    page.goto(world.at(address))


GIVEN = {Kind.TEXT: Answer((LONG,)), Kind.NUMBER: Answer(("7",)), Kind.DATE: Answer(("2026-11-01",))}


@state("declare-question-choices", QUESTION, "declare.go_on", "declare.question")
def _(page: Page, world: World) -> None:
    half_way(page, world, "allergy-to")


@state("declare-question-text", QUESTION, "declare.question")
def _(page: Page, world: World) -> None:
    half_way(page, world, "anything-else")


@state("declare-check", CHECK, "declare.check")
def _(page: Page, world: World) -> None:
    half_way(page, world)


@state("declare-done", DONE, "declare.check", "declare.done")
def _(page: Page, world: World) -> None:
    half_way(page, world)
    press(page)


@state("declare-over", DONE, "declare.question", "declare.done")
def _(page: Page, world: World) -> None:
    begin_directly(page, world)
    move_to(world, days=40)
    page.goto(page.url.split("#")[0])


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
