"""Answering the questions about one's health."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from config.declarations import bank
from journal_core.actor import SYSTEM
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import Kind
from journal_core.declarations.model import Declaration, Definition
from journal_core.organisation.model import Clinic, Module, ModuleSwitch
from journal_core.persons.model import Person
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    CLINIC_MODULES,
    a_clinic,
    the_tools,
)
from tests.build.clocks import START, FixedClock
from tests.build.declaring import TOLD, Place, a_place, asked, begin, let_in, place_link
from tests.build.forms import a_question
from tests.build.home import at_home
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements
from tests.build.states.ways import NINE


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture
def place(sqlite_database: Database) -> Place:
    return a_place(sqlite_database)


# --- one question a page --------------------------------------------------------------------------------------------------


def test_right_after_booking_it_is_answered_without_saying_anything_twice(portal: Flask, place: Place) -> None:
    browser = Browser(portal).get(f"/klinik/{place.offer.clinic.id}/bokning").submit(type=str(place.offer.kind.id))
    browser.submit(start="2026-11-23T09:00")
    browser.submit(
        person_1_identity=cast.BOOKER.number, person_1_given_name="Maja", person_1_family_name="Ek", channel="none", fewer="1"
    )
    browser.submit(policy="1")
    begin(browser)
    assert asked(browser) == "allergy"
    browser.submit(answer="no").submit(answer="no")
    assert browser.path.endswith("/kontrollera") and "Inget är skickat än." in browser.html
    browser.submit()
    assert browser.path.endswith("/klart") and "Tack! Svaren är skickade." in browser.html
    assert place.said() == {"allergy": ("no",), "ill": ("no",)}
    assert "Skickad." in let_in(portal, place_link(place)).html


def test_follow_ups_come_and_go_and_what_is_hidden_is_dropped(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book()))
    browser.submit(answer="yes")
    assert asked(browser) == "allergy-to"
    browser.submit(answer="egg").submit(answer=TOLD).submit(answer="no")
    assert browser.path.endswith("/kontrollera") and "Fråga" not in browser.html.split("<main")[1].split("</main")[0][:200]
    change = re.findall(r'href="([^"#]*/fraga/allergy)#innehall"', browser.html)[0]
    browser.get(change).submit(answer="no")
    assert browser.path.endswith("/kontrollera") and "Latex" not in browser.html
    browser.submit()
    assert place.said() == {"allergy": ("no",), "ill": ("no",)}


def test_what_is_missing_is_said_at_the_field_and_the_input_is_kept(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book())).submit(answer="no").submit(**{"answer-mer": "Jag vet inte"})
    assert browser.status == 422 and 'href="#answer"' in browser.html and "Jag vet inte</textarea>" in browser.html
    assert place.said() == {"allergy": ("no",)}, "what was said before is saved"


def test_ten_thousand_letters_and_html_are_kept_and_shown_inert(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book())).submit(answer="yes").submit(answer="egg")
    long = (TOLD + " ") * 1000
    browser.submit(answer=long[:10_001].replace("\u202e", "").replace("\u202c", "").ljust(10_001, "x"))
    assert browser.status == 422 and "högst 10000 tecken" in browser.html
    browser.submit(answer=f"{TOLD}\n\n" + "å" * 9_900)
    assert asked(browser) == "ill"
    browser.submit(answer="no")
    assert "<b>" not in browser.html.split("<main")[1] and "&lt;b&gt;halsen&lt;/b&gt; &amp; gnällig hud" in browser.html
    assert place.said()["told"][0].startswith("Svullnad i <b>halsen</b> & gnällig hud\n\nååå")


def test_a_question_that_is_not_asked_leads_on(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book()))
    here = browser.path.rsplit("/", 1)[0]
    for key in ("told", "nonsense"):
        assert asked(browser.get(f"{here}/{key}")) == "allergy"
    assert asked(browser.get(here.replace("/fraga", "/kontrollera"))) == "allergy"
    assert asked(browser.get(here.replace("/fraga", "/klart"))) == "allergy"


# --- whose it is ----------------------------------------------------------------------------------------------------------


def test_by_the_link_a_day_later_one_goes_on_and_sees_no_earlier_answer(portal: Flask, place: Place, clock: FixedClock) -> None:
    link = place.book()
    begin(let_in(portal, link)).submit(answer="yes").submit(answer="egg")
    clock.advance(minutes=24 * 60)
    later = begin(let_in(portal, link))
    assert asked(later) == "told"
    earlier = later.path.replace("told", "allergy-to")
    assert "checked" not in later.get(earlier).html
    later.get(earlier.replace("allergy-to", "told")).submit(answer="Ingenting mer").submit(answer="no")
    assert later.html.count("Besvarad tidigare. Svaret visas inte här.") == 2 and "Ingenting mer" in later.html
    later.submit()
    assert place.said()["allergy-to"] == ("egg",), "what was said in the other browser counts all the same"
    assert place.count() == 1


def test_logged_in_one_sees_all_and_a_new_one_begins_with_what_holds(portal: Flask, place: Place) -> None:
    link = place.book()
    begin(let_in(portal, link)).submit(answer="no").submit(answer="no").submit()
    home = Browser(portal).log_in(cast.BOOKER).get(link)
    begin(home)
    assert home.path.endswith("/kontrollera") and "Besvarad tidigare" not in home.html
    change = re.findall(r'href="([^"#]*/fraga/ill)#innehall"', home.html)[0]
    home.get(change).submit(answer="yes", **{"answer-mer": "Feber"}).submit()
    assert place.said() == {"allergy": ("no",), "ill": ("yes",)} and place.count() == 2
    assert place.looks() == 3, "all of it twice, and one question with its answer"


def test_after_its_validity_nothing_is_filled_in_before(portal: Flask, place: Place, clock: FixedClock) -> None:
    with place.database.writing() as session:
        old = select(Declaration.id).where(Declaration.sent_at.is_not(None))
        assert session.scalar(old) is None
    link = place.book()
    begin(let_in(portal, link)).submit(answer="no").submit(answer="no").submit()
    with place.database.writing() as session:
        session.execute(update(Declaration).values(sent_at=START - timedelta(days=31)))
    home = Browser(portal).log_in(cast.BOOKER).get(link)
    assert asked(begin(home)) == "allergy"


def test_a_guardian_answers_for_the_child(portal: Flask, place: Place) -> None:
    home = at_home(portal, place.database, cast.GUARDIAN)
    link = place.book(cast.CHILD)
    home.act_for(cast.CHILD).get(link)
    begin(home).submit(answer="no")
    assert asked(home) == "weight", "which is asked of children"
    home.submit(answer="18,5").submit(answer="no")
    assert cast.CHILD.given_name in home.html and "18,5" in home.html
    home.submit()
    assert place.said()["weight"] == ("18.5",)
    with place.database.reading() as session:
        made = session.scalars(select(Declaration)).one()
        assert made.told_by_person_id == session.scalar(select(Person.id).where(Person.identity == cast.GUARDIAN.number))


@pytest.mark.parametrize("sent", [True, False])
def test_a_guardian_reads_nothing_that_a_teenager_told(portal: Flask, place: Place, sent: bool) -> None:
    """Nor the other way round: of a minor one reads what one told oneself (domain §5)."""
    direct = f"/hd/{place.offer.clinic.id}"
    teen = Browser(portal).log_in(cast.FOURTEEN).get(direct).submit().submit(answer="yes").submit(answer="egg")
    if sent:
        teen.submit(answer=TOLD).submit(answer="").submit(answer="no").submit()
        assert teen.path.endswith("/klart")
    guardian = at_home(portal, place.database, cast.GUARDIAN)
    guardian.act_for(cast.FOURTEEN).get(direct).submit()
    assert asked(guardian) == "allergy" and "checked" not in guardian.html
    assert guardian.get(teen.path).status == 404
    assert asked(teen.get(direct).submit()) == ("kontrollera" if sent else "told"), "who told it goes on"


def test_two_in_a_booking_answer_one_each(portal: Flask, place: Place) -> None:
    browser = let_in(portal, place.book(cast.BOOKER, cast.EIGHTY))
    assert "Person 2" in browser.html
    page = browser.path
    for n in (1, 2):
        begin(browser.get(page), n).submit(answer="no").submit(answer="no").submit()
        assert browser.path.endswith("/klart")
    assert place.count(Declaration.sent_at.is_not(None)) == 2
    with place.database.reading() as session:
        assert len(set(session.scalars(select(Declaration.person_id)))) == 2


def test_another_browser_gets_what_does_not_exist(portal: Flask, place: Place) -> None:
    mine = begin(let_in(portal, place.book()))
    for other in (Browser(portal), Browser(portal).log_in(cast.GUARDIAN)):
        assert other.get(mine.path).status == 404
        assert other.get("/hd/1/" + "x" * 22 + "/fraga/allergy").status == 404
    assert Browser(portal).log_in(cast.BOOKER).get(mine.path).status == 200, "but the person, logged in, goes on"


def test_without_leave_the_booking_asks_who_it_is(portal: Flask, place: Place) -> None:
    stranger = Browser(portal).get(place.book())
    assert "/halsodeklaration/" not in stranger.html and re.search(r'href="/a/[^"]*/halsodeklaration"', stranger.html)
    token = re.findall(r'name="csrf_token" value="([^"]*)"', stranger.html)[0]
    answer = stranger.client.post(f"{stranger.path}/halsodeklaration/1", data={"csrf_token": token})
    assert answer.status_code == 303 and place.count() == 0


# --- with the ticket in hand ----------------------------------------------------------------------------------------------


def arrive(portal: Flask, place: Place, clock: FixedClock, *coming: cast.Member) -> Browser:
    """Somebody who has registered arrival by the ticket's QR code, in a browser of their own."""
    place.book(*coming, minute=540)
    clock.set(NINE - timedelta(minutes=20))
    with place.database.reading() as session:
        found = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
        assert found is not None
        ticket = f"/a/{booking.arrival_link_of(the_tools().vault, found)}"
    return Browser(portal).get(ticket).submit()


def test_on_arrival_a_date_of_birth_leads_to_the_questions(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = arrive(portal, place, clock)
    ticket = browser.path
    assert "Svara på frågor om hälsan medan du väntar" in browser.html
    browser.get(f"{ticket}/halsodeklaration").submit("identify", birth_date="1951-03-15")
    assert browser.status == 422 and place.count() == 0
    browser.submit("identify", birth_date=cast.BOOKER.born.isoformat())
    assert asked(browser) == "allergy"
    browser.submit(answer="no").submit(answer="no").submit()
    assert browser.path.endswith("/klart") and f'href="{ticket}"' in browser.html
    assert "/b/" not in browser.html.split("<main")[1], "the ticket opens nothing but the declaration"
    assert "medan du väntar" not in browser.get(ticket).html


def test_on_another_day_nobody_is_sent_to_a_ticket_that_says_so(portal: Flask, place: Place) -> None:
    """By the booking's link, without having opened it."""
    browser = Browser(portal).get(place.book())
    [way] = re.findall(r'href="(/a/[^"]*/halsodeklaration)"', browser.html)
    browser.get(way).submit("identify", birth_date=cast.BOOKER.born.isoformat())
    browser.submit(answer="no").submit(answer="no").submit()
    assert browser.path.endswith("/klart")
    assert "Till mottagningens sida" in browser.html and "Till biljetten" not in browser.html


def test_by_the_poster_nothing_is_said_twice_and_each_has_a_button(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = arrive(portal, place, clock, cast.BOOKER, cast.GUARDIAN)
    with place.database.reading() as session:
        made = session.scalars(select(Booking)).one()
    told = {"code": made.code, "birth_date": cast.BOOKER.born.isoformat()}
    browser = Browser(portal).get(f"/ankomst/{made.clinic_id}").submit("identify", **told)
    position = re.findall(r'name="position" value="(\d)"', browser.html)
    assert position == ["1", "2"]
    at = f"{browser.path}/halsodeklaration"
    token = re.findall(r'name="csrf_token" value="([^"]*)"', browser.html)[0]
    answer = browser.client.post(at, data={"csrf_token": token, "position": "2"}, follow_redirects=True)
    assert answer.request.path.endswith("/fraga/allergy")
    with place.database.reading() as session:
        made_for = session.scalars(select(Visit.position).join(Declaration, Declaration.visit_id == Visit.id)).all()
        assert made_for == [2]
    for odd in ("3", "0", "-1"):
        assert browser.client.post(at, data={"csrf_token": token, "position": odd}).location == at


def test_where_the_clinic_demands_it_the_ticket_leads_to_the_e_id(portal: Flask, place: Place, clock: FixedClock) -> None:
    place.change_clinic(eid_declaration=True)
    browser = arrive(portal, place, clock)
    browser.get(f"{browser.path}/halsodeklaration")
    assert 'name="birth_date"' not in browser.html and "med e-legitimation" in browser.html
    here = browser.path
    browser.log_in(cast.BOOKER).get(here).submit("answer-1")
    assert asked(browser) == "allergy"


def test_whoever_waits_late_may_answer_and_who_is_done_may_not(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = arrive(portal, place, clock)
    ticket = browser.path
    clock.set(NINE + timedelta(minutes=45))
    browser.get(f"{ticket}/halsodeklaration").submit("identify", birth_date=cast.BOOKER.born.isoformat())
    assert asked(browser) == "allergy", "the clinic is late, and the time of the visit is over"
    with place.database.writing() as session:
        for act in (Act.START, Act.FINISH):
            arrivals.change(session, SYSTEM, session.scalars(select(Visit)).one(), act, clock.now())
    assert "medan du väntar" not in browser.get(ticket).html
    assert browser.get(f"{ticket}/halsodeklaration").status == 404


def test_a_parent_is_not_sent_round_in_a_circle(portal: Flask, place: Place, clock: FixedClock) -> None:
    """Logged in as herself, with a ticket for the child at a clinic that takes answers with e-ID."""
    place.change_clinic(eid_declaration=True)
    browser = arrive(portal, place, clock, cast.CHILD)
    ticket = browser.path
    browser.log_in(cast.GUARDIAN).get(ticket)
    assert 'action="/a/' not in browser.html
    browser.get(f"{ticket}/halsodeklaration")
    assert "Gäller det ditt barn?" in browser.html and 'id="answer-1"' not in browser.html


def test_what_was_begun_with_e_id_is_not_gone_on_with_by_the_ticket(portal: Flask, place: Place, clock: FixedClock) -> None:
    """Which questions are asked would tell what was answered."""
    browser = arrive(portal, place, clock)
    ticket = browser.path
    home = Browser(portal).log_in(cast.BOOKER).get(f"{ticket}/halsodeklaration").submit("answer-1").submit(answer="yes")
    assert asked(home) == "allergy-to"
    browser.get(f"{ticket}/halsodeklaration").submit("identify", birth_date=cast.BOOKER.born.isoformat())
    assert asked(browser) == "allergy" and place.count() == 2
    assert asked(home.get(home.path)) == "allergy-to", "and it is gone on with where it was begun"


def test_dates_of_birth_can_not_be_tried_through(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = arrive(portal, place, clock)
    link = place_link(place)
    browser.get(f"{browser.path}/halsodeklaration")
    found = [browser.submit("identify", birth_date=f"1951-03-{day:02}").status for day in range(1, 10)]
    assert found == [422] * 8 + [429]
    beside = Browser(portal).get("/min-bokning")
    token = re.findall(r'name="csrf_token" value="([^"]*)"', beside.html)[0]
    told = {"csrf_token": token, "birth_date": cast.BOOKER.born.isoformat()}
    assert beside.client.post(f"{link}/visa", data=told).status_code == 429, "nor by the booking's link beside it"


def test_when_the_visit_is_over_or_cancelled_nothing_is_begun(portal: Flask, place: Place, clock: FixedClock) -> None:
    browser = let_in(portal, place.book())
    clock.advance(minutes=7 * 24 * 60)
    token = re.findall(r'name="csrf_token" value="([^"]*)"', browser.html)[0]
    assert browser.client.post(f"{browser.path}/halsodeklaration/1", data={"csrf_token": token}).status_code == 404
    assert "/halsodeklaration/" not in browser.get(browser.path).html


# --- what was begun is finished -------------------------------------------------------------------------------------------


def test_a_changed_question_does_not_change_what_somebody_is_answering(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book())).submit(answer="no")
    with place.database.writing() as session:
        definition = session.get_one(Definition, place.definition.id)
        telling.change(session, definition, (a_question("ill", text={"sv": "En annan fråga?"}), a_question("new")), 30, START)
    browser.get(browser.path)
    assert asked(browser) == "ill" and "En annan fråga?" not in browser.html
    browser.submit(answer="no").submit()
    assert place.said() == {"allergy": ("no",), "ill": ("no",)}
    assert asked(begin(let_in(portal, place_link(place)))) == "ill", "the next one asks the new"


def test_sent_twice_it_is_sent_once(portal: Flask, place: Place) -> None:
    browser = begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no")
    page, token = browser.path, re.findall(r'name="csrf_token" value="([^"]*)"', browser.html)[0]
    for _ in range(2):
        browser.answer = browser.client.post(page, data={"csrf_token": token}, follow_redirects=True)
        assert browser.path.endswith("/klart")
    assert browser.get(page).path.endswith("/klart") and browser.get(page.replace("kontrollera", "fraga/ill")).path.endswith(
        "/klart"
    )
    with place.database.reading() as session:
        assert session.scalar(select(func.count()).where(AccessLogRow.action == Action.DECLARED)) == 1


# --- the clinic's own link ------------------------------------------------------------------------------------------------


def test_by_the_clinics_link_known_and_unknown_numbers_answer_alike(portal: Flask, place: Place) -> None:
    place.book()
    pages, costs = [], []
    browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=cast.GUARDIAN.number)
    for who in (cast.BOOKER, cast.STRANGER):
        browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}")
        with count_statements(place.database) as sent:
            browser.submit(identity=who.number)
        costs.append(len(sent))
        pages.append(re.sub(r"/hd/\d+/[\w-]{22}|nonce-?=?.[^\s\"']*|value=\"[^\"]*\"", "", browser.html))
    assert pages[0] == pages[1] and asked(browser) == "allergy"
    assert costs[0] == costs[1], costs


def test_a_stranger_never_goes_on_with_what_another_began(portal: Flask, place: Place) -> None:
    address = f"/hd/{place.offer.clinic.id}"
    for _ in range(2):
        Browser(portal).get(address).submit(identity=cast.BOOKER.number).submit(answer="no")
    assert place.count() == 2


def test_where_none_is_chosen_the_systems_own_serves(portal: Flask, place: Place) -> None:
    with place.database.writing() as session:
        session.execute(update(Definition).values(drop_in=False))
    browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=cast.BOOKER.number)
    assert asked(browser) == bank().of_system.form[0].key


@pytest.mark.parametrize("own", [True, False])
def test_a_clinic_with_its_module_has_one_of_its_own(portal: Flask, place: Place, own: bool) -> None:
    with place.database.writing() as session:
        clinic = session.get_one(Clinic, place.offer.clinic.id)
        mine = telling.define(session, clinic.unit.provider_id, "Egen", "", (a_question("own"),), None, START)
        telling.choose_for_drop_in(session, clinic.id, mine.id)
        if own:
            clinic.modules.append(ModuleSwitch(module=Module.OWN_DROP_IN))
    browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=cast.BOOKER.number)
    assert asked(browser) == ("own" if own else "allergy")


@pytest.mark.parametrize("values", [{"declaration_link": False}, {"activated_at": None}])
def test_without_the_setting_there_is_no_link(portal: Flask, place: Place, values: dict[str, object]) -> None:
    place.change_clinic(**values)
    for path in ("", "/affisch"):
        assert Browser(portal).get(f"/hd/{place.offer.clinic.id}{path}").status == 404


def test_without_its_module_neither(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        modules = [module for module in CLINIC_MODULES if module is not Module.DROP_IN]
        clinic = a_clinic(session, modules=modules, declaration_link=True)
    assert Browser(portal).get(f"/hd/{clinic.id}").status == 404


def test_where_eid_is_demanded_one_logs_in_first(portal: Flask, place: Place) -> None:
    place.change_clinic(eid_declaration=True)
    assert Browser(portal).get(f"/hd/{place.offer.clinic.id}").path == "/logga-in"
    opened = let_in(portal, place.book())
    assert "/b/" not in "".join(re.findall(r'action="([^"]*/halsodeklaration[^"]*)"', opened.html))
    [way] = re.findall(r'href="(/a/[^"]*/halsodeklaration)"', opened.html)
    assert "med e-legitimation" in opened.get(way).html and "tillsammans" in opened.html
    home = Browser(portal).log_in(cast.BOOKER).get(f"/hd/{place.offer.clinic.id}")
    assert "Du svarar för dig själv." in home.html and 'name="identity"' not in home.html
    assert asked(home.submit()) == "allergy"


@pytest.mark.parametrize(("typed", "said"), [("", "Skriv personnumret"), ("198503149803", "Personnumret stämmer inte")])
def test_what_is_no_number_is_said(portal: Flask, place: Place, typed: str, said: str) -> None:
    browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=typed)
    assert browser.status == 422 and said in browser.html


# --- every kind of question, in every language -----------------------------------------------------------------------------

GIVEN = {Kind.TEXT: "något", Kind.NUMBER: "7", Kind.DATE: "2026-11-01"}


@pytest.mark.parametrize("language", ["sv", "en", "fi", "ar"])
def test_the_shipped_bank_is_answered_to_its_end_in_every_language(portal: Flask, place: Place, language: str) -> None:
    with place.database.writing() as session:
        definition = session.get_one(Definition, place.definition.id)
        telling.change(session, definition, bank().questions, 90, START)
    browser = Browser(portal).get(f"/hd/{place.offer.clinic.id}?lang={language}").submit(identity=cast.BOOKER.number)
    questions = {one.key: one for one in bank().questions}
    seen = []
    while "/fraga/" in browser.path:
        question = questions[asked(browser)]
        seen.append(question.key)
        assert question.text[language] in browser.html.replace("&#39;", "'")
        browser.submit(answer=question.answers[0] if question.answers else GIVEN[question.kind], **{"answer-mer": "mer"})
        assert browser.status == 200, question.key
    assert len(seen) == len(set(seen)) > 20
    browser.submit()
    assert browser.path.endswith("/klart") and set(place.said()) == set(seen)
