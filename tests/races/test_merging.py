"""Somebody gets a new number at the instant at which others book for them by the old one: no booking is lost."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from journal_core.actor import SYSTEM
from journal_core.arrivals.merging import take_in
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Visit
from journal_core.persons import queries
from journal_core.persons import use_cases as persons
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import a_booking, a_draft, a_time, an_offer
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.build.register import the_register
from tests.races.race import SECONDS, race
from tests.races.racers import while_renumbered

NINE = 9 * 60
ON_POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""On SQLite whoever has found a person is already the only writer, so that nobody comes in between."""


def raced(database: Database, booking_acts: Sequence[str], other_acts: Sequence[str]) -> None:
    """All of them at once; the person has one booking by the old number already."""
    with database.writing() as session:
        offer = an_offer(session, span=(NINE, NINE + 120))
        a_booking(session, offer, time=a_time(NINE + 110), coming=[cast.BEFORE_RENUMBERED.coming])
        persons.ensure(session, [cast.BEFORE_RENUMBERED.identity], START)
        runs: list[Mapping[str, Any]] = [{"act": act} for act in other_acts]
        for n, act in enumerate(booking_acts):
            draft = a_draft(session, offer).id
            booking.hold(session, offer.clinic, offer.kind, a_time(NINE + 10 * n), draft, START)
            runs.append({"act": act, "offer": offer, "draft_id": draft})
    outcomes = race(url_of(database), while_renumbered, runs)
    assert [outcome.error or outcome.refusal for outcome in outcomes] == [None] * len(runs)


def lost(database: Database) -> tuple[int, int]:
    """How many visits the person of today has, and how many still name the one from before."""
    with database.reading() as session:
        known = queries.by_identities(session, [cast.RENUMBERED.number, cast.BEFORE_RENUMBERED.number])
        [today] = {person.id for person in known.values()}
        named = session.scalars(select(Visit.person_id)).all()
        assert len(bookings.bookings_of_persons(session, [today], START.date())) == named.count(today)
        return named.count(today), len(named) - named.count(today)


def test_no_booking_names_the_person_from_before(database: Database) -> None:
    raced(database, ["confirm when found", "confirm", "confirm", "confirm"], ["renumber", "renumber"])
    assert lost(database) == (5, 0)


@ON_POSTGRES
def test_without_holding_whom_one_has_found_a_booking_would(database: Database) -> None:
    raced(database, ["confirm unguarded"], ["renumber between"])
    assert lost(database) == (1, 1)


@ON_POSTGRES
@pytest.mark.parametrize("by", ["number", "id"])
def test_who_waits_for_a_merger_gets_the_person_of_today(database: Database, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as session:
        old = persons.ensure(session, [cast.BEFORE_RENUMBERED.identity], START)[cast.BEFORE_RENUMBERED.number]

    told = the_register().persons([cast.BEFORE_RENUMBERED.number])

    def ask() -> str | None:
        with database.writing() as session:
            if by == "number":
                found = persons.ensure(session, [cast.BEFORE_RENUMBERED.identity], START)
                return found[cast.BEFORE_RENUMBERED.number].identity
            person = queries.person(session, old.id, hold=True)
            return person.identity if person else None

    with ThreadPoolExecutor(1) as elsewhere:
        with database.writing() as session:
            take_in(session, SYSTEM, told, [cast.BEFORE_RENUMBERED.number], START)
            # They made sure that there is such a person before the merger began, else they would wait there already.
            monkeypatch.setattr(persons, "insert_missing", lambda *_anything: None)
            answer = elsewhere.submit(ask)
            wait_until_somebody_waits(session)
        assert answer.result(SECONDS) == cast.RENUMBERED.number


def wait_until_somebody_waits(session: Session) -> None:
    """For a lock, in the session's database."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    deadline = time.monotonic() + SECONDS
    while not session.scalar(waiting):
        session.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert time.monotonic() < deadline, "nobody waits"
