"""Acting for a child and my pages: who sees and does what, until when, and that everybody sees for whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from journal_core.access.model import WebSession
from journal_core.actor import Actor, ActorKind
from journal_core.arrivals.merging import take_in
from journal_core.booking.model import Booking, Visit
from journal_core.clock import instant_of
from journal_core.messages.model import MessageKind, OutgoingMessage
from journal_core.organisation.model import AgeKind, AgeSetting, Module
from journal_core.persons import use_cases as telling
from journal_core.persons.told import Relation
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.transaction import Database
from portal.web.permits import PERMITS, Who
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    PROVIDER_MODULES,
    Offer,
    a_booking,
    a_clinic,
    a_demand_for_eid,
    a_policy,
    a_provider,
    a_reason,
    a_time,
    an_offer,
)
from tests.build.clocks import START, FixedClock
from tests.build.consents import a_consenting_offer
from tests.build.home import CONTACT, MINE, Home, at_home
from tests.build.register import registered, the_register
from tests.build.site import a_portal
from tests.build.statements import count_statements
from tests.laws.test_doors import address_of

LEAP = cast.Member("201602292383", date(2016, 2, 29), "Ebba", "Lund")
LUNDS = (cast.CHILD, cast.TWELVE, cast.FOURTEEN, cast.SEVENTEEN)
ENDED = "Du kan inte göra mer åt barnet här."
NOT_SEEN = "Ingen bokad tid att visa"
STAFF = Actor(ActorKind.STAFF, 1, 1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def register() -> StandInRegister:
    return the_register()


@pytest.fixture
def portal(database: Database, clock: FixedClock, register: StandInRegister) -> Flask:
    return a_portal(database, clock, register=register)


@pytest.fixture
def offer(database: Database) -> Offer:
    """For which e-ID is demanded, and nobody's consent."""
    with database.writing() as session:
        made = an_offer(session)
        a_policy(session, made.clinic.unit.provider)
        a_demand_for_eid(session, made.clinic, made.category.reason)
        return made


@pytest.fixture
def guardian(portal: Flask, database: Database) -> Home:
    return at_home(portal, database, cast.GUARDIAN)


def booked(
    database: Database, offer: Offer, who: cast.Member, now: datetime = START, day: date = MONDAY, minute: int = 9 * 60
) -> None:
    """By somebody who isn't logged in."""
    with database.writing() as session:
        session.merge(offer.clinic).eid_booking = False
    with database.writing() as session:
        a_booking(session, offer, coming=(who.coming,), now=now, time=a_time(minute, day))
    with database.writing() as session:
        session.merge(offer.clinic).eid_booking = True


def an_offer_on(database: Database, *days: date, **kind: Any) -> Offer:
    with database.writing() as session:
        made = an_offer(session, days=days, **kind)
        a_policy(session, made.clinic.unit.provider)
        a_demand_for_eid(session, made.clinic, made.category.reason)
        return made


def midnight(day: date) -> datetime:
    return instant_of(day, 0)


# --- acting ---------------------------------------------------------------------------------------------------------------


def test_the_children_are_there_from_the_first_page_after_login(portal: Flask, database: Database, offer: Offer) -> None:
    """Not only once my pages have been opened: the login itself asks the register."""
    home = Home(portal, database=database).to_time(offer)
    home.submit(provider="testperson").submit(number=cast.GUARDIAN.number)
    assert home.path.endswith("/tid")
    home.submit(start=f"{MONDAY}T09:00")
    assert [who.given_name for who in LUNDS if f"Boka åt {who.given_name}" not in home.said] == []


def test_acting_begins_and_ends_with_a_word(guardian: Home) -> None:
    guardian.act_for(cast.CHILD, "/hjalp")
    assert (guardian.path, guardian.banner) == ("/hjalp", "Du gör det här åt Alva Lund .")
    guardian.send(f"{MINE}/agera")
    assert guardian.path == MINE and guardian.banner is None
    assert "Nu gäller sidorna dig själv igen." in guardian.said


def test_each_change_is_a_new_reference_and_the_old_one_opens_nothing(guardian: Home, database: Database) -> None:
    def reference() -> str:
        cookie = guardian.client.get_cookie("vp")
        assert cookie is not None
        return str(cookie.value)

    seen = [reference()]
    for child in (cast.CHILD, cast.TWELVE, None):
        guardian.act_for(child)
        seen.append(reference())
    assert len(set(seen)) == len(seen)
    with database.reading() as session:
        assert len(session.scalars(select(WebSession)).all()) == 1
    for old in seen[:-1]:
        guardian.client.set_cookie("vp", old)
        assert guardian.get(MINE).path == "/logga-in"


def test_acting_lengthens_no_session(guardian: Home, clock: FixedClock) -> None:
    for _hour in range(12):
        guardian.act_for(cast.CHILD)
        clock.advance(minutes=59)
    assert guardian.get(MINE).path == MINE
    clock.advance(minutes=12)
    assert guardian.get(MINE).path == "/logga-in"


@pytest.mark.parametrize("till", ["https://example.org/", "//example.org", "/\\example.org"])
def test_acting_leads_nowhere_else(guardian: Home, till: str) -> None:
    guardian.get(MINE)
    data = {"csrf_token": guardian.token(), "barn": str(guardian.id_of(cast.CHILD)), "till": till}
    assert guardian.client.post(f"{MINE}/agera", data=data).location == MINE


def test_every_page_that_opens_while_one_acts_says_for_whom(guardian: Home, offer: Offer) -> None:
    link = guardian.act_for(cast.CHILD).book(offer)
    guardian.get("/").to_who(offer, 9 * 60 + 10)
    draft = guardian.path.split("/")[4]
    met = set()
    for rule in guardian.app.url_map.iter_rules():
        if PERMITS[rule.endpoint].who not in (Who.EVERYBODY, Who.RESIDENT) or "GET" not in (rule.methods or ()):
            continue
        address = address_of(rule).replace("/" + "0" * 16, f"/{draft}").replace("/b/" + "A" * 24, link)
        guardian.answer = guardian.client.get(address, buffered=True)
        if guardian.answer.mimetype == "text/html" and guardian.status in (200, 404):
            met.add(rule.endpoint)
            assert guardian.banner == "Du gör det här åt Alva Lund .", rule.endpoint
    pages = "find.start find.clinic find.policy pages.help book.visit book.time book.who manage.booking manage.find_booking"
    more = "arrive.ticket family.own family.by_link family.consent sign_in.resident sign_in.sessions"
    assert met >= {*pages.split(), *more.split()}
    assert guardian.get("/ingen-sidan-alls").banner == "Du gör det här åt Alva Lund ."


@pytest.mark.parametrize(
    "who",
    [cast.SOLE_CHILD, cast.PROTECTED_CHILD, cast.STRANGER, cast.GUARDIAN, cast.OTHER_GUARDIAN],
    ids=lambda who: who.given_name,
)
def test_whoever_is_not_ones_child_is_not_there(guardian: Home, portal: Flask, database: Database, who: cast.Member) -> None:
    """Another's child, a protected one, an adult, oneself: as if the number had never been given to anybody."""
    at_home(portal, database, cast.SOLE_GUARDIAN)
    with database.writing() as session:
        telling.ensure(session, [who.identity], START)
    pages = []
    for wanted in (str(guardian.id_of(who)), "999999", "x", "-1"):
        guardian.get(MINE).send(f"{MINE}/agera", barn=wanted)
        pages.append(re.sub(r'(nonce|value)="[^"]*"', "", guardian.html))
        assert guardian.status == 404 and guardian.banner is None
    assert len(set(pages)) == 1
    assert guardian.get(MINE).banner is None


def test_a_guardian_who_is_protected_has_no_children_here(portal: Flask, database: Database) -> None:
    home = at_home(portal, database, cast.PROTECTED_GUARDIAN)
    assert "Dina barn" not in home.get(MINE).said
    assert home.get(MINE).send(f"{MINE}/agera", barn=str(home.id_of(cast.CHILD_OF_PROTECTED))).status == 404


def test_a_child_in_another_tab_changes_no_booking_unseen(guardian: Home, offer: Offer, database: Database) -> None:
    """What was filled in for oneself before is not sent for the child: the page comes again, and says for whom it is now."""
    guardian.to_check(offer)
    check = guardian.answer
    guardian.act_for(cast.CHILD)
    guardian.answer = check
    guardian.submit(policy="1")
    assert guardian.status == 422 and "Sidan hade varit öppen länge" in guardian.said
    assert guardian.banner and "Alva Lund" in guardian.said and "Erik Lund" not in guardian.said
    with database.reading() as session:
        assert session.scalars(select(Booking)).all() == []


def test_where_no_eid_is_asked_for_who_comes_follows_the_change_and_how_one_is_reached_stays(
    guardian: Home, database: Database
) -> None:
    with database.writing() as session:
        made = an_offer(session)
        a_policy(session, made.clinic.unit.provider)
    guardian.to_check(made)
    assert "Erik Lund" in guardian.said
    guardian.get(guardian.path.replace("kontrollera", "vem"))
    guardian.act_for(cast.CHILD, guardian.path)
    kept = guardian.forms()["step"][1]
    assert kept["person-1-identity"] == cast.CHILD.number and kept["mobile"] == CONTACT["mobile"]
    guardian.get(guardian.path.replace("vem", "kontrollera"))
    assert "Alva Lund" in guardian.said and "Erik Lund" not in guardian.said
    guardian.submit(policy="1")
    with database.reading() as session:
        [made_booking] = session.scalars(select(Booking)).all()
        assert made_booking.booked_by_id == guardian.id_of(cast.GUARDIAN)
        assert session.scalars(select(Visit.person_id)).all() == [guardian.id_of(cast.CHILD)]


# --- until when -----------------------------------------------------------------------------------------------------------


def test_reading_ends_on_the_thirteenth_birthday_during_a_session(portal: Flask, database: Database, clock: FixedClock) -> None:
    """TWELVE turns 13 on 8 March. What another has booked is seen until then, what one has booked oneself goes on."""
    birthday = date(2027, 3, 8)
    theirs, own = an_offer_on(database, birthday), an_offer_on(database, birthday, span=(13 * 60, 14 * 60))
    clock.set(midnight(birthday) - timedelta(minutes=20))
    booked(database, theirs, cast.TWELVE, clock.now(), birthday)
    home = at_home(portal, database, cast.GUARDIAN)
    home.act_for(cast.TWELVE).book(own, 13 * 60, birthday)
    clock.set(midnight(birthday) - timedelta(minutes=1))
    assert home.get(MINE).times == ["2027-03-08T09:00", "2027-03-08T13:00"]
    clock.advance(minutes=1)
    assert home.get(MINE).times == ["2027-03-08T13:00"] and home.banner, "one acts until 18 all the same"


def test_acting_ends_on_the_eighteenth_birthday_during_a_session(portal: Flask, database: Database, clock: FixedClock) -> None:
    birthday = date(2027, 1, 17)
    offer = an_offer_on(database, birthday)
    clock.set(midnight(birthday) - timedelta(minutes=1))
    home = at_home(portal, database, cast.GUARDIAN)
    home.act_for(cast.SEVENTEEN).to_check(offer, day=birthday)
    assert home.banner == "Du gör det här åt Tove Lund ."
    clock.advance(minutes=1)
    home.submit(policy="1")
    assert home.path == MINE and ENDED in home.said
    assert not home.banner
    assert "Tove" not in home.said and "Alva" in home.said
    with database.reading() as session:
        assert session.scalars(select(Booking)).all() == []
        assert session.scalars(select(WebSession.acting_for_id)).all() == [None]
    assert ENDED not in home.get(MINE).said


def test_who_was_born_on_leap_day_is_a_year_older_on_the_first_of_march(
    portal: Flask, database: Database, clock: FixedClock, register: StandInRegister
) -> None:
    """In 2029, which has no 29 February, she turns 13."""
    parent = register.persons([cast.GUARDIAN.number])[cast.GUARDIAN.number]
    register.tell(replace(parent, children=(Relation(LEAP.number),)))
    register.tell(replace(registered(LEAP), guardians=(Relation(cast.GUARDIAN.number),)))
    day = date(2029, 3, 5)
    offer = an_offer_on(database, day)
    clock.set(midnight(date(2029, 3, 1)) - timedelta(minutes=1))
    booked(database, offer, LEAP, clock.now(), day)
    home = at_home(portal, database, cast.GUARDIAN)
    assert home.get(MINE).times == ["2029-03-05T09:00"]
    clock.advance(minutes=1)
    assert home.get(MINE).times == [] and "Boka åt Ebba" in home.said


def test_the_registers_word_gives_a_right_for_a_day(
    portal: Flask, database: Database, clock: FixedClock, register: StandInRegister
) -> None:
    at_home(portal, database, cast.GUARDIAN)
    register.silent = True
    clock.advance(hours=24)
    home = at_home(portal, database, cast.GUARDIAN)
    assert "Alva Lund" in home.get(MINE).said
    home.act_for(cast.CHILD)
    clock.advance(seconds=1)
    assert ENDED in home.get("/hjalp").said and home.path == MINE
    assert "Folkbokföringen svarar inte just nu" in home.said and "Alva" not in home.said
    assert home.send(f"{MINE}/agera", barn=str(home.id_of(cast.CHILD))).status == 404
    register.silent = False
    assert "Alva Lund" in home.get(MINE).said, "my pages ask again when the login could not"


@pytest.mark.parametrize("become", ["protected", "another's", "dead", "sealed", "unknown"])
def test_what_becomes_of_the_child_ends_acting_at_the_next_page(
    guardian: Home, database: Database, register: StandInRegister, clock: FixedClock, become: str
) -> None:
    guardian.act_for(cast.CHILD)
    told = register.persons([cast.CHILD.number])[cast.CHILD.number]
    changed = {
        "protected": replace(told, protected=True),
        "another's": replace(told, guardians=()),
        "dead": replace(told, deceased_on=date(2026, 11, 20)),
    }
    with database.writing() as session:
        if become == "sealed":
            telling.seal(session, STAFF, cast.CHILD.identity, 1, clock.now())
        else:
            answer = {cast.CHILD.number: changed[become]} if become in changed else {}
            take_in(session, STAFF, answer, [cast.CHILD.number], clock.now())
    assert ENDED in guardian.get("/").said and guardian.banner is None
    assert "Alva" not in guardian.said and "Maj Lund" in guardian.said
    assert guardian.send(f"{MINE}/agera", barn=str(guardian.id_of(cast.CHILD))).status == 404


def test_whoever_leaves_is_let_out_though_the_right_has_ended(guardian: Home, database: Database) -> None:
    guardian.act_for(cast.CHILD)
    with database.writing() as session:
        telling.seal(session, STAFF, cast.CHILD.identity, 1, START)
    guardian.send("/logga-ut")
    assert guardian.path == "/"
    assert guardian.get(MINE).path == "/logga-in"


# --- what is seen ---------------------------------------------------------------------------------------------------------


def test_ones_own_and_ones_childrens_bookings_stand_on_my_pages(
    guardian: Home, portal: Flask, database: Database, offer: Offer
) -> None:
    booked(database, offer, cast.CHILD)
    link = guardian.book(offer, 9 * 60 + 10)
    guardian.get(MINE)
    assert guardian.times == ["2026-11-23T09:10", "2026-11-23T09:00"] and link in guardian.html
    other = at_home(portal, database, cast.OTHER_GUARDIAN)
    assert other.get(MINE).times == ["2026-11-23T09:00"]
    assert at_home(portal, database, cast.SOLE_GUARDIAN).get(MINE).times == []


@pytest.mark.parametrize("who", [cast.FOURTEEN, cast.SEVENTEEN, cast.TWELVE], ids=lambda who: who.given_name)
def test_of_older_children_only_what_one_has_booked_oneself(
    guardian: Home, portal: Flask, database: Database, offer: Offer, who: cast.Member
) -> None:
    booked(database, offer, who)
    guardian.get(MINE)
    assert bool(guardian.times) == (who is cast.TWELVE)
    assert "Det andra har bokat visas bara för yngre barn" in guardian.said
    guardian.act_for(who).book(offer, 9 * 60 + 10) if who is not cast.TWELVE else None
    assert len(guardian.get(MINE).times) == 1


@pytest.mark.parametrize(("who", "seen"), [(cast.FOURTEEN, 1), (cast.SEVENTEEN, 2)], ids=["14", "17"])
def test_a_minors_own_pages_show_what_others_booked_from_sixteen(
    guardian: Home, portal: Flask, database: Database, offer: Offer, who: cast.Member, seen: int
) -> None:
    other = an_offer_on(database, MONDAY)
    guardian.act_for(who).book(offer)
    home = at_home(portal, database, who)
    home.book(other, 9 * 60 + 10)
    assert len(home.get(MINE).times) == seen
    assert "Det andra har bokat åt dig visas när du är gammal nog" in home.said
    assert NOT_SEEN not in home.said


def test_where_minors_records_are_sealed_only_who_booked_sees_it(guardian: Home, portal: Flask, database: Database) -> None:
    with database.writing() as session:
        clinic = a_clinic(session, provider=a_provider(session, modules=(*PROVIDER_MODULES, Module.SEALS_MINORS)))
        a_policy(session, clinic.unit.provider)
        sealing = an_offer(session, clinic=clinic)
        a_demand_for_eid(session, clinic, sealing.category.reason)
    guardian.act_for(cast.CHILD).book(sealing)
    assert len(guardian.get(MINE).times) == 1
    for who in (cast.OTHER_GUARDIAN, cast.CHILD):
        assert at_home(portal, database, who).get(MINE).times == []
    booked(database, sealing, cast.SEVENTEEN, minute=10 * 60)
    assert at_home(portal, database, cast.SEVENTEEN).get(MINE).times == []


def test_a_minor_may_keep_it_from_the_guardians(guardian: Home, portal: Flask, database: Database, offer: Offer) -> None:
    tove = at_home(portal, database, cast.SEVENTEEN)
    link = tove.book(offer, hide="1")
    assert "Dina vårdnadshavare ser inte bokningen när de loggar in." in tove.said
    assert len(tove.get(MINE).times) == 1
    guardian.act_for(cast.SEVENTEEN)
    assert guardian.get(MINE).times == []
    assert "Vill du avboka?" not in guardian.get(link).said, "nor does the link open it for them"
    guardian.book(offer, 9 * 60 + 10)
    assert len(guardian.get(MINE).times) == 1, "a second is not refused: that would tell of the first"
    with database.reading() as session:
        first, second = session.scalars(select(Booking).order_by(Booking.start_minute)).all()
        assert second.another_live
        told = select(OutgoingMessage.booking_id).where(OutgoingMessage.kind == MessageKind.ANOTHER_BOOKING)
        assert session.scalars(told).all() == [first.id]


def test_what_is_not_hidden_stands_in_the_way_of_a_second(
    guardian: Home, portal: Flask, database: Database, offer: Offer
) -> None:
    link = guardian.act_for(cast.CHILD).book(offer)
    guardian.to_who(offer, 9 * 60 + 10)
    assert "Du har redan en tid" in guardian.said and link in guardian.html and "step" not in guardian.forms()
    other = at_home(portal, database, cast.OTHER_GUARDIAN)
    other.act_for(cast.CHILD).to_who(offer, 9 * 60 + 20)
    assert "Du har redan en tid" in other.said and link in other.html


def test_a_bookings_page_opens_for_who_acts_and_leads_there_who_could(guardian: Home, offer: Offer) -> None:
    link = guardian.act_for(cast.CHILD).book(offer)
    assert "Vill du avboka?" in guardian.get(link).said
    guardian.act_for(None).get(link)
    assert "Vill du avboka?" not in guardian.said and "Bokningen gäller ett barn" in guardian.said
    guardian.send(f"{MINE}/agera", barn=str(guardian.id_of(cast.CHILD)), till=link)
    assert guardian.path == link and "Vill du avboka?" in guardian.said


def test_my_pages_ask_as_much_for_many_as_for_one(portal: Flask, database: Database) -> None:
    """Children, bookings, providers: nothing adds a statement."""
    with database.writing() as session:
        offers = [a_consenting_offer(session, until=17), a_consenting_offer(session, until=17)]
    few = at_home(portal, database, cast.SOLE_GUARDIAN)
    few.act_for(cast.SOLE_CHILD).book(offers[0])
    many = at_home(portal, database, cast.GUARDIAN)
    for place, (child, offer) in enumerate(zip(LUNDS[:2], offers, strict=True), start=1):
        many.act_for(child).book(offer, 9 * 60 + 10 * place)
        booked(database, offer, child, minute=10 * 60 + 10 * place)
    costs = []
    for home in (few, many):
        home.act_for(None)
        with count_statements(database) as statements:
            home.get(MINE)
        costs.append(len(statements))
    assert len(many.times) == 4 and many.said.count("Ett samtycke saknas än") == 2
    assert costs[1] <= costs[0] and costs[0] <= 21, costs


# --- what stands in the way of booking --------------------------------------------------------------------------------------


def test_where_one_books_for_oneself_alone_nothing_is_asked_first(guardian: Home, database: Database, offer: Offer) -> None:
    with database.writing() as session:
        session.merge(offer.clinic).eid_only_oneself = True
    guardian.to_who(offer)
    assert "Gäller det ett barn?" not in guardian.said
    guardian.act_for(cast.CHILD).to_who(offer)
    assert "Det här besöket kan du bara boka åt dig själv." in guardian.said
    assert "step" not in guardian.forms()
    guardian.send(guardian.path, **CONTACT)
    assert guardian.status == 422
    guardian.act_for(None).book(offer)


def test_the_providers_age_for_guardians_that_book(guardian: Home, database: Database, offer: Offer) -> None:
    with database.writing() as session:
        setting = AgeSetting(kind=AgeKind.GUARDIAN_BOOKS, years=16, first_day=date(2026, 11, 1))
        setting.provider_id = offer.clinic.unit.provider_id
        session.add(setting)
        free = an_offer(session, clinic=offer.clinic, category={"reason": a_reason(session, "influensa"), "name": "Influensa"})
    guardian.to_who(offer)
    assert "Boka åt Love" in guardian.said and "Boka åt Tove" not in guardian.said
    guardian.act_for(cast.SEVENTEEN).to_who(offer)
    assert "Från 16 års ålder bokar man själv det här besöket." in guardian.said and "step" not in guardian.forms()
    guardian.to_check(free)
    assert guardian.status == 422 and "Från 16 års ålder bokar man själv" in guardian.said, "where no e-ID is asked for too"
    guardian.act_for(cast.FOURTEEN).book(offer)


def test_ages_of_the_visit_are_said_before_anything_is_asked(guardian: Home, database: Database) -> None:
    birthday = date(2027, 3, 8)
    twelve_at_most = an_offer_on(database, birthday - timedelta(days=1), birthday, category={"max_age": 12})
    guardian.to_who(twelve_at_most, day=birthday - timedelta(days=1))
    assert "Det går inte att boka åt dig själv" in guardian.said and "För gammal." in guardian.said
    assert "Boka åt Maj" in guardian.said and "Boka åt Love" not in guardian.said
    guardian.to_who(twelve_at_most, day=birthday)
    assert "Boka åt Maj" not in guardian.said, "13 on the day of the visit"
    guardian.act_for(cast.TWELVE).to_who(twelve_at_most, day=birthday)
    assert "Det går inte att boka åt" in guardian.said and "step" not in guardian.forms()
