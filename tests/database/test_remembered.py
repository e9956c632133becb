"""What a process remembers of the country says the same as the rows, whatever has happened since."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from journal_core.actor import STRANGER, SYSTEM
from journal_core.booking import openings, queries
from journal_core.booking import use_cases as booking
from journal_core.booking.remembered import Remembered
from journal_core.booking.rules import HOLD_LENGTH
from journal_core.schedule.model import OpenedTime
from journal_core.transaction import Database
from tests.build.builders import MONDAY, Offer, a_booking, a_draft, a_time, an_offer, the_tools
from tests.build.clocks import START
from tests.build.statements import count_statements

NINE = 9 * 60
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def offers(database: Database) -> list[Offer]:
    """Three clinics, each with three times on Monday and on Tuesday."""
    with database.writing() as session:
        return [an_offer(session, days=(MONDAY, TUESDAY), span=(NINE, NINE + 30)) for _ in range(3)]


@pytest.fixture
def remembered() -> Remembered:
    return Remembered()


def asked(database: Database, remembered: Remembered, offers: list[Offer], now: datetime = START) -> list[int | None]:
    """The first minute of each clinic, as the rows say it too."""
    types = {offer.clinic.id: [offer.kind.id] for offer in offers}
    with database.reading() as session:
        found = remembered.first_free(session, types, now)
        assert found == queries.first_free(session, types, now)
    return [found[offer.clinic.id].minute if offer.clinic.id in found else None for offer in offers]


def test_it_says_what_the_rows_say_after_each_thing_that_happens(
    database: Database, remembered: Remembered, offers: list[Offer]
) -> None:
    assert asked(database, remembered, offers) == [NINE, NINE, NINE]
    with database.writing() as session:
        made = a_booking(session, offers[0].within(session), time=a_time(NINE))
    assert asked(database, remembered, offers) == [NINE + 10, NINE, NINE]
    with database.writing() as session:
        here = offers[1].within(session)
        booking.hold(session, here.clinic, here.kind, a_time(NINE), a_draft(session, here).id, START)
    assert asked(database, remembered, offers) == [NINE + 10, NINE + 10, NINE]
    # The hold runs out, and nobody writes anything.
    assert asked(database, remembered, offers, START + HOLD_LENGTH) == [NINE + 10, NINE, NINE]
    with database.writing() as session:
        booking.cancel(session, STRANGER, the_tools(), made.id, START)
        here = offers[2].within(session)
        ids = list(session.scalars(select(OpenedTime.id).where(OpenedTime.clinic_id == here.clinic.id)))
        openings.close(session, SYSTEM, here.clinic, ids, START)
    assert asked(database, remembered, offers, START + HOLD_LENGTH) == [NINE, NINE, None]


def test_time_goes_on_and_days_pass(database: Database, remembered: Remembered, offers: list[Offer]) -> None:
    begun = a_time(NINE).instant
    assert asked(database, remembered, offers, begun) == [NINE + 10] * 3
    assert asked(database, remembered, offers, begun + timedelta(minutes=25)) == [NINE] * 3
    assert asked(database, remembered, offers, begun + timedelta(days=1, minutes=5)) == [NINE + 10] * 3
    assert asked(database, remembered, offers, begun + timedelta(days=2)) == [None] * 3
    assert asked(database, remembered, offers, begun - timedelta(days=20)) == [None] * 3


def test_where_everything_is_held_nothing_is_free_until_it_runs_out(database: Database, remembered: Remembered) -> None:
    with database.writing() as session:
        offer = an_offer(session, span=(NINE, NINE + 10))
        booking.hold(session, offer.clinic, offer.kind, a_time(NINE), a_draft(session, offer).id, START)
    assert asked(database, remembered, [offer]) == [None]
    assert asked(database, remembered, [offer], START + HOLD_LENGTH - timedelta(seconds=1)) == [None]
    assert asked(database, remembered, [offer], START + HOLD_LENGTH) == [NINE]
    assert asked(database, remembered, [offer]) == [None], "a clock that was put back"


def test_what_was_answered_is_not_counted_again(
    sqlite_database: Database, remembered: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(NINE, NINE + 30))
        types = {offer.clinic.id: [offer.kind.id]}
    with sqlite_database.reading() as session:
        first = remembered.first_free(session, types, START)
        monkeypatch.setattr("journal_core.booking.remembered.first_of", lambda *_: pytest.fail("counted again"))
        assert remembered.first_free(session, types, START + timedelta(hours=1)) == first != {}


def test_what_has_not_changed_is_not_read_again(database: Database, remembered: Remembered, offers: list[Offer]) -> None:
    types = {offer.clinic.id: [offer.kind.id] for offer in offers}
    counts = []
    with database.reading() as session:
        for _ in range(2):
            with count_statements(database) as sent:
                remembered.first_free(session, types, START)
            counts.append(len(sent))
    assert counts == [2, 1]


def test_what_is_forgotten_is_read_anew(database: Database, remembered: Remembered, offers: list[Offer]) -> None:
    asked(database, remembered, offers)
    remembered.forget()
    with database.reading() as session, count_statements(database) as sent:
        remembered.first_free(session, {offers[0].clinic.id: [offers[0].kind.id]}, START)
    assert len(sent) == 2
