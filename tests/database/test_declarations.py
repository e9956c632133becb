"""Declarations as they are begun, answered and sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from config.declarations import bank
from journal_core.actor import LINK
from journal_core.audit.model import AccessLogRow, Action
from journal_core.declarations import queries, refusals, rules, use_cases
from journal_core.declarations.form import About, Answer, Level, Question
from journal_core.declarations.use_cases import Subject
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from portal.web.languages import LANGUAGES
from tests.build.builders import (
    KEYS,
)
from tests.build.clocks import START
from tests.build.forms import ABOUT, FORM, a_question, answers_to, forms
from tests.build.told import ALL_FINE, DEVIATING, a_place, a_visit, begun, told


def test_what_is_sent_is_exactly_what_was_shown(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = begun(session, place, a_visit(session, place))
        use_cases.answer(session, KEYS, made, DEVIATING, "sv", None, START)
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("no",))}, "fi", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        assert {key: one.answer for key, one in use_cases.told(KEYS, made).items()} == ALL_FINE
        assert use_cases.told(KEYS, made)["allergy"].language == "fi"
        assert use_cases.deviating(KEYS, made) == {}
        logged = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.DECLARED)).one()
        assert logged.person_id == made.person_id


def test_what_deviates_is_known_without_reading_the_answers(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = told(session, place, a_visit(session, place), DEVIATING)
        assert use_cases.deviating(KEYS, made) == {"allergy": Level.LOOK, "allergy-to": Level.STOP, "told": Level.LOOK}


def test_unfinished_it_is_not_sent_and_sent_it_stands(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = begun(session, place, a_visit(session, place))
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("yes",)), "ill": Answer(("no",))}, "sv", None, START)
        with pytest.raises(Refusal) as refused:
            use_cases.send(session, LINK, KEYS, made, START)
        assert refused.value.code == refusals.UNFINISHED and made.sent_at is None
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("no",))}, "sv", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        use_cases.send(session, LINK, KEYS, made, START + timedelta(hours=1))
        assert made.sent_at == START, "sent twice it was sent once"
        with pytest.raises(Refusal) as refused:
            use_cases.answer(session, KEYS, made, ALL_FINE, "sv", None, START)
        assert refused.value.code == refusals.ALREADY_SENT


def test_who_began_finishes_the_version_that_was_begun(database: Database) -> None:
    """What was answered stays tied to what was asked, to the letter."""
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        made = begun(session, place, visit)
        other = (a_question("allergy", text={"sv": "En annan fråga"}), a_question("new"))
        use_cases.change(session, place.definition, other, 30, START)
        use_cases.answer(session, KEYS, made, ALL_FINE, "sv", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        assert use_cases.form_of(made) == FORM and made.version.number == 1
        later = begun(session, place, visit)
        assert later.version.number == 2 and use_cases.form_of(later) == other


def test_a_change_that_changes_nothing_is_no_version(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        assert use_cases.change(session, place.definition, FORM, None, START).number == 1
        with pytest.raises(Refusal) as refused:
            use_cases.change(session, place.definition, FORM, 366, START)
        assert refused.value.code == refusals.VALIDITY


def test_earlier_answers_are_copied_where_the_question_is_the_same(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        old = told(session, place, visit, DEVIATING)
        other = tuple(a_question("ill") if one.key == "ill" else one for one in FORM)
        use_cases.change(session, place.definition, other, None, START)
        new = begun(session, place, visit)
        use_cases.copy_answers(session, KEYS, old, new, "ny", START)
        assert use_cases.told(KEYS, new).keys() == {"allergy", "allergy-to", "told"}, (
            "the one that was worded anew is asked anew"
        )


def test_the_systems_own_is_written_once_and_follows_what_is_shipped(database: Database) -> None:
    shipped = bank().of_system
    with database.writing() as session:
        first = use_cases.system_definition(session, shipped, START)
        assert use_cases.system_definition(session, shipped, START).id == first.id
        assert len(first.versions) == 1 and first.provider_id is None


@given(form=forms(), about=ABOUT, data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_answered_in_whatever_order_exactly_what_is_shown_is_stored(
    sqlite_database: Database, form: tuple[Question, ...], about: About, data: st.DataObject
) -> None:
    """Any form that can be saved, in any language, with changes of mind."""
    assume(not rules.faults(form))
    with sqlite_database.writing() as session:
        place = a_place(session, form=form)
        visit = a_visit(session, place)
        subject = Subject(visit.person_id, place.provider_id, place.offer.clinic.id, about, visit.id)
        made = use_cases.begin(session, LINK, queries.newest(session, place.definition.id), subject, None, START)
        said: dict[str, Answer] = {}
        read: dict[str, str] = {}

        def say(question: Question) -> None:
            said[question.key] = data.draw(answers_to(question))
            read[question.key] = data.draw(st.sampled_from(list(LANGUAGES)))
            use_cases.answer(session, KEYS, made, {question.key: said[question.key]}, read[question.key], None, START)

        def say_all() -> None:
            while (waiting := rules.unanswered(form, said, about)) is not None:
                say(waiting)

        say_all()
        awaited = {one.question for question in form for one in question.after}
        for _change in range(3):
            for question in rules.asked(form, said, about):
                if question.key in awaited:
                    say(question)
            if data.draw(st.booleans()):
                say_all()
        say_all()
        use_cases.send(session, LINK, KEYS, made, START)
        shown_keys = [one.key for one in rules.asked(form, said, about)]
        kept = use_cases.told(KEYS, made)
        assert {key: (one.answer, one.language) for key, one in kept.items()} == {
            key: (said[key], read[key]) for key in shown_keys
        }
