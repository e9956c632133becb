"""What staff see of health declarations, and what they do with them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from journal_core.actor import SYSTEM
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Visit
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import Level
from journal_core.declarations.model import Declaration, DeclarationAnswer, Definition
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    KEYS,
    MONDAY,
    a_provider,
    a_staff_account,
)
from tests.build.clocks import START, FixedClock
from tests.build.declaring import TOLD, Place, a_full_day, a_nurse, a_place, asked, begin, let_in, visit_page
from tests.build.forms import FORM, a_question, after
from tests.build.listener import noted_lines
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements
from tests.build.states.ways import NINE


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture
def place(sqlite_database: Database) -> Place:
    return a_place(sqlite_database)


@pytest.fixture
def nurse(portal: Flask, place: Place) -> Browser:
    return a_nurse(portal, place)


def mark(nurse: Browser) -> str:
    nurse.get("/personal?dag=2026-11-23")
    return str(re.findall(r'class="know">\s*<li class="(\w+)"', nurse.html)[0])


def test_the_list_says_how_it_stands_in_shape_and_words(portal: Flask, place: Place, nurse: Browser) -> None:
    link = place.book()
    assert mark(nurse) == "missing" and "Ingen hälsodeklaration" in nurse.html
    begin(let_in(portal, link)).submit(answer="no").submit(answer="no").submit()
    assert mark(nurse) == "fine" and "Hälsodeklaration utan avvikelser" in nurse.html
    begin(let_in(portal, link)).submit(answer="yes").submit(answer="latex").submit(answer="no").submit()
    assert mark(nurse) == "look" and "Hälsodeklaration: titta" in nurse.html
    begin(let_in(portal, link)).submit(answer="yes").submit(answer="egg").submit(answer=TOLD).submit(answer="no").submit()
    assert mark(nurse) == "stop" and "Hälsodeklaration: fråga först" in nurse.html


def test_what_deviates_comes_first_in_the_words_that_were_read(portal: Flask, place: Place, nurse: Browser) -> None:
    link = place.book()
    browser = let_in(portal, link)
    browser.get(f"{browser.path}?lang=fi")
    begin(browser).submit(answer="yes").submit(answer="egg").submit(answer=TOLD).submit(answer="no").submit()
    nurse.get(visit_page(nurse) + "/halsodeklaration")
    order = [nurse.html.index(f">{key} (fi)<") for key in ("allergy", "allergy-to", "told", "ill")]
    assert order == sorted(order) and "allergy-to (sv)" in nurse.html and "<b>halsen" not in nurse.html
    assert 'lang="fi"' in nurse.html and "Fråga först" in nurse.html
    assert place.looks() == 1
    nurse.get(visit_page(nurse))
    assert "Fråga först" in nurse.html and place.looks() == 2, "the visit's page shows what deviates"


def test_comments_stay_and_an_empty_one_is_refused(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    page = visit_page(nurse) + "/halsodeklaration"
    nurse.get(page)
    number = re.findall(r"kommentar-(\d+)", nurse.html)[0]
    token = re.findall(r'name="csrf_token" value="([^"]*)"', nurse.html)[0]
    for words in ("", "Vi har <i>talats</i> vid."):
        data = {"csrf_token": token, f"kommentar-{number}": words}
        nurse.answer = nurse.client.post(f"{page}/{number}/kommentar", data=data, follow_redirects=True)
        assert nurse.status == (200 if words else 422)
    assert "&lt;i&gt;talats" in nurse.html


def test_together_with_the_person_follow_ups_come_when_it_is_saved(place: Place, nurse: Browser) -> None:
    place.book()
    page = visit_page(nurse) + "/halsodeklaration"
    nurse.get(f"{page}/fyll-i").submit(allergy="yes", ill="no")
    assert nurse.status == 422 and 'name="allergy-to"' in nurse.html and 'id="allergy-yes" value="yes" checked' in nurse.html
    nurse.submit(**{"allergy": "yes", "allergy-to": "latex", "ill": "no"})
    assert nurse.path == page and "tillsammans med personalen" in nurse.html
    assert place.said() == {"allergy": ("yes",), "allergy-to": ("latex",), "ill": ("no",)}
    nurse.get(f"{page}/fyll-i")
    assert 'id="allergy-to-latex" value="latex" checked' in nurse.html, "what was told is there to go through"


def test_staff_may_choose_another_definition_at_the_visit(place: Place, nurse: Browser) -> None:
    place.book()
    with place.database.writing() as session:
        provider_id = session.get_one(Definition, place.definition.id).provider_id
        other = telling.define(session, provider_id, "Resa", "", (a_question("travel"),), None, START)
        elsewhere = telling.define(session, a_provider(session).id, "Andras", "", (a_question("x"),), None, START)
    page = visit_page(nurse) + "/halsodeklaration"
    address = re.findall(r'href="([^"]*definition=\d+)"', nurse.get(page).html)
    assert address == [f"{page}/fyll-i?definition={other.id}"]
    nurse.get(address[0]).submit(travel="yes")
    assert nurse.path == page and place.said() == {"travel": ("yes",)} and "Gäller det här besöket." in nurse.html
    assert 'name="allergy"' in nurse.get(f"{page}/fyll-i?definition={elsewhere.id}").html, "what the visit asks for"


def test_what_can_not_be_read_is_said_and_the_list_goes_on(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    with place.database.writing() as session:
        session.execute(update(DeclarationAnswer).values(answer=KEYS.seal("elsewhere", "{}")))
        session.execute(update(Declaration).values(summary=KEYS.seal("elsewhere", "{}")))
    assert mark(nurse) == "stop" and "Hälsodeklarationen går inte att läsa" in nurse.html
    nurse.get(visit_page(nurse) + "/halsodeklaration")
    assert nurse.status == 200 and "Svaren går inte att läsa." in nurse.html


def test_a_follow_up_of_a_choice_waits_for_one_of_several_answers(portal: Flask, place: Place) -> None:
    with place.database.writing() as session:
        form = (a_question("ill"), a_question("more", after=(after("ill", "yes", "no"),)))
        telling.change(session, session.get_one(Definition, place.definition.id), form, None, START)
    assert asked(begin(let_in(portal, place.book())).submit(answer="no")) == "more"


def test_what_is_planted_is_in_no_log_and_in_no_byte_of_the_database(portal: Flask, place: Place, nurse: Browser) -> None:
    planted = "Jordnötsallergichock"
    with noted_lines() as lines:
        browser = begin(let_in(portal, place.book())).submit(answer="yes").submit(answer="egg").submit(answer=planted)
        browser.submit(answer="yes", **{"answer-mer": planted}).submit()
        nurse.get(visit_page(nurse) + "/halsodeklaration")
        assert planted in nurse.html
    assert len(lines) > 10 and [line for line in lines if planted in line] == []
    assert place.database.path is not None
    for file in place.database.path.parent.glob(f"{place.database.path.name}*"):
        assert planted.encode() not in file.read_bytes(), file.name


def test_the_mark_leads_to_what_was_told_and_stands_on_the_paper_too(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="yes").submit(answer="egg").submit(answer=TOLD).submit(
        answer="no"
    ).submit()
    page = visit_page(nurse)
    assert f'<a href="{page}/halsodeklaration">Hälsodeklaration: fråga först</a>' in nurse.html
    assert "Hälsodeklaration: fråga först" in nurse.get("/personal/utskrift?dag=2026-11-23").html


@pytest.mark.parametrize("sent", [True, False])
def test_who_may_read_none_sees_that_one_is_missing_and_no_mark(portal: Flask, place: Place, sent: bool) -> None:
    link = place.book()
    if sent:
        begin(let_in(portal, link)).submit(answer="yes").submit(answer="egg").submit(answer=TOLD).submit(answer="no").submit()
    with place.database.writing() as session:
        clinic = session.merge(place.offer.clinic)
        a_staff_account(session, clinic, Role.BOOKING_ONLY, who=cast.NURSE_ELSEWHERE)
    desk = Browser(portal).log_in(cast.NURSE_ELSEWHERE, staff=True)
    page = visit_page(desk)
    for path in ("/personal?dag=2026-11-23", "/personal/utskrift?dag=2026-11-23", page):
        html = desk.get(path).html
        assert ("Ingen hälsodeklaration" in html) is not sent
        assert "fråga först" not in html.lower() and "egg" not in html


def test_a_long_answer_is_scrolled_and_a_comment_says_by_whom(portal: Flask, place: Place, nurse: Browser) -> None:
    long = TOLD + " och mer." * 60
    begin(let_in(portal, place.book())).submit(answer="yes").submit(answer="egg").submit(answer=long).submit(
        answer="no"
    ).submit()
    page = visit_page(nurse)
    for path in (page, f"{page}/halsodeklaration"):
        assert nurse.get(path).html.count('class="long" tabindex="0"') == 1
    number = re.findall(r"kommentar-(\d+)", nurse.html)[0]
    token = re.findall(r'name="csrf_token" value="([^"]*)"', nurse.html)[0]
    data = {"csrf_token": token, f"kommentar-{number}": "Vi har talats vid."}
    nurse.client.post(f"{page}/halsodeklaration/{number}/kommentar", data=data)
    assert f"<bdi>{cast.NURSE_HERE.given_name} {cast.NURSE_HERE.family_name}</bdi>, " in nurse.get(nurse.path).html


@pytest.mark.parametrize("marked", [True, False])
def test_at_a_visit_that_asks_for_none_the_one_for_drop_in_is_preset(place: Place, nurse: Browser, marked: bool) -> None:
    place.book()
    with place.database.writing() as session:
        telling.require(session, place.offer.kind.id, None)
        session.get_one(Definition, place.definition.id).drop_in = marked
    page = visit_page(nurse)
    assert "fyll-i" not in nurse.get(page).html and f'href="{page}/halsodeklaration"' in nurse.html
    nurse.get(f"{page}/halsodeklaration/fyll-i")
    assert ('name="ill"' in nurse.html) is marked and ('name="fever-today"' in nurse.html) is not marked
    if marked:
        nurse.submit(allergy="no", ill="no")
        assert "Gäller det här besöket." in nurse.html and mark(nurse) == "fine"


def test_together_old_answers_stand_only_under_the_same_questions(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    page = visit_page(nurse) + "/halsodeklaration/fyll-i"
    assert nurse.get(page).html.count(" checked") == 2
    with place.database.writing() as session:
        other = [a_question(one.key, text={"sv": "Är du frisk?"}) if one.key == "ill" else one for one in FORM]
        telling.change(session, session.get_one(Definition, place.definition.id), other, 30, START)
    assert nurse.get(page).html.count(" checked") == 1 and 'id="ill-no" value="no" checked' not in nurse.html


def test_a_day_of_three_hundred_with_their_marks_asks_as_much_as_one_of_five(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        clinic = a_full_day(session, 300)
        a_full_day(session, 5, clinic, MONDAY + timedelta(days=1))
        a_staff_account(session, clinic, Role.NURSE)
    nurse = Browser(a_portal(database, clock)).log_in(cast.NURSE_HERE, staff=True)
    asked_for = []
    for day, visits in ((MONDAY, 300), (MONDAY + timedelta(days=1), 5)):
        nurse.get(f"/personal?dag={day}")  # The register has been asked about whoever it had not told of.
        with count_statements(database) as sent:
            nurse.get(f"/personal?dag={day}")
        assert nurse.html.count(">Hälsodeklaration: titta</a>") == visits
        asked_for.append(len(sent))
    assert asked_for[0] == asked_for[1] <= 14


# --- whose words count ----------------------------------------------------------------------------------------------------


def test_what_a_stranger_tells_makes_no_mark_milder(portal: Flask, place: Place, nurse: Browser) -> None:
    """Anybody who knows a number can send by the clinic's own link."""
    link = place.book()
    begin(let_in(portal, link)).submit(answer="yes").submit(answer="egg").submit(answer=TOLD).submit(answer="no").submit()
    stranger = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=cast.BOOKER.number)
    stranger.submit(answer="no").submit(answer="no").submit()
    assert stranger.path.endswith("/klart") and mark(nurse) == "stop"
    assert "allergy-to (sv)" in nurse.get(visit_page(nurse)).html
    with place.database.writing() as session:
        visit = session.scalars(select(Visit)).one()
        for act in (Act.ARRIVE, Act.START, Act.FINISH):
            arrivals.change(session, SYSTEM, visit, act, NINE)
    assert mark(nurse) == "stop", "nor once the visit is done"
    with place.database.writing() as session:
        for _step in range(3):
            arrivals.change(session, SYSTEM, session.scalars(select(Visit)).one(), Act.UNDO, NINE)
    begin(let_in(portal, link)).submit(answer="no").submit(answer="no").submit()
    assert mark(nurse) == "fine", "but whoever has the booking can"


def test_to_other_questions_neither(portal: Flask, place: Place, nurse: Browser) -> None:
    place.book()
    with place.database.writing() as session:
        provider_id = session.get_one(Definition, place.definition.id).provider_id
        asks = (a_question("other", deviates={"yes": Level.STOP}),)
        other = telling.define(session, provider_id, "Drop-in", "", asks, 30, START)
        session.execute(update(Definition).values(drop_in=Definition.id == other.id))
    direct = f"/hd/{place.offer.clinic.id}"
    Browser(portal).log_in(cast.BOOKER).get(direct).submit().submit(answer="yes").submit()
    assert mark(nurse) == "stop"
    Browser(portal).get(direct).submit(identity=cast.BOOKER.number).submit(answer="no").submit()
    assert mark(nurse) == "stop"


@pytest.mark.parametrize(("answers", "kind", "words"), [(["no"], "missing", "utan avvikelser"), (["yes"], "look", "titta")])
def test_what_was_told_to_other_questions_is_pointed_at(
    portal: Flask, place: Place, nurse: Browser, answers: list[str], kind: str, words: str
) -> None:
    place.book()
    with place.database.writing() as session:
        clinic = session.merge(place.offer.clinic)
        asks = (a_question("other", deviates={"yes": Level.LOOK}),)
        other = telling.define(session, clinic.unit.provider_id, "Drop-in", "", asks, 30, START)
        session.execute(update(Definition).values(drop_in=Definition.id == other.id))
        a_staff_account(session, clinic, Role.BOOKING_ONLY, who=cast.NURSE_ELSEWHERE)
    stranger = Browser(portal).get(f"/hd/{place.offer.clinic.id}").submit(identity=cast.BOOKER.number)
    stranger.submit(answer=answers[0]).submit()
    assert mark(nurse) == kind and f"{visit_page(nurse)}/halsodeklaration" in nurse.html
    assert re.search(rf"Bara en annan hälsodeklaration[:,] {words}", nurse.html)
    desk = Browser(portal).log_in(cast.NURSE_ELSEWHERE, staff=True)
    assert mark(desk) == "missing" and "Bara en annan" not in desk.html


def test_a_common_answer_stands_as_it_was_read_and_ones_own_words_once(portal: Flask, place: Place, nurse: Browser) -> None:
    browser = let_in(portal, place.book())
    browser.get(f"{browser.path}?lang=en")
    begin(browser).submit(answer="no").submit(answer="yes", **{"answer-mer": "Some fever"}).submit()
    html = nurse.get(visit_page(nurse) + "/halsodeklaration").html
    assert '<bdi lang="en" dir="ltr">Yes</bdi>' in html and "<bdi>Ja</bdi>" in html and html.count("Some fever") == 1
