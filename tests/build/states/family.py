"""The family: my pages, acting for a child, consent; and what each of them changes on other pages."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import update

from config.demo.people import AMIR, ASTRID, ELSA, GUNNEL, JOHAN, KARIN, NILS, SARA, VERA, Human
from journal_core.catalogue.model import ProviderReason
from tests.build.kin import SLUG, a_childs_visit, answer, come_in, link_to, request_to, seal
from tests.build.states.registry import state
from tests.build.states.ways import begin_work, log_in, press, sit_down, take_time, tell_contact, to_time
from tests.build.world import World

OWN, CONSENT, UNKNOWN = (f"family/{name}.html" for name in ("own", "consent", "unknown"))
WHO, CHECK, DONE, BOOKING, VISIT = (
    "book/who.html",
    "book/check.html",
    "book/done.html",
    "manage/booking.html",
    "staff/visit.html",
)
SEALS = "staff/seals.html"
MINE = "/mina-sidor"


@state("own-family", OWN, "family.own")
def _(page: Page, world: World) -> None:
    answer(world, a_childs_visit(world), SARA, yes=False)
    come_in(page, world, JOHAN)
    page.goto(world.at(MINE))


@state("own-question", OWN, "family.own")
def _(page: Page, world: World) -> None:
    a_childs_visit(world)
    come_in(page, world, SARA)
    page.goto(world.at(MINE))


@state("own", OWN, "family.own")
def _(page: Page, world: World) -> None:
    log_in(page, world, ASTRID)


@state("own-with-cancelled", OWN, "family.own")
def _(page: Page, world: World) -> None:
    log_in(page, world, AMIR)
    page.locator("main .card a").first.click()
    press(page, "cancel")
    page.locator(".menu a[href='/mina-sidor']").click()


@state("own-empty", OWN, "family.own")
def _(page: Page, world: World) -> None:
    """A child's own."""
    come_in(page, world, NILS)
    page.goto(world.at(MINE))


@state("own-acting", OWN, "family.act", "family.own")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN)
    page.goto(world.at(MINE))
    page.get_by_role("button", name=ELSA.given_name).click()
    page.locator(".menu a[href='/mina-sidor']").click()


@state("own-oneself-again", OWN, "family.act", "family.own")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN, ELSA)
    page.goto(world.at("/hjalp"))
    page.locator(".acting button").click()


@state("own-right-ended", OWN, "family.own")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN, ELSA)
    seal(world, ELSA)
    page.goto(world.at("/hjalp"))


@state("own-register-silent", OWN, "family.own")
def _(page: Page, world: World) -> None:
    register = world.app.extensions["services"].register
    register.silent = True
    try:
        log_in(page, world, SARA)
    finally:
        register.silent = False


@state("consent", CONSENT, "sign_in.resident", "family.by_link")
def _(page: Page, world: World) -> None:
    page.goto(world.at(link_to(world, a_childs_visit(world), SARA)))
    log_in(page, world, SARA)


@state("consent-error", CONSENT, "family.consent", status=422)
def _(page: Page, world: World) -> None:
    _question(page, world, SARA, NILS)
    press(page)


@state("consent-given", CONSENT, "family.consent")
def _(page: Page, world: World) -> None:
    _question(page, world, SARA)
    page.locator("#svar-ja").check()
    press(page)


@state("consent-taken-back", CONSENT, "family.consent")
def _(page: Page, world: World) -> None:
    _question(page, world, JOHAN, ELSA)
    press(page)


@state("consent-too-late", CONSENT, "family.by_link")
def _(page: Page, world: World) -> None:
    link = link_to(world, a_childs_visit(world), SARA)
    world.clock.advance(days=3, hours=1)
    come_in(page, world, SARA)
    page.goto(world.at(link))


@state("consent-unknown", UNKNOWN, "family.by_link", status=404)
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN)
    page.goto(world.at(link_to(world, a_childs_visit(world), SARA)))


def _question(page: Page, world: World, who: Human, acting_for: Human | None = None) -> None:
    asked = request_to(world, a_childs_visit(world), who)
    come_in(page, world, who, acting_for)
    page.goto(world.at(f"{MINE}/samtycken/{asked.id}"))


# --- booking for a child


@state("who-a-child", WHO, "book.who")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN)
    _to_who(page, world)


@state("who-acting-hindered", WHO, "book.who")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN)
    _take_a_time(page, world, "covid-19")
    page.wait_for_url("**/kontrollera")
    address = page.url.replace("/kontrollera", "/vem")
    page.goto(world.at(MINE))
    page.get_by_role("button", name=ELSA.given_name).first.click()
    page.goto(address)


@state("visit-acting", "book/visit.html", "book.visit")
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN, ELSA)
    page.goto(world.at(f"/klinik/{world.clinic_id('nissan')}/bokning"))


@state("check-consent", CHECK, "family.act", "book.check", status=422)
def _(page: Page, world: World) -> None:
    come_in(page, world, JOHAN)
    _to_who(page, world)
    page.get_by_role("button", name=ELSA.given_name).click()
    tell_contact(page)
    press(page)
    press(page)


@state("check-at-the-visit", CHECK, "book.check")
def _(page: Page, world: World) -> None:
    """Over the limit, by a minor who books alone and may hide it."""
    come_in(page, world, VERA)
    with world.database.writing() as session:
        session.execute(update(ProviderReason).where(ProviderReason.digital_consent).values(consent_until_age=12))
    _to_who(page, world)
    tell_contact(page)
    press(page)


@state("done-consent", DONE, "book.check", "book.done")
def _(page: Page, world: World) -> None:
    """Who comes and how he is reached is known: from the time straight to the check."""
    come_in(page, world, JOHAN, ELSA)
    _take_a_time(page, world)
    page.locator("#policy").check()
    page.locator("#consent").check()
    press(page)


def _to_who(page: Page, world: World, slug: str = SLUG) -> None:
    _take_a_time(page, world, slug)
    page.wait_for_url("**/vem")


def _take_a_time(page: Page, world: World, slug: str = SLUG) -> None:
    to_time(page, world, slug=slug)
    page.locator(".days a").nth(1).click()
    take_time(page)


# --- what it changes elsewhere


@state("booking-acting", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_childs_visit(world)
    come_in(page, world, SARA, ELSA)
    page.goto(world.at(world.link(made)))


@state("booking-of-a-child", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    made = a_childs_visit(world)
    come_in(page, world, SARA)
    page.goto(world.at(world.link(made)))


@state("booking-not-settled", BOOKING, "manage.booking")
def _(page: Page, world: World) -> None:
    page.goto(world.at(world.link(a_childs_visit(world))))


@state("visit-page-consents", VISIT, "staff.ask_again", status=422)
def _(page: Page, world: World) -> None:
    _staffs(page, world)
    page.locator("details.more summary").last.click()
    page.locator("form[action*='/fraga/'] button").click()


@state("visit-page-asked-again", VISIT, "staff.ask_again", "staff.visit")
def _(page: Page, world: World) -> None:
    _staffs(page, world, hours=25)
    page.locator("details.more summary").last.click()
    page.locator("input[type=tel]").fill("070-174 06 07")
    page.locator("form[action*='/fraga/'] button").click()


@state("visit-page-guardians-differ", VISIT, "staff.visit")
def _(page: Page, world: World) -> None:
    made = a_childs_visit(world)
    answer(world, made, SARA, yes=False)
    begin_work(page, world, KARIN)
    page.goto(world.at(f"/personal/besok/{made.visits[0].id}"))


def _staffs(page: Page, world: World, hours: int = 0) -> None:
    """So long after the question was sent."""
    made = a_childs_visit(world)
    world.clock.advance(hours=hours)
    begin_work(page, world, KARIN)
    page.goto(world.at(f"/personal/besok/{made.visits[0].id}"))


# --- seals


@state("seals", SEALS, "staff.seals")
def _(page: Page, world: World) -> None:
    _at_seals(page, world)


@state("seals-error", SEALS, "staff.seals", status=422)
def _(page: Page, world: World) -> None:
    _at_seals(page, world)
    page.locator("#number").fill("20170409")
    press(page)


@state("seals-confirm", SEALS, "staff.seals")
def _(page: Page, world: World) -> None:
    _at_seals(page, world)
    page.locator("#number").fill(ELSA.number)
    press(page)


@state("seals-done", SEALS, "staff.seal", "staff.seals")
def _(page: Page, world: World) -> None:
    _at_seals(page, world)
    page.locator("#number").fill(ELSA.number)
    press(page)
    page.locator("#step button").first.click()


def _at_seals(page: Page, world: World) -> None:
    sit_down(page, world, GUNNEL)
    page.goto(world.at("/personal/sparrar"))
