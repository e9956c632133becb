"""One record a person: made once, found again, told only by an e-ID."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

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
