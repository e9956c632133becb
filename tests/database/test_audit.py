"""Nothing is done to or seen of a person without its row in the log (P6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from journal_core.actor import LINK, STRANGER, Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import use_cases as booking
from journal_core.booking.use_cases import Tools
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import Offer, a_booking, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.statements import count_statements

NURSE = Actor(ActorKind.STAFF, 7, 70)


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, persons=3)


def log(database: Database) -> Sequence[AccessLogRow]:
    with database.reading() as session:
        return session.scalars(select(AccessLogRow).order_by(AccessLogRow.id)).all()


def look(database: Database, clock: FixedClock, *persons: int, actor: Actor = NURSE, clinic_id: int = 1) -> None:
    with database.writing() as session:
        audit.record_look(session, actor, Action.SAW_DAY, clock.now(), persons=persons, clinic_id=clinic_id)


def test_booking_for_several_writes_a_row_for_each(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        made = a_booking(session, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))
    rows = log(database)
    assert [row.person_id for row in rows] == [visit.person_id for visit in made.visits]
    for row in rows:
        assert (row.action, row.at, row.actor_kind) == (Action.BOOKED, START, ActorKind.STRANGER)
        assert (row.booking_id, row.clinic_id) == (made.id, offer.clinic.id)


def test_a_residents_and_staffs_acts_name_them(database: Database, offer: Offer, tools: Tools) -> None:
    with database.writing() as session:
        made = a_booking(session, offer, booker=cast.BOOKER.identity, actor=Actor(ActorKind.RESIDENT, 5))
        booking.cancel(session, NURSE, tools, made.id, START)
    assert [(row.action, row.actor_kind, row.actor_id, row.assignment_id) for row in log(database)] == [
        (Action.BOOKED, ActorKind.RESIDENT, 5, None),
        (Action.CANCELLED, ActorKind.STAFF, 7, 70),
    ]


def test_cancelling_is_logged_for_everybody_in_the_booking(database: Database, offer: Offer, tools: Tools) -> None:
    with database.writing() as session:
        made = a_booking(session, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))
        booking.cancel(session, LINK, tools, made.id, START)
    rows = [row for row in log(database) if row.action is Action.CANCELLED]
    assert [row.person_id for row in rows] == [visit.person_id for visit in made.visits]
    assert {row.actor_kind for row in rows} == {ActorKind.LINK}


def test_what_is_undone_leaves_no_row(database: Database, offer: Offer) -> None:
    def book_and_fail() -> None:
        with database.writing() as session:
            a_booking(session, offer)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        book_and_fail()
    assert log(database) == []


def test_an_act_without_a_person_has_one_row(database: Database) -> None:
    with database.writing() as session:
        audit.record(session, NURSE, Action.LOGGED_IN, START)
        audit.record(session, NURSE, Action.SAW_DAY, START, persons=())
    assert [(row.action, row.person_id) for row in log(database)] == [(Action.LOGGED_IN, None)]


def test_many_persons_are_logged_in_one_statement(database: Database) -> None:
    with database.writing() as session, count_statements(database) as statements:
        audit.record(session, STRANGER, Action.SAW_DAY, START, persons=range(1, 41))
    assert len(statements) == 1
    assert len(log(database)) == 40


class TestLooks:
    def test_a_list_that_refreshes_itself_is_one_look(self, database: Database, clock: FixedClock) -> None:
        for _ in range(3):
            look(database, clock, 1, 2)
            clock.advance(seconds=20)
        assert [row.person_id for row in log(database)] == [1, 2]

    def test_who_comes_anew_to_the_list_is_logged(self, database: Database, clock: FixedClock) -> None:
        look(database, clock, 1)
        look(database, clock, 1, 2)
        assert [row.person_id for row in log(database)] == [1, 2]

    def test_after_ten_minutes_it_is_another_look(self, database: Database, clock: FixedClock) -> None:
        look(database, clock, 1)
        clock.advance(minutes=10)
        look(database, clock, 1)
        clock.advance(seconds=1, minutes=10)
        look(database, clock, 1)
        assert [row.at for row in log(database)] == [START, START + timedelta(minutes=20, seconds=1)]

    @pytest.mark.parametrize("another", ["account", "assignment", "clinic", "kind"])
    def test_anothers_look_is_a_look_of_its_own(self, database: Database, clock: FixedClock, another: str) -> None:
        look(database, clock, 1)
        match another:
            case "account":
                look(database, clock, 1, actor=Actor(ActorKind.STAFF, 8, 70))
            case "assignment":
                look(database, clock, 1, actor=Actor(ActorKind.STAFF, 7, 71))
            case "clinic":
                look(database, clock, 1, clinic_id=2)
            case "kind":
                look(database, clock, 1, actor=Actor(ActorKind.RESIDENT, 7, 70))
        assert len(log(database)) == 2

    def test_a_look_without_assignment_is_recognised_too(self, database: Database, clock: FixedClock) -> None:
        resident = Actor(ActorKind.RESIDENT, 7)
        look(database, clock, 1, actor=resident)
        look(database, clock, 1, actor=resident)
        assert len(log(database)) == 1
