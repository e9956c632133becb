"""No place is given twice (P1), a form sent twice books once (P3): many processes at the same instant, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.messages.model import OutgoingMessage
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_draft, a_time, an_offer
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.races.race import Outcome, race
from tests.races.racers import confirm, hold_and_confirm, hold_and_confirm_unguarded, runs

RACERS = 20
LAST_PLACE = (9 * 60, 9 * 60 + 10)
KIND = {"time_taken", "hold_ran_out"}


def drafts(database: Database, offer: Offer, count: int) -> list[str]:
    with database.writing() as session:
        return [a_draft(session, offer).id for _ in range(count)]


def count_of(database: Database, model: type[Booking] | type[OutgoingMessage] | type[Person]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def one_booking_and_kind_refusals(outcomes: Sequence[Outcome]) -> None:
    """What a race for one place has to end in."""
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert len([outcome for outcome in outcomes if outcome.booking_id is not None]) == 1
    refusals = [outcome.refusal for outcome in outcomes if outcome.booking_id is None]
    assert len(refusals) == len(outcomes) - 1
    assert set(refusals) <= KIND


def race_for_the_last_place(database: Database, *, guarded: bool) -> list[Outcome]:
    with database.writing() as session:
        offer = an_offer(session, span=LAST_PLACE)
    racer = hold_and_confirm if guarded else hold_and_confirm_unguarded
    everybody = runs(drafts(database, offer, RACERS), offer=offer, time=a_time())
    return race(url_of(database), racer, everybody)


def test_twenty_processes_get_one_booking_and_nineteen_kind_refusals(database: Database) -> None:
    outcomes = race_for_the_last_place(database, guarded=True)
    one_booking_and_kind_refusals(outcomes)
    assert count_of(database, Booking) == 1


def test_without_the_lock_the_same_race_fails_and_the_wall_still_stands(database: Database) -> None:
    outcomes = race_for_the_last_place(database, guarded=False)
    with pytest.raises(AssertionError):
        one_booking_and_kind_refusals(outcomes)
    errors = {outcome.error.split(":")[0] for outcome in outcomes if outcome.error}
    assert errors <= {"IntegrityError", "OperationalError"}, "it was the database that had to say no"
    assert count_of(database, Booking) <= 1


def test_a_form_sent_by_eight_at_once_books_once(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session)
        draft = a_draft(session, offer).id
        booking.hold(session, offer.clinic, offer.kind, a_time(), draft, START)
    outcomes = race(url_of(database), confirm, runs([draft] * 8, offer=offer))
    assert [outcome.error or outcome.refusal for outcome in outcomes] == [None] * 8
    assert len({outcome.booking_id for outcome in outcomes}) == 1
    assert (count_of(database, Booking), count_of(database, Person)) == (1, 1)
    assert count_of(database, OutgoingMessage) == 2, "one by each way"


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
def test_one_person_with_eid_on_several_days_at_once_gets_one_booking(database: Database, known: bool) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    with database.writing() as session:
        offer = an_offer(session, days=days)
        if known:
            persons.ensure(session, [cast.BOOKER.identity], START)
        held = [a_draft(session, offer).id for _ in days]
        for day, draft in zip(days, held, strict=True):
            booking.hold(session, offer.clinic, offer.kind, a_time(day=day), draft, START)
    everybody = runs(held, offer=offer, booker=cast.BOOKER.identity)
    outcomes = race(url_of(database), confirm, everybody)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.refusal or "" for outcome in outcomes) == ["", *["already_booked"] * 3]
    assert (count_of(database, Booking), count_of(database, Person)) == (1, 1)
