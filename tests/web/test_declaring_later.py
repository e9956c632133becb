"""Declarations that were begun, as time goes on: sessions that end, visits that are over, keys that are lost, others' words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from journal_core.access.model import WebSession
from journal_core.actor import SYSTEM, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.declarations import rules
from journal_core.declarations import use_cases as telling
from journal_core.declarations.model import Declaration, DeclarationAnswer, Definition, HiddenDefinition
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import KEYS, the_tools
from tests.build.clocks import START, FixedClock
from tests.build.declaring import Place, a_place, asked, begin, let_in, place_link
from tests.build.forms import a_question
from tests.build.home import at_home
from tests.build.site import Browser, a_portal
from tests.build.states.ways import NINE


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture
def place(sqlite_database: Database) -> Place:
    return a_place(sqlite_database)


def direct(place: Place) -> str:
    return f"/hd/{place.offer.clinic.id}"


def spoil(place: Place) -> None:
    """Nothing that was said can be read any more."""
    with place.database.writing() as session:
        session.execute(update(DeclarationAnswer).values(answer=KEYS.seal("elsewhere", "{}")))


def be_done(place: Place) -> None:
    """The visit of the first who comes is done."""
    with place.database.writing() as session:
        visit = session.scalars(select(Visit).order_by(Visit.id)).first()
        assert visit is not None
        for act in (Act.ARRIVE, Act.START, Act.FINISH):
            arrivals.change(session, SYSTEM, visit, act, NINE)


# --- whose words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [True, False])
def test_what_was_told_with_e_id_is_not_read_once_the_session_is_over(
    portal: Flask, place: Place, clock: FixedClock, sent: bool
) -> None:
    browser = Browser(portal).log_in(cast.BOOKER).get(direct(place)).submit().submit(answer="no")
    question = browser.path
    if sent:
        browser.submit(answer="no").submit()
    clock.advance(minutes=61)
    assert browser.get(question).path == "/logga-in" and "checked" not in browser.html
    browser.log_in(cast.BOOKER).get(question)
    assert browser.path == (question.replace("fraga/ill", "klart") if sent else question)


def test_what_a_guardian_began_stays_theirs_when_they_act_for_the_child_no_longer(portal: Flask, place: Place) -> None:
    home = at_home(portal, place.database, cast.GUARDIAN)
    home.act_for(cast.CHILD).get(direct(place)).submit().submit(answer="no").submit(answer="18").submit(answer="no")
    check = home.path
    with place.database.writing() as session:
        session.execute(update(WebSession).values(acting_for_id=None))
    home.get(check).submit()
    with place.database.reading() as session:
        made = session.scalars(select(Declaration)).one()
        assert made.sent_at is not None and made.told_by is ActorKind.RESIDENT and made.told_by_person_id is not None


def test_what_a_stranger_told_does_not_become_ones_own(portal: Flask, place: Place) -> None:
    stranger = Browser(portal).get(direct(place)).submit(identity=cast.BOOKER.number).submit(answer="no").submit(answer="no")
    home = Browser(portal).log_in(cast.BOOKER).get(direct(place)).submit()
    assert asked(home) == "allergy" and "checked" not in home.html
    stranger.submit()
    place.book()
    home = begin(Browser(portal).log_in(cast.BOOKER).get(place_link(place)))
    assert asked(home) == "allergy" and "checked" not in home.html, "nor once it was sent"


def test_by_the_clinics_link_the_same_browser_goes_on(portal: Flask, place: Place) -> None:
    browser = Browser(portal).get(direct(place)).submit(identity=cast.BOOKER.number).submit(answer="no")
    assert asked(browser.get(direct(place)).submit(identity=cast.BOOKER.number)) == "ill" and place.count() == 1
    assert asked(Browser(portal).get(direct(place)).submit(identity=cast.BOOKER.number)) == "allergy"


# --- over -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["done", "cancelled"])
def test_when_the_visit_is_over_what_was_begun_can_not_be_sent(portal: Flask, place: Place, how: str) -> None:
    browser = begin(let_in(portal, place.book())).submit(answer="no")
    question = browser.path
    assert asked(browser.submit(answer="no")) == "kontrollera"
    if how == "done":
        be_done(place)
    else:
        with place.database.writing() as session:
            booking.cancel(session, SYSTEM, the_tools(), session.scalars(select(Booking.id)).one(), START)
    browser.submit()
    assert browser.path.endswith("/klart") and "Inget är skickat." in browser.html
    for path in (question, question.replace("fraga/ill", "kontrollera"), question.replace("/fraga/ill", "")):
        assert browser.get(path).path.endswith("/klart")
    assert place.count(Declaration.sent_at.is_not(None)) == 0


def test_what_was_begun_without_a_visit_is_not_gone_on_with_for_ever(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = Browser(portal).log_in(cast.BOOKER).get(direct(place)).submit().submit(answer="no").submit(answer="no")
    check = browser.path
    clock.advance(minutes=int(rules.BEGUN_LIFE / timedelta(minutes=1)) + 1)
    browser.log_in(cast.BOOKER).get(check)
    assert browser.path.endswith("/klart") and f'href="{direct(place)}"' in browser.html
    assert asked(browser.get(direct(place)).submit()) == "allergy" and place.count() == 2


def test_who_grows_meanwhile_is_asked_as_old_as_they_are(portal: Flask, place: Place) -> None:
    link = place.book()
    begin(let_in(portal, link)).submit(answer="no")
    with place.database.writing() as session:
        session.execute(update(Declaration).values(age=17))
    later = begin(let_in(portal, link))
    assert asked(later) == "ill" and 'name="weight"' not in later.html
    assert asked(later.submit(answer="no")) == "kontrollera"


def test_on_arrival_who_is_done_is_not_asked_for_the_other(portal: Flask, place: Place, clock: FixedClock) -> None:
    place.book(cast.BOOKER, cast.EIGHTY)
    be_done(place)
    clock.set(NINE)
    with place.database.reading() as session:
        made = session.scalars(select(Booking)).one()
        ticket = f"/a/{booking.arrival_link_of(the_tools().vault, made)}/halsodeklaration"
    browser = Browser(portal).get(ticket).submit("identify", birth_date=cast.BOOKER.born.isoformat())
    assert browser.status == 422 and "Födelsedatumet hör inte till bokningen." in browser.html and place.count() == 0
    assert asked(browser.get(ticket).submit("identify", birth_date=cast.EIGHTY.born.isoformat())) == "allergy"


def test_who_has_sent_hears_that_another_has_not(portal: Flask, place: Place) -> None:
    browser = let_in(portal, place.book(cast.BOOKER, cast.EIGHTY))
    page = browser.path
    begin(browser).submit(answer="no").submit(answer="no").submit()
    assert "1 person i bokningen har inte svarat än." in browser.html
    begin(browser.get(page), 2).submit(answer="no").submit(answer="no").submit()
    assert "har inte svarat än" not in browser.html


def test_where_e_id_is_demanded_the_others_answer_themselves(portal: Flask, place: Place) -> None:
    place.change_clinic(eid_declaration=True)
    page = Browser(portal).log_in(cast.BOOKER).get(place.book(cast.BOOKER, cast.EIGHTY))
    assert "De andra i bokningen svarar med sin egen e-legitimation." in page.html
    assert page.html.count("Svara på frågorna") == 1 and "Logga in" not in page.html.split("<main")[1]


# --- what can't be read ---------------------------------------------------------------------------------------------------


def test_where_earlier_answers_can_not_be_read_one_begins_without(portal: Flask, place: Place) -> None:
    home = Browser(portal).log_in(cast.BOOKER).get(direct(place)).submit().submit(answer="no").submit(answer="no").submit()
    spoil(place)
    home.get(direct(place)).submit()
    assert home.status == 200 and asked(home) == "allergy" and "checked" not in home.html


def test_where_what_was_begun_can_not_be_read_it_says_so_and_another_is_begun(portal: Flask, place: Place) -> None:
    link = place.book()
    browser = begin(let_in(portal, link)).submit(answer="yes")
    spoil(place)
    browser.get(browser.path)
    assert browser.path.endswith("/klart") and "De här frågorna går inte längre att svara på" in browser.html
    again = begin(let_in(portal, link)).submit(answer="no").submit(answer="no").submit()
    assert "Tack! Svaren är skickade." in again.html and place.said() == {"allergy": ("no",), "ill": ("no",)}


# --- definitions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["retired", "hidden"])
def test_what_the_clinic_does_not_use_serves_no_drop_in(portal: Flask, place: Place, how: str) -> None:
    with place.database.writing() as session:
        definition = session.get_one(Definition, place.definition.id)
        other = telling.define(session, definition.provider_id, "Andra", "", (a_question("other"),), None, START)
        other.drop_in = True
        if how == "retired":
            definition.retired_at = START
        else:
            session.add(HiddenDefinition(definition_id=definition.id, clinic_id=place.offer.clinic.id))
    assert asked(Browser(portal).get(direct(place)).submit(identity=cast.BOOKER.number)) == "other"
