"""One record a person: made once, found again, told only by an e-ID."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from journal_core.actor import Actor, ActorKind
from journal_core.arrivals.merging import merge
from journal_core.audit.model import AccessLogRow, Action
from journal_core.persons import queries, use_cases
from journal_core.persons.model import IdentityKind, Person, Sex
from journal_core.transaction import Database
from tests.build import cast
from tests.build.clocks import START
from tests.build.statements import count_statements


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_person_is_made_where_the_journal_has_none(database: Database) -> None:
    with database.writing() as session:
        made = use_cases.ensure(session, [cast.COORDINATED.identity], START)[cast.COORDINATED.number]
    assert (made.identity_kind, made.birth_date, made.sex) == (
        IdentityKind.COORDINATION,
        cast.COORDINATED.born,
        Sex.MALE,
    )
    assert (made.protected, made.created_at, made.given_name) == (False, START, None)


@pytest.mark.parametrize("lock", [False, True])
def test_and_found_again_where_it_has(database: Database, lock: bool) -> None:
    both = [cast.BOOKER.identity, cast.CHILD.identity]
    with database.writing() as session:
        first = use_cases.ensure(session, both[:1], START)[cast.BOOKER.number]
    with database.writing() as session:
        again = use_cases.ensure(session, both, START + timedelta(days=1), lock=lock)
    assert (again[cast.BOOKER.number].id, again[cast.BOOKER.number].public_id) == (first.id, first.public_id)
    assert again[cast.BOOKER.number].created_at == START
    assert count(database) == 2


def test_the_same_number_twice_at_once_makes_one(database: Database) -> None:
    with database.writing() as session:
        use_cases.ensure(session, [cast.BOOKER.identity, cast.BOOKER.identity], START)
    assert count(database) == 1


def test_nobody_asked_for_is_nobody_made(database: Database) -> None:
    with database.writing() as session, count_statements(database) as statements:
        assert use_cases.ensure(session, [], START) == {}
    assert statements == []


def test_known_and_unknown_are_asked_for_alike(database: Database) -> None:
    with database.writing() as session:
        use_cases.ensure(session, [cast.BOOKER.identity], START)
    with database.writing() as session:
        with count_statements(database) as known:
            use_cases.ensure(session, [cast.BOOKER.identity], START)
        with count_statements(database) as unknown:
            use_cases.ensure(session, [cast.STRANGER.identity], START)
    assert known == unknown


def test_unknown_numbers_are_left_out_of_what_is_found(database: Database) -> None:
    with database.writing() as session:
        use_cases.ensure(session, [cast.BOOKER.identity], START)
        found = queries.by_identities(session, [cast.BOOKER.number, cast.STRANGER.number])
    assert list(found) == [cast.BOOKER.number]


def test_a_person_without_number_is_never_matched(database: Database) -> None:
    with database.writing() as session:
        two = [use_cases.add_without_number(session, date(2020, 2, 29), Sex.FEMALE, START) for _ in range(2)]
        persons = [session.get_one(Person, person_id) for person_id in two]
    assert two[0] != two[1]
    assert {(person.identity, person.identity_kind) for person in persons} == {(None, IdentityKind.NONE)}


def test_the_database_knows_that_kind_and_number_belong_together(database: Database) -> None:
    row = {"birth_date": START.date(), "created_at": START}
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Person(identity_kind=IdentityKind.NONE, identity=cast.BOOKER.number, **row))
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Person(identity_kind=IdentityKind.PERSONAL, **row))


def test_an_eid_tells_the_name_and_a_later_one_replaces_it(database: Database) -> None:
    later = START + timedelta(days=400)
    with database.writing() as session:
        first = use_cases.told_by_eid(session, cast.BOOKER.identity, "Maja", "Ek", START)
    with database.writing() as session:
        use_cases.told_by_eid(session, cast.BOOKER.identity, "Maja", "Ekman", later)
    with database.reading() as session:
        person = session.get_one(Person, first.id)
    assert (person.given_name, person.family_name, person.verified_at) == ("Maja", "Ekman", later)
    assert count(database) == 1


STAFF = Actor(ActorKind.STAFF, 7, 8)


def test_a_seal_is_set_and_lifted_and_the_first_time_counts(database: Database) -> None:
    later = START + timedelta(days=1)
    for turn, (act, sealed) in enumerate(
        [(use_cases.seal, START), (use_cases.seal, START), (use_cases.lift_seal, None), (use_cases.lift_seal, None)]
    ):
        with database.writing() as session:
            act(session, STAFF, cast.CHILD.identity, 3, START if turn == 0 else later)
        with database.reading() as session:
            assert queries.by_identities(session, [cast.CHILD.number])[cast.CHILD.number].sealed_at == sealed
    with database.reading() as session:
        rows = session.scalars(select(AccessLogRow).order_by(AccessLogRow.id)).all()
    assert [row.action for row in rows] == [Action.SEALED] * 2 + [Action.SEAL_LIFTED] * 2
    assert {(row.actor_kind, row.actor_id, row.assignment_id, row.clinic_id) for row in rows} == {(ActorKind.STAFF, 7, 8, 3)}
    assert len({row.person_id for row in rows}) == 1


@pytest.mark.parametrize("act", [use_cases.seal, use_cases.lift_seal])
def test_of_whom_it_is_the_journal_need_not_know(database: Database, act: Callable[..., None]) -> None:
    """The same is asked and written for a known and an unknown number."""
    with database.writing() as session:
        use_cases.ensure(session, [cast.CHILD.identity], START)
    asked = []
    for who in (cast.CHILD, cast.TWELVE):
        with database.writing() as session, count_statements(database) as statements:
            act(session, STAFF, who.identity, 3, START)
        asked.append([statement.split("(")[0] for statement in statements])
    assert asked[0] == asked[1]
    assert count(database) == 2


def test_a_seal_on_an_old_number_is_on_whom_it_became(database: Database) -> None:
    with database.writing() as session:
        known = use_cases.ensure(session, [cast.BEFORE_RENUMBERED.identity, cast.RENUMBERED.identity], START)
        merge(session, STAFF, known[cast.BEFORE_RENUMBERED.number], known[cast.RENUMBERED.number], START)
    with database.writing() as session:
        use_cases.seal(session, STAFF, cast.BEFORE_RENUMBERED.identity, 3, START)
    with database.reading() as session:
        assert queries.by_identities(session, [cast.RENUMBERED.number])[cast.RENUMBERED.number].sealed_at == START
