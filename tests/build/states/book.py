"""Booking a time."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from config.demo.people import ASTRID
from journal_core.booking.rules import Coming
from journal_core.catalogue.model import VisitType
from journal_core.organisation.model import Clinic
from journal_core.persons.rules import read_identity
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_time
from tests.build.states.registry import at_address, state
from tests.build.states.ways import (
    a_visit,
    log_in,
    press,
    take_time,
    tell_contact,
    tell_who,
    to_check,
    to_done,
    to_time,
    to_visit,
    to_who,
    torget,
)
from tests.build.world import World

VISIT, TIME, WHO, CHECK, GONE, DONE = (f"book/{name}.html" for name in ("visit", "time", "who", "check", "gone", "done"))

at_address("visit", VISIT, "book.visit", lambda world: f"/klinik/{world.clinic_id('nissan')}/bokning")
at_address("visit-draft-gone", VISIT, "book.visit", lambda world: f"/klinik/{world.clinic_id('sondrum')}/bokning?borta=1")
at_address("visit-ended", VISIT, "book.visit", lambda world: f"/klinik/{world.clinic_id('sondrum')}/bokning?slut=1")


@state("visit-error", VISIT, "book.visit", status=422)
def _(page: Page, world: World) -> None:
    page.goto(world.at(f"/klinik/{world.clinic_id('andersberg')}/bokning"))
    press(page)


@state("visit-preselected", VISIT, "book.visit")
def _(page: Page, world: World) -> None:
    to_visit(page, world, "laholm", "resa", persons=2)


@state("visit-nothing", VISIT, "book.visit")
def _(page: Page, world: World) -> None:
    offer = torget(world, category={"invisible_online": True})
    page.goto(world.at(f"/klinik/{offer.clinic.id}/bokning"))


@state("visit-needs-eid", "sign_in/sign_in.html", "book.visit", "book.time", "sign_in.resident")
def _(page: Page, world: World) -> None:
    to_time(page, world, slug="covid-19")


@state("time", TIME, "book.visit", "book.time")
def _(page: Page, world: World) -> None:
    to_time(page, world)


@state("time-another-day", TIME, "book.time")
def _(page: Page, world: World) -> None:
    to_time(page, world)
    page.locator(".days a").nth(2).click()


@state("time-later-days", TIME, "book.time")
def _(page: Page, world: World) -> None:
    to_time(page, world, "andersberg")
    page.locator("nav[aria-labelledby=dagar] .row a").last.click()


@state("time-all-full", TIME, "book.time")
def _(page: Page, world: World) -> None:
    offer = torget(world, span=(9 * 60, 9 * 60 + 10))
    a_visit(world, offer)
    _open_at(page, world, offer)


@state("time-few", TIME, "book.time")
def _(page: Page, world: World) -> None:
    days = (MONDAY, MONDAY + timedelta(days=1))
    offer = torget(world, days=days, span=(11 * 60 + 50, 12 * 60 + 10))
    a_visit(world, offer, minute=11 * 60 + 50)
    _open_at(page, world, offer)


@state("time-none-open", TIME, "book.time")
def _(page: Page, world: World) -> None:
    _open_at(page, world, torget(world, days=()))


@state("time-error", TIME, "book.time", status=422)
def _(page: Page, world: World) -> None:
    to_time(page, world, "andersberg")
    press(page)


@state("who", WHO, "book.time", "book.who")
def _(page: Page, world: World) -> None:
    to_who(page, world)


@state("who-several", WHO, "book.who")
def _(page: Page, world: World) -> None:
    to_who(page, world, persons=2)


@state("who-without-number", WHO, "book.who")
def _(page: Page, world: World) -> None:
    to_who(page, world)
    page.locator("a[href*=utan]").click()


@state("who-errors", WHO, "book.who", status=422)
def _(page: Page, world: World) -> None:
    to_who(page, world)
    page.locator("#person-1-identity").fill("1985")
    page.locator("#person-1-given_name").fill("Maja")
    page.locator("#mobile").fill("070-174 06")
    press(page)


@state("who-errors-without-number", WHO, "book.who", status=422)
def _(page: Page, world: World) -> None:
    to_who(page, world)
    page.locator("a[href*=utan]").click()
    page.locator("#person-1-birth_date").fill("1951-14-03")
    press(page)


@state("who-too-young", WHO, "book.who", status=422)
def _(page: Page, world: World) -> None:
    to_who(page, world, slug="influensa")
    tell_who(page, cast.CHILD)
    tell_contact(page)
    press(page)


@state("who-fewer", WHO, "book.who", status=422)
def _(page: Page, world: World) -> None:
    to_who(page, world, persons=5)
    tell_who(page)
    tell_contact(page)
    press(page)


@state("who-logged-in", WHO, "book.who")
def _(page: Page, world: World) -> None:
    _as_astrid(page, world)


@state("who-hold-low", WHO, "book.who")
def _(page: Page, world: World) -> None:
    to_who(page, world)
    world.clock.advance(minutes=8.5)
    page.goto(page.url)


@state("who-more-time", WHO, "book.more_time", "book.who")
def _(page: Page, world: World) -> None:
    to_who(page, world)
    world.clock.advance(minutes=8)
    page.locator(".hold button").click()


@state("check", CHECK, "book.who", "book.check")
def _(page: Page, world: World) -> None:
    to_check(page, world)


@state("check-several", CHECK, "book.check")
def _(page: Page, world: World) -> None:
    to_who(page, world, persons=2)
    tell_who(page, cast.GUARDIAN)
    tell_who(page, cast.OTHER_GUARDIAN, 2)
    page.locator("#channel-none").check()
    press(page)


@state("check-error", CHECK, "book.check", status=422)
def _(page: Page, world: World) -> None:
    to_check(page, world)
    press(page)


@state("check-already-booked", CHECK, "book.check", status=422)
def _(page: Page, world: World) -> None:
    """From another browser, while this one had the page open."""
    _as_astrid(page, world)
    press(page)
    _booked_already(world)
    page.locator("#policy").check()
    press(page)


@state("who-already-booked", WHO, "book.who")
def _(page: Page, world: World) -> None:
    _booked_already(world)
    _as_astrid(page, world)


@state("gone-taken", GONE, "book.time", status=409)
def _(page: Page, world: World) -> None:
    offer = torget(world, days=(MONDAY, MONDAY + timedelta(days=1)))
    _open_at(page, world, offer)
    a_visit(world, offer)
    take_time(page)


@state("gone-nothing-left", GONE, "book.time", status=409)
def _(page: Page, world: World) -> None:
    offer = torget(world, span=(9 * 60, 9 * 60 + 10))
    _open_at(page, world, offer)
    a_visit(world, offer)
    take_time(page)


@state("gone-ran-out", GONE, "book.check", status=409)
def _(page: Page, world: World) -> None:
    to_check(page, world)
    world.clock.advance(minutes=11)
    page.locator("#policy").check()
    press(page)


@state("done", DONE, "book.check", "book.done")
def _(page: Page, world: World) -> None:
    to_done(page, world)


@state("done-at-reception", DONE, "book.done")
def _(page: Page, world: World) -> None:
    to_done(page, world, "getinge")


def _open_at(page: Page, world: World, offer: Offer) -> None:
    page.goto(world.at(f"/klinik/{offer.clinic.id}/bokning?besokstyp={offer.kind.id}"))
    press(page)


def _booked_already(world: World) -> None:
    """Astrid, for the same visit, at nine on the tests' Monday."""
    with world.database.writing() as session:
        kind = session.get_one(VisitType, world.type_id("nissan", "covid-19"))
        offer = Offer(session.get_one(Clinic, world.clinic_id("nissan")), kind.category, kind)
        known = read_identity(ASTRID.number, MONDAY)
        coming = Coming(known.born, ASTRID.given_name, ASTRID.family_name, known)
        a_booking(session, offer, time=a_time(9 * 60), coming=(coming,), booker=known, tools=world.tools)


def _as_astrid(page: Page, world: World) -> None:
    """At the visit for which she logs in."""
    to_time(page, world, slug="covid-19")
    if "/logga-in" in page.url:
        log_in(page, world, ASTRID)
    take_time(page)
