"""A provider's own questions as they are kept, and what a change of one does to the definitions that ask it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.actor import Actor, ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.declarations import bank, queries, refusals, use_cases
from journal_core.declarations.form import Question
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build.builders import a_provider
from tests.build.clocks import START
from tests.build.forms import FORM, a_question, after

SHIPPED = FORM
ADMIN = Actor(ActorKind.STAFF, 1, 1)
ILL = next(one for one in FORM if one.key == "ill")
BEFORE = bank.version(ILL)


def save(session: Session, provider_id: int, question: Question, seen: str | None = None) -> None:
    now = bank.questions(session, provider_id, SHIPPED).get(question.key)
    bank.save(session, ADMIN, provider_id, SHIPPED, question, START, seen=bank.version(now) if seen is None else seen)


def take_back(session: Session, provider_id: int, key: str) -> None:
    seen = bank.version(bank.questions(session, provider_id, SHIPPED)[key])
    bank.take_back(session, ADMIN, provider_id, SHIPPED, key, START, seen=seen)


def worded(words: str) -> Question:
    return replace(ILL, text={"sv": words})


def test_ones_own_words_stand_over_the_shipped_and_ones_own_come_last(database: Database) -> None:
    with database.writing() as session:
        mine, other = a_provider(session).id, a_provider(session).id
        for n in range(1, 12):
            save(session, mine, a_question(f"own-{n}"))
        save(session, mine, worded("Är du sjuk?"))
        save(session, mine, worded("Är du sjuk nu?"))
    with database.reading() as session:
        found = bank.questions(session, mine, SHIPPED)
        assert list(found) == [one.key for one in SHIPPED] + [f"own-{n}" for n in range(1, 12)]
        assert found["ill"].text == {"sv": "Är du sjuk nu?"} and bank.new_key(found) == "own-12"
        assert list(bank.questions(session, other, SHIPPED).values()) == list(SHIPPED)
        logged = select(func.count()).where(AccessLogRow.action == Action.SETTINGS_CHANGED)
        assert session.scalar(logged) == 13


def test_a_change_is_asked_in_every_definition_that_has_it_and_in_no_other(database: Database) -> None:
    with database.writing() as session:
        provider, other = a_provider(session).id, a_provider(session).id
        asking = use_cases.define(session, provider, "Höst", "", FORM, 30, START).id
        without = use_cases.define(session, provider, "Utan", "", FORM[:1], None, START).id
        retired = use_cases.define(session, provider, "Gammal", "", FORM, None, START)
        retired.retired_at = START
        elsewhere = use_cases.define(session, other, "Andras", "", FORM, None, START).id
        save(session, provider, worded("Är du sjuk?"))
        take_back(session, provider, "ill")
    with database.reading() as session:
        numbers = {one: queries.newest(session, one).number for one in (asking, without, retired.id, elsewhere)}
        assert numbers == {asking: 3, without: 1, retired.id: 3, elsewhere: 1}
        found = {one.number: one for one in queries.definitions(session, provider)[0].versions}
        assert [next(one for one in v.questions if one["key"] == "ill")["text"]["sv"] for _n, v in sorted(found.items())] == [
            ILL.text["sv"],
            "Är du sjuk?",
            ILL.text["sv"],
        ]


def refused(session: Session, provider_id: int, question: Question, **seen: str) -> str:
    with pytest.raises(Refusal) as told:
        save(session, provider_id, question, **seen)
    return told.value.code


def test_what_could_never_be_asked_is_refused_and_nothing_is_written(database: Database) -> None:
    with database.writing() as session:
        provider = a_provider(session).id
        use_cases.define(session, provider, "Höst", "", (ILL, *FORM[:1]), None, START)
        assert refused(session, provider, replace(ILL, text={})) == refusals.NO_WORDS
        assert refused(session, provider, replace(ILL, after=(after("ill", "yes"),))) == refusals.NOT_EARLIER
        assert refused(session, provider, replace(ILL, after=(after("nothing", "yes"),))) == refusals.UNKNOWN_QUESTION
        assert refused(session, provider, replace(ILL, after=(after("allergy", "perhaps"),))) == refusals.UNKNOWN_ANSWER
        assert refused(session, provider, replace(ILL, after=(after("allergy", "yes"),))) == refusals.DEFINITION_BROKEN
        assert refused(session, provider, worded("Sen"), seen="gammal") == SETTINGS_CHANGED
        allergy_to = next(one for one in FORM if one.key == "allergy-to")
        fewer = replace(allergy_to, options=allergy_to.options[-1:], deviates={})
        assert refused(session, provider, fewer) == refusals.QUESTION_AWAITED
        assert bank.worded(session, provider) == {}


def test_one_that_is_asked_or_awaited_is_not_taken_away(database: Database) -> None:
    with database.writing() as session:
        provider = a_provider(session).id
        save(session, provider, a_question("own-1"))
        save(session, provider, replace(a_question("own-2"), after=(after("own-1", "yes"),)))
        definition = use_cases.define(session, provider, "Höst", "", [a_question("own-1")], None, START)
        for expected in (refusals.QUESTION_ASKED, refusals.QUESTION_AWAITED):
            with pytest.raises(Refusal) as told:
                take_back(session, provider, "own-1")
            assert told.value.code == expected
            use_cases.change(session, definition, [ILL], None, START)
        take_back(session, provider, "own-2")
        take_back(session, provider, "own-1")
        assert bank.worded(session, provider) == {}


@pytest.mark.parametrize(
    ("after_", "asks"),
    [
        (worded("Är du sjuk?"), False),
        (replace(ILL, text={"sv": ILL.text["sv"], "en": "Ill?"}), False),
        (replace(ILL, text={"sv": "Är du sjuk?", "en": "Are you ill?"}), True),
        (replace(ILL, text={"sv": "Är du sjuk?", "en": "Ill?"}), False),
    ],
)
def test_swedish_words_that_change_alone_are_asked_about(after_: Question, asks: bool) -> None:
    before = replace(ILL, text={"sv": ILL.text["sv"], "en": "Are you ill?"})
    assert bank.untranslated(before, after_) is asks
