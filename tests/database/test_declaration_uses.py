"""Which declaration counts at a visit, and what a vaccination prolongs or consumes (domain §6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from journal_core.actor import Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking.model import Visit
from journal_core.catalogue.model import ReasonKind
from journal_core.declarations import queries
from journal_core.transaction import Database
from tests.build.clocks import START
from tests.build.statements import count_statements
from tests.build.told import DEVIATING, a_place, a_visit, a_visit_of_another_kind, finish, history, stand, told


@pytest.fixture
def nurse() -> Actor:
    return Actor(ActorKind.STAFF, 1, 1)


def test_without_validity_a_vaccination_consumes_it_and_taking_that_back_gives_it_back(
    database: Database, nurse: Actor
) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        told(session, place, visit)
        finish(session, nurse, visit)
        assert stand(session, place, visit).known is not None, "it was gone through at this visit"
        other = a_visit_of_another_kind(session, place)
        assert stand(session, place, other).known is None, "and serves no other"
        arrivals.change(session, nurse, visit, Act.UNDO, START)
        assert stand(session, place, other).known is not None


def test_a_visit_that_is_done_keeps_the_one_that_was_gone_through_there(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, 90)
        visit = a_visit(session, place)
        gone_through = told(session, place, visit)
        finish(session, nurse, visit)
        newer = told(session, place, a_visit_of_another_kind(session, place), DEVIATING, START + timedelta(hours=1))
        assert newer.person_id == visit.person_id
        found = stand(session, place, visit).known
        assert found is not None and found.id == gone_through.id


def test_each_vaccination_consumes_what_was_told_for_it_though_the_latest_is_what_one_goes_by(
    database: Database, nurse: Actor
) -> None:
    with database.writing() as session:
        place = a_place(session)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        for_first = told(session, place, first)
        for_second = told(session, place, second, DEVIATING, START + timedelta(hours=1))
        serves = stand(session, place, first).known
        assert serves is not None and serves.id == for_second.id, "the latest counts"
        finish(session, nurse, first, START + timedelta(hours=2))
        used = {one.id: one.vaccinations for one in history(session, place, first)}
        assert used == {for_first.id: 1, for_second.id: 0}
        gone_through, waits = stand(session, place, first).known, stand(session, place, second).known
        assert gone_through is not None and gone_through.id == for_second.id, "which was the latest then"
        assert waits is not None and waits.id == for_second.id
        finish(session, nurse, second, START + timedelta(hours=3))
        assert {one.vaccinations for one in history(session, place, first)} == {1}


def test_what_was_told_for_a_visit_serves_it_though_a_newer_one_is_used_up(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        for_first = told(session, place, first)
        told(session, place, second, now=START + timedelta(hours=1))
        finish(session, nurse, second, START + timedelta(hours=2))
        serves = stand(session, place, first).known
        assert serves is not None and serves.id == for_first.id
        finish(session, nurse, first, START + timedelta(hours=3))
        assert [one.vaccinations for one in history(session, place, first)] == [1, 1]


def test_what_counted_before_a_stranger_told_counts_beside_it_once_the_visit_is_done(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=90)
        visit = a_visit(session, place)
        vouched, strangers = told(session, place, visit, DEVIATING), told(session, place, visit, now=START + timedelta(hours=1))
        strangers.told_by, strangers.visit_id, vouched.visit_id = ActorKind.STRANGER, None, None
        session.flush()
        for done in (False, True):
            if done:
                finish(session, nurse, visit, START + timedelta(hours=2))
            found = stand(session, place, visit)
            assert found.known is not None and found.beside is not None
            assert (found.known.id, found.beside.id) == (strangers.id, vouched.id)


def test_a_vaccination_prolongs_the_one_that_counts(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=10)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        told(session, place, first)
        newest = told(session, place, second, now=START + timedelta(hours=1))
        finish(session, nurse, first, START + timedelta(hours=2))
        assert {one.id: one.vaccinations for one in history(session, place, first)}[newest.id] == 1


def test_with_validity_each_vaccination_prolongs_it_by_as_many_days(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=10)
        visit = a_visit(session, place)
        made = told(session, place, visit)
        known = history(session, place, visit)[0]
        assert known.good_until == START.date() + timedelta(days=10)
        finish(session, nurse, visit)
        arrivals.change(session, nurse, visit, Act.UNDO, START)
        arrivals.change(session, nurse, visit, Act.FINISH, START)
        known = history(session, place, visit)[0]
        assert (known.id, known.good_until) == (made.id, START.date() + timedelta(days=20)), "once a visit"


def test_a_visit_that_is_no_vaccination_uses_nothing(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit_of_another_kind(session, place, kind=ReasonKind.OTHER)
        told(session, place, visit)
        finish(session, nurse, visit)
        assert history(session, place, visit)[0].vaccinations == 0


def test_the_latest_counts_and_the_others_remain(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        told(session, place, visit, DEVIATING)
        second = told(session, place, visit, now=START + timedelta(hours=1))
        found = stand(session, place, visit).known
        assert found is not None and found.id == second.id
        assert len(history(session, place, visit)) == 2


def test_of_another_provider_nothing_counts(database: Database) -> None:
    with database.writing() as session:
        place, elsewhere = a_place(session, 30), a_place(session, 30)
        told(session, place, a_visit(session, place))
        visit = a_visit(session, elsewhere)
        assert stand(session, elsewhere, visit) == queries.Stand(elsewhere.definition.id, None)
        assert history(session, elsewhere, visit) == []


def test_how_it_stands_is_asked_with_as_many_statements_for_many_visits(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visits = [a_visit(session, place)]
        told(session, place, visits[0])
    counts = []
    for more in (0, 6):
        with database.writing() as session:
            for n in range(more):
                visit = a_visit_of_another_kind(session, place, 600 + 10 * n)
                told(session, place, visit)
        with database.reading() as session:
            all_visits = session.scalars(select(Visit)).all()
            for visit in all_visits:
                assert visit.booking.type.id
            with count_statements(database) as sent:
                queries.stands(session, place.provider_id, all_visits)
            counts.append(len(sent))
    assert counts == [3, 3]
