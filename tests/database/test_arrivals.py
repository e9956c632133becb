"""Arrivals and what staff do to a visit, with everything stored and logged."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from journal_core.actor import LINK, Actor, ActorKind
from journal_core.arrivals import queries, rules
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act, Arrival, State
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.booking.use_cases import Tools
from journal_core.clock import instant_of
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    Offer,
    a_booking,
    a_clinic,
    a_staff_account,
    an_offer,
    staff_actor,
    the_tools,
)
from tests.build.clocks import START

NINE = instant_of(MONDAY, 9 * 60)


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, persons=2)


@pytest.fixture
def booked(database: Database, offer: Offer) -> Booking:
    """A guardian and a child, on Monday at nine."""
    with database.writing() as session:
        return a_booking(session, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))


@pytest.fixture
def nurse(database: Database, offer: Offer) -> Actor:
    with database.writing() as session:
        return staff_actor(a_staff_account(session, offer.within(session).clinic))


def register(database: Database, booked: Booking, now: datetime = NINE, actor: Actor = LINK) -> None:
    with database.writing() as session:
        arrivals.register(session, actor, booked.id, now)


def act(database: Database, booked: Booking, what: Act, actor: Actor, now: datetime = NINE, place: int = 0) -> State:
    with database.writing() as session:
        visit = bookings.visit(session, booked.visits[place].id, booked.clinic_id)
        assert visit is not None
        return arrivals.change(session, actor, visit, what, now)


def states(database: Database, booked: Booking) -> list[State]:
    with database.reading() as session:
        known = queries.arrivals(session, [visit.id for visit in booked.visits])
        return [rules.state_of(known.get(visit.id)) for visit in booked.visits]


def refusal_of(database: Database, booked: Booking, now: datetime = NINE) -> str:
    before = states(database, booked)
    with pytest.raises(Refusal) as refused:
        register(database, booked, now)
    assert states(database, booked) == before
    return refused.value.code


class TestRegistering:
    def test_everybody_in_the_booking_has_arrived(self, database: Database, booked: Booking) -> None:
        register(database, booked)
        assert states(database, booked) == [State.ARRIVED, State.ARRIVED]
        with database.reading() as session:
            rows = session.scalars(select(Arrival)).all()
        assert {(row.arrived_at, row.changed_at, row.registered_by) for row in rows} == {(NINE, NINE, ActorKind.LINK)}

    @pytest.mark.parametrize(
        ("when", "code"),
        [
            (NINE - timedelta(minutes=31), "arrival_early"),
            (NINE + timedelta(minutes=31), "arrival_late"),
            (NINE - timedelta(days=1), "arrival_wrong_day"),
            (NINE + timedelta(days=1), "arrival_passed"),
        ],
    )
    def test_at_another_time_it_is_kindly_refused(self, database: Database, booked: Booking, when: datetime, code: str) -> None:
        assert refusal_of(database, booked, when) == code

    def test_a_second_time_it_is_already_registered(self, database: Database, booked: Booking) -> None:
        register(database, booked)
        assert refusal_of(database, booked) == "arrival_already"

    def test_a_cancelled_booking_says_so(self, database: Database, booked: Booking, tools: Tools) -> None:
        with database.writing() as session:
            booking.cancel(session, LINK, tools, booked.id, START)
        assert refusal_of(database, booked) == "arrival_cancelled"

    def test_a_clinic_that_does_not_take_arrivals_says_so(self, database: Database) -> None:
        with database.writing() as session:
            booked = a_booking(session, an_offer(session, clinic=a_clinic(session, arrival_booked=False)))
        assert refusal_of(database, booked) == "arrival_not_here"

    def test_an_unknown_booking_says_no_more_than_a_wrong_code(self, database: Database) -> None:
        with pytest.raises(Refusal) as refused, database.writing() as session:
            arrivals.register(session, LINK, 99, NINE)
        assert refused.value.code == "code_unknown"

    def test_who_came_later_is_added_to_who_was_there(self, database: Database, booked: Booking, nurse: Actor) -> None:
        act(database, booked, Act.ARRIVE, nurse)
        register(database, booked, NINE + timedelta(minutes=5))
        with database.reading() as session:
            rows = [session.get_one(Arrival, visit.id) for visit in booked.visits]
        assert [row.arrived_at for row in rows] == [NINE, NINE + timedelta(minutes=5)]
        assert [row.registered_by for row in rows] == [ActorKind.STAFF, ActorKind.LINK]


class TestSteps:
    def test_a_visit_from_arrival_to_done(self, database: Database, booked: Booking, nurse: Actor) -> None:
        walked = [
            act(database, booked, what, nurse, NINE + timedelta(minutes=n))
            for n, what in enumerate((Act.ARRIVE, Act.START, Act.FINISH))
        ]
        assert walked == [State.ARRIVED, State.STARTED, State.DONE]
        assert states(database, booked) == [State.DONE, State.BOOKED], "the other one's visit is its own"
        with database.reading() as session:
            row = session.get_one(Arrival, booked.visits[0].id)
        assert [row.arrived_at, row.started_at, row.done_at] == [NINE + timedelta(minutes=n) for n in range(3)]

    def test_undo_takes_one_step_back_and_keeps_earlier_times(self, database: Database, booked: Booking, nurse: Actor) -> None:
        for what in (Act.ARRIVE, Act.START, Act.FINISH):
            act(database, booked, what, nurse)
        later = NINE + timedelta(minutes=20)
        assert act(database, booked, Act.UNDO, nurse, later) is State.STARTED
        with database.reading() as session:
            row = session.get_one(Arrival, booked.visits[0].id)
        assert (row.arrived_at, row.started_at, row.done_at) == (NINE, NINE, None)
        assert row.changed_at == later
        assert [act(database, booked, Act.UNDO, nurse) for _ in range(2)] == [State.ARRIVED, State.BOOKED]
        with database.reading() as session:
            row = session.get_one(Arrival, booked.visits[0].id)
        assert (row.arrived_at, row.registered_by) == (None, None)

    def test_an_undone_arrival_can_be_registered_again(self, database: Database, booked: Booking, nurse: Actor) -> None:
        for what in (Act.ARRIVE, Act.UNDO):
            act(database, booked, what, nurse)
        register(database, booked)
        assert states(database, booked) == [State.ARRIVED, State.ARRIVED]

    def test_a_no_show_is_recorded_and_can_be_undone(self, database: Database, booked: Booking, nurse: Actor) -> None:
        assert act(database, booked, Act.NO_SHOW, nurse) is State.NO_SHOW
        with database.reading() as session:
            row = session.get_one(Arrival, booked.visits[0].id)
        assert (row.no_show_at, row.arrived_at, row.registered_by) == (NINE, None, None)
        assert act(database, booked, Act.UNDO, nurse) is State.BOOKED

    def test_what_another_has_done_meanwhile_is_a_conflict(self, database: Database, booked: Booking, nurse: Actor) -> None:
        act(database, booked, Act.ARRIVE, nurse)
        with pytest.raises(Refusal) as refused:
            act(database, booked, Act.NO_SHOW, nurse)
        assert (refused.value.code, refused.value.facts["state"]) == ("state_changed", State.ARRIVED)
        assert states(database, booked) == [State.ARRIVED, State.BOOKED]

    def test_a_cancelled_visit_takes_no_step(self, database: Database, booked: Booking, nurse: Actor, tools: Tools) -> None:
        with database.writing() as session:
            booking.cancel(session, nurse, tools, booked.id, START)
        with pytest.raises(Refusal) as refused:
            act(database, booked, Act.ARRIVE, nurse)
        assert refused.value.code == "arrival_cancelled"

    def test_a_visit_cancelled_while_it_was_looked_at_takes_no_step(self, postgres_database: Database, tools: Tools) -> None:
        """The row was read before the other's cancelling and locked after it."""
        database = postgres_database
        with database.writing() as session:
            booked = a_booking(session, an_offer(session))
        with database.writing() as session:
            visit = bookings.visit(session, booked.visits[0].id, booked.clinic_id)
            assert visit is not None
            with database.writing() as other:
                booking.cancel(other, LINK, tools, booked.id, START)
            with pytest.raises(Refusal) as refused:
                arrivals.change(session, LINK, visit, Act.ARRIVE, NINE)
        assert refused.value.code == "arrival_cancelled"


class TestCancellingAfterArrival:
    def cancel(self, database: Database, booked: Booking, now: datetime = START) -> Booking:
        with database.writing() as session:
            return arrivals.cancel(session, LINK, the_tools(), booked.id, now)

    def test_before_anybody_came_it_is_cancelled(self, database: Database, booked: Booking) -> None:
        assert self.cancel(database, booked).cancelled_at == START

    def test_once_somebody_has_arrived_it_is_not(self, database: Database, booked: Booking, nurse: Actor) -> None:
        early = NINE - timedelta(minutes=20)
        act(database, booked, Act.ARRIVE, nurse, early, place=1)
        with pytest.raises(Refusal) as refused:
            self.cancel(database, booked, early)
        assert refused.value.code == "already_arrived"
        with database.reading() as session:
            assert session.get_one(Booking, booked.id).cancelled_at is None

    def test_an_undone_arrival_is_in_nobodys_way(self, database: Database, booked: Booking, nurse: Actor) -> None:
        for what in (Act.ARRIVE, Act.UNDO):
            act(database, booked, what, nurse, START)
        assert self.cancel(database, booked).cancelled_at == START

    def test_an_unknown_booking_says_no_more_than_a_wrong_code(self, database: Database) -> None:
        with pytest.raises(Refusal) as refused, database.writing() as session:
            arrivals.cancel(session, LINK, the_tools(), 99, START)
        assert refused.value.code == "code_unknown"


def test_each_step_is_logged_for_the_person_it_was_done_to(database: Database, booked: Booking, nurse: Actor) -> None:
    register(database, booked)
    for what in (Act.START, Act.FINISH, Act.UNDO):
        act(database, booked, what, nurse)
    with database.reading() as session:
        persons = {visit.position: visit.person_id for visit in session.scalars(select(Visit))}
        rows = session.scalars(select(AccessLogRow).order_by(AccessLogRow.id)).all()[2:]
    assert [(row.action, row.actor_kind, row.person_id) for row in rows] == [
        (Action.ARRIVED, ActorKind.LINK, persons[1]),
        (Action.ARRIVED, ActorKind.LINK, persons[2]),
        (Action.STARTED, ActorKind.STAFF, persons[1]),
        (Action.DONE, ActorKind.STAFF, persons[1]),
        (Action.UNDONE, ActorKind.STAFF, persons[1]),
    ]
    assert {(row.booking_id, row.clinic_id, row.at) for row in rows} == {(booked.id, booked.clinic_id, NINE)}
    assert [(row.actor_id, row.assignment_id) for row in rows[2:]] == [(nurse.id, nurse.assignment_id)] * 3
