"""The demo's family at a live portal: logged in, booked and asked without a page for each step."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from config.demo.families import demo_register
from config.demo.people import ELSA, JOHAN, NILS, SARA, VERA, Human
from journal_core.access import use_cases as access
from journal_core.actor import SYSTEM, Actor, ActorKind
from journal_core.arrivals.merging import take_in
from journal_core.booking import queries as bookings
from journal_core.booking.model import Booking
from journal_core.booking.rules import Coming
from journal_core.catalogue.model import VisitType
from journal_core.clock import local
from journal_core.consent import queries, use_cases
from journal_core.consent.model import ConsentRequest
from journal_core.consent.use_cases import Reading
from journal_core.organisation.model import Clinic
from journal_core.persons import queries as persons
from journal_core.persons import use_cases as told
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity, read_identity
from portal.web.sessions import new_reference
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_time
from tests.build.consents import Family, a_childs_booking, resident
from tests.build.world import World

SLUG = "vattkoppor"
"""The demo's reason to which guardians consent."""
FAMILY = (JOHAN, SARA, VERA, ELSA, NILS)
READING = Reading("Jag samtycker till att barnet vaccineras.", "sv", "testperson")


def identity(who: Human) -> Identity:
    return read_identity(who.number, MONDAY)


def person(session: Session, who: Human) -> Person:
    return persons.by_identities(session, [who.number])[who.number]


def known(world: World, *people: Human) -> None:
    """The register has told of them just now."""
    numbers = [who.number for who in people or FAMILY]
    with world.database.writing() as session:
        take_in(session, SYSTEM, demo_register().persons(numbers), numbers, world.clock.now())


def come_in(page: Page, world: World, who: Human, acting_for: Human | None = None) -> None:
    """The browser is logged in as a resident, at no page yet."""
    known(world)
    reference = new_reference()
    owner = world.tools.vault.hash("session", reference)
    with world.database.writing() as session:
        one = told.told_by_eid(session, identity(who), who.given_name, who.family_name, world.clock.now())
        access.log_in(session, owner, world.clock.now(), person_id=one.id, eid="testperson")
        if acting_for is not None:
            access.act_for(session, owner, owner, person(session, acting_for).id)
    page.context.add_cookies([{"name": "vp", "value": reference, "url": world.base_url}])


def a_childs_visit(world: World, child: Human = ELSA, minute: int = 9 * 60) -> Booking:
    """Booked by JOHAN for the tests' Monday, with his consent; SARA is asked."""
    known(world)
    with world.database.writing() as session:
        family = Family(*(person(session, who) for who in (child, JOHAN, SARA)))
        kind = session.get_one(VisitType, world.type_id("nissan", SLUG))
        offer = Offer(session.get_one(Clinic, world.clinic_id("nissan")), kind.category, kind)
        return a_childs_booking(
            session,
            offer,
            family,
            time=a_time(minute),
            now=world.clock.now(),
            tools=world.tools,
            coming=[Coming(identity(child).born, child.given_name, child.family_name, identity(child))],
            recipient=cast.GUARDIAN.recipient,
            booker=identity(JOHAN),
            acting_for=identity(child),
        )


def request_to(world: World, made: Booking, who: Human) -> ConsentRequest:
    with world.database.reading() as session:
        asked = queries.of_visits(session, [visit.id for visit in made.visits])
        return next(one for found in asked.values() for one in found if one.guardian.identity == who.number)


def answer(world: World, made: Booking, who: Human, *, yes: bool) -> None:
    asked = request_to(world, made, who).id
    with world.database.writing() as session:
        guardian = person(session, who)
        use_cases.answer(session, resident(guardian), world.tools, asked, READING, [guardian], world.clock.now(), yes=yes)


def link_to(world: World, made: Booking, who: Human) -> str:
    """Of the message to a guardian."""
    return f"/samtycke/{use_cases.link_of(world.tools.vault, request_to(world, made, who))}"


def seal(world: World, who: Human) -> None:
    with world.database.writing() as session:
        told.seal(session, Actor(ActorKind.STAFF, 1, 1), identity(who), world.clinic_id("nissan"), world.clock.now())


def booking_of(world: World, made: Booking) -> Booking:
    with world.database.reading() as session:
        found = bookings.booking(session, made.id)
    assert found is not None
    return found


def today(world: World) -> str:
    return local(world.clock.now()).date().isoformat()
