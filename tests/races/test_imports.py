"""Two imports of one file at the same moment make no doubles, whether the provider was there before or not."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from journal_core.organisation.model import CareProvider, CareUnit, Clinic
from journal_core.organisation.rules import ToldClinic
from journal_core.transaction import Database
from tests.build.builders import a_provider
from tests.build.engines import url_of
from tests.races.race import Outcome, race
from tests.races.racers import import_clinics, import_clinics_unguarded

ORG_NUMBER = "4599001049"
TOLD = [ToldClinic(f"key {number}", f"Mottagning {number}", latitude=57.0, longitude=12.0) for number in range(20)]
RACERS = 4


def counts(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in (CareProvider, CareUnit, Clinic)]


def race_to_import(database: Database, *, guarded: bool) -> list[Outcome]:
    run = {"org_number": ORG_NUMBER, "told": TOLD}
    return race(url_of(database), import_clinics if guarded else import_clinics_unguarded, [run] * RACERS)


@pytest.mark.parametrize("known", [False, True], ids=["new provider", "known provider"])
def test_one_adds_all_and_the_others_find_them(database: Database, known: bool) -> None:
    if known:
        with database.writing() as session:
            a_provider(session, org_number=ORG_NUMBER)
    outcomes = race_to_import(database, guarded=True)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    # A racer's booking_id is what it returned: here how many it added.
    assert sorted(outcome.booking_id or 0 for outcome in outcomes) == [0] * (RACERS - 1) + [len(TOLD)]
    assert counts(database) == [1, len(TOLD), len(TOLD)]


def test_without_the_lock_the_same_race_makes_doubles_or_breaks(database: Database) -> None:
    with database.writing() as session:
        a_provider(session, org_number=ORG_NUMBER)
    outcomes = race_to_import(database, guarded=False)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert errors or counts(database) != [1, len(TOLD), len(TOLD)]
    assert {error.split(":")[0] for error in errors} <= {"OperationalError"}
