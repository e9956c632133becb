"""Staff fill in a declaration together with the person, and write beside it: what was read is what is kept, once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from journal_core.actor import SYSTEM, Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Booking, Visit
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import Kind, Level, Question
from journal_core.declarations.model import (
    Declaration,
    DeclarationAnswer,
    DeclarationComment,
    DeclarationUse,
    Definition,
    DefinitionVersion,
)
from journal_core.transaction import Database
from tests.build.builders import KEYS
from tests.build.clocks import START, FixedClock
from tests.build.declaring import Place, a_nurse, a_place, begin, let_in, visit_page
from tests.build.forms import FORM, a_question, after
from tests.build.site import Browser, a_portal
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


def declarations_of(nurse: Browser) -> str:
    return visit_page(nurse) + "/halsodeklaration"


def twice(nurse: Browser, path: str, **typed: str) -> None:
    """The form of the page that is shown, sent by two presses of its button."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', nurse.html))
    for _press in range(2):
        answer = nurse.client.post(path, data={**fields, **typed})
        assert answer.status_code == 303


def change_form(place: Place, *form: Question) -> None:
    with place.database.writing() as session:
        telling.change(session, session.get_one(Definition, place.definition.id), form, 30, START)


def test_what_was_read_out_is_what_is_kept(place: Place, nurse: Browser) -> None:
    place.book()
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i")
    change_form(place, a_question("allergy", text={"sv": "Är du fri från allergi?"}, deviates={"no": Level.STOP}), *FORM[4:])
    nurse.submit(allergy="no", ill="no")
    assert nurse.path == page and "allergy (sv)" in nurse.html and "Är du fri" not in nurse.html
    assert "Inget svar avviker." in nurse.html


def test_a_definition_that_is_retired_meanwhile_is_finished(place: Place, nurse: Browser) -> None:
    place.book()
    with place.database.writing() as session:
        provider_id = session.get_one(Definition, place.definition.id).provider_id
        form = (a_question("allergy", text={"sv": "En annan fråga?"}), a_question("ill"))
        other = telling.define(session, provider_id, "Resa", "", form, None, START)
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i?definition={other.id}")
    with place.database.writing() as session:
        session.get_one(Definition, other.id).retired_at = START
    nurse.submit(allergy="no", ill="no")
    with place.database.reading() as session:
        assert session.scalars(select(Declaration)).one().version.definition_id == other.id


@pytest.mark.parametrize("typed", ["", "0", "x", "999999", "9" * 19, "9" * 400])
def test_another_providers_version_or_none_is_refused(place: Place, nurse: Browser, typed: str) -> None:
    place.book()
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', nurse.html))
    for name, value in (("version", typed), ("reference", typed)):
        answer = nurse.client.post(f"{page}/fyll-i", data={**fields, name: value, "allergy": "no", "ill": "no"})
        assert answer.status_code == 404
    assert place.count() == 0


def test_sent_twice_it_is_saved_once(place: Place, nurse: Browser) -> None:
    place.book()
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i")
    twice(nurse, f"{page}/fyll-i", allergy="no", ill="no")
    assert place.count() == 1
    number = re.findall(r"kommentar-(\d+)", nurse.get(page).html)[0]
    twice(nurse, f"{page}/{number}/kommentar", **{f"kommentar-{number}": "Ringt, inget svar."})
    nurse.get(page)
    twice(nurse, f"{page}/{number}/kommentar", **{f"kommentar-{number}": "Ringt, inget svar."})
    with place.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeclarationComment)) == 2, "once for each page"


def test_after_a_step_back_what_is_corrected_is_saved_too(place: Place, nurse: Browser) -> None:
    place.book()
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', nurse.html))
    for ill in ("no", "yes", "yes"):
        nurse.client.post(f"{page}/fyll-i", data={**fields, "allergy": "no", "ill": ill})
    assert "Fråga först" in nurse.get(page).html and place.said()["ill"] == ("yes",)


def test_a_comment_is_sent_twice_though_a_colleague_wrote_between(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    page = declarations_of(nurse)
    number = re.findall(r"kommentar-(\d+)", nurse.get(page).html)[0]
    with place.database.writing() as session:
        found = session.get_one(Declaration, int(number))
        telling.comment(session, Actor(ActorKind.STAFF), KEYS, found, "Emellan", START)
    twice(nurse, f"{page}/{number}/kommentar", **{f"kommentar-{number}": "Ringt, inget svar."})
    with place.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeclarationComment)) == 2


def test_what_is_filled_in_before_is_in_the_log(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    page = declarations_of(nurse)
    before = place.looks()
    assert " checked" in nurse.get(f"{page}/fyll-i").html and place.looks() == before + 1


def test_where_earlier_answers_can_not_be_read_nothing_is_filled_in(portal: Flask, place: Place, nurse: Browser) -> None:
    begin(let_in(portal, place.book())).submit(answer="no").submit(answer="no").submit()
    with place.database.writing() as session:
        session.execute(update(DeclarationAnswer).values(answer=KEYS.seal("elsewhere", "{}")))
    nurse.get(f"{declarations_of(nurse)}/fyll-i")
    assert nurse.status == 200 and " checked" not in nurse.html


def test_follow_ups_are_asked_before_anything_is_saved_and_are_no_mistakes(place: Place, nurse: Browser) -> None:
    more = a_question("more", Kind.TEXT, optional=True, after=(after("allergy", "yes"),))
    change_form(place, FORM[0], more, FORM[4])
    place.book()
    page = declarations_of(nurse)
    nurse.get(f"{page}/fyll-i").submit(allergy="yes", ill="no")
    assert nurse.status == 422 and 'name="more"' in nurse.html and place.count() == 0
    assert "1 följdfråga har kommit fram." in nurse.html and "behöver rättas" not in nurse.html
    nurse.submit(allergy="yes", more="", ill="no")
    assert nurse.path == page and place.count() == 1


def test_what_is_missing_says_at_which_question(place: Place, nurse: Browser) -> None:
    place.book()
    nurse.get(f"{declarations_of(nurse)}/fyll-i").submit(allergy="no")
    assert re.search(r'<a href="#ill"><bdi>ill \(sv\)</bdi> Välj ett svar\.</a>', nurse.html)


def test_what_is_filled_in_at_a_visit_that_is_done_is_used_there(place: Place, nurse: Browser) -> None:
    with place.database.writing() as session:
        session.execute(update(DefinitionVersion).values(validity_days=None))
    place.book()
    with place.database.writing() as session:
        visit = session.scalars(select(Visit)).one()
        for act in (Act.ARRIVE, Act.START, Act.FINISH):
            arrivals.change(session, SYSTEM, visit, act, NINE)
    page = declarations_of(nurse)
    for _time in range(2):
        nurse.get(f"{page}/fyll-i").submit(allergy="no", ill="no")
    with place.database.reading() as session:
        assert session.scalars(select(DeclarationUse.declaration_id)).all() == [1]
    assert "Använd vid en vaccination." in nurse.html


def test_while_it_is_saved_nobody_changes_the_visit(
    postgres_database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else "Klar", pressed at the same instant, would use none. On SQLite whoever writes is alone."""
    place = a_place(postgres_database)
    place.book()
    nurse = a_nurse(a_portal(postgres_database, clock), place)
    nurse.get(f"{declarations_of(nurse)}/fyll-i")
    tried = []

    def beside(*_saved: object) -> None:
        with postgres_database.reading() as session, pytest.raises(OperationalError, match="could not obtain lock"):
            session.execute(select(Booking.id).with_for_update(nowait=True))
        tried.append(True)

    monkeypatch.setattr(arrivals, "declared_late", beside)
    nurse.submit(allergy="no", ill="no")
    assert tried == [True] and place.count() == 1
