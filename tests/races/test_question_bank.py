"""Several change a question, or what a definition asks, at the same instant: one after the other, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from journal_core.declarations import bank, use_cases
from journal_core.declarations.model import DefinitionVersion
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.transaction import Database
from tests.build.builders import a_provider
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.build.forms import FORM
from tests.races.race import Outcome, race
from tests.races.racers import word_question

ON_POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""On SQLite whoever writes is alone from the first statement."""


def raced(database: Database, words: Sequence[str], *, guarded: bool = True) -> tuple[list[Outcome], int, int]:
    """Empty words save the definition. Also the provider's and the definition's id."""
    with database.writing() as session:
        provider = a_provider(session).id
        form = [one for one in FORM if not one.after]
        definition = use_cases.define(session, provider, "Höst", "", form, None, START).id
    runs = [{"provider_id": provider, "definition_id": definition, "words": each, "guarded": guarded} for each in words]
    return race(url_of(database), word_question, runs), provider, definition


@ON_POSTGRES
def test_one_wording_wins_and_each_version_has_a_number_of_its_own(database: Database) -> None:
    outcomes, provider, definition = raced(database, ["Ett", "Två", "Tre", "", ""])
    said = [one.refusal for one in outcomes[:3]]
    assert sorted(said, key=str) == [None, SETTINGS_CHANGED, SETTINGS_CHANGED]
    assert [one.error for one in outcomes] == [None] * 5
    with database.reading() as session:
        wanted = select(DefinitionVersion).where(DefinitionVersion.definition_id == definition)
        found = session.scalars(wanted.order_by(DefinitionVersion.number)).all()
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        [now] = [one for one in found[-1].questions if one["key"] == "ill"]
        assert now["text"] == dict(bank.questions(session, provider, FORM)["ill"].text)


@ON_POSTGRES
def test_without_holding_the_bank_several_would(database: Database) -> None:
    outcomes, _provider, _definition = raced(database, ["Ett", "Två", "Tre"], guarded=False)
    assert [one.refusal for one in outcomes].count(None) > 1
