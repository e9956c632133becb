"""What is kept of the register's answers: whole records, over whatever was there before, and never more than may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from journal_core.actor import SYSTEM, Actor, ActorKind
from journal_core.arrivals.merging import take_in
from journal_core.audit.model import AccessLogRow, Action
from journal_core.persons import queries, use_cases
from journal_core.persons.model import Guardianship, Person
from journal_core.persons.told import Address, Registered, Relation
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.transaction import Database
from tests.build import cast
from tests.build.clocks import START
from tests.build.register import HOME, registered, the_register
from tests.build.statements import count_statements

LATER = START + timedelta(days=1, hours=1)
FAMILY = (cast.GUARDIAN, cast.OTHER_GUARDIAN, cast.CHILD, cast.TWELVE, cast.FOURTEEN, cast.SEVENTEEN)


def asked(
    database: Database,
    *people: cast.Member,
    register: StandInRegister | None = None,
    now: Any = START,
    actor: Actor = SYSTEM,
) -> None:
    """The register is asked for these people, and what it tells is written down."""
    numbers = [who.number for who in people]
    told = (register or the_register()).persons(numbers)
    with database.writing() as session:
        take_in(session, actor, told, numbers, now)


def found(database: Database, who: cast.Member) -> Person | None:
    with database.reading() as session:
        return queries.by_identities(session, [who.number]).get(who.number)


def person(database: Database, who: cast.Member) -> Person:
    one = found(database, who)
    assert one is not None
    return one


def guardians(database: Database, child: cast.Member) -> list[str | None]:
    with database.reading() as session:
        return [one.identity for _row, one in queries.guardians_of(session, person(database, child).id)]


def children(database: Database, guardian: cast.Member) -> list[str | None]:
    with database.reading() as session:
        return [one.identity for _row, one in queries.children_of(session, person(database, guardian).id)]


def numbers(*people: cast.Member) -> list[str]:
    return [who.number for who in people]


def test_a_person_is_made_and_known_by_what_the_register_tells(database: Database) -> None:
    asked(database, cast.BOOKER)
    one = person(database, cast.BOOKER)
    assert (one.given_name, one.family_name, one.verified_at) == ("Maja", "Ekman", START)
    assert (one.registered, one.register_at, one.protected) == (True, START, False)
    assert (one.care_of, one.street, one.postcode, one.city) == (None, HOME.street, HOME.postcode, HOME.city)
    assert (one.deceased_on, one.emigrated_on, one.birth_date) == (None, None, cast.BOOKER.born)


def test_what_was_written_by_hand_is_overwritten(database: Database) -> None:
    asked(database, cast.BOOKER)
    with database.writing() as session:
        row = session.get_one(Person, person(database, cast.BOOKER).id)
        row.given_name, row.street, row.deceased_on, row.protected, row.sealed_at = (
            "Maia",
            "Fel 1",
            date(2026, 1, 1),
            True,
            START,
        )
    asked(database, cast.BOOKER, now=LATER)
    one = person(database, cast.BOOKER)
    assert (one.given_name, one.street, one.deceased_on, one.protected) == ("Maja", HOME.street, None, False)
    assert one.sealed_at == START, "a seal is the staff's and not the register's"


def test_the_registers_name_goes_before_an_older_one_from_an_eid_and_the_other_way_round(database: Database) -> None:
    with database.writing() as session:
        use_cases.told_by_eid(session, cast.BOOKER.identity, "Maj", "Ek", START - timedelta(days=9))
    asked(database, cast.BOOKER)
    assert person(database, cast.BOOKER).given_name == "Maja"
    with database.writing() as session:
        use_cases.told_by_eid(session, cast.BOOKER.identity, "Maj", "Ek", LATER)
    assert (person(database, cast.BOOKER).given_name, person(database, cast.BOOKER).verified_at) == ("Maj", LATER)


def test_death_and_emigration_are_kept_and_an_address_that_is_gone_is_gone(database: Database) -> None:
    asked(database, cast.EMIGRATED, register=StandInRegister([registered(cast.EMIGRATED)]))
    assert person(database, cast.EMIGRATED).street == HOME.street
    asked(database, cast.DECEASED, cast.EMIGRATED, now=LATER)
    assert person(database, cast.DECEASED).deceased_on == date(2026, 10, 3)
    away = person(database, cast.EMIGRATED)
    assert (away.emigrated_on, away.street, away.city) == (date(2025, 6, 30), None, None)


def test_of_the_protected_neither_name_nor_address_is_kept(database: Database) -> None:
    with database.writing() as session:
        use_cases.told_by_eid(session, cast.PROTECTED_GUARDIAN.identity, "Helena", "Ros", START - timedelta(days=9))
    address = Address("c/o Ros", "Gömd 1", "111 11", "Ort")
    hidden = replace(registered(cast.PROTECTED_GUARDIAN), address=address)
    for now in (START, LATER):
        asked(database, cast.PROTECTED_GUARDIAN, register=StandInRegister([hidden]), now=now)
    one = person(database, cast.PROTECTED_GUARDIAN)
    assert one.protected and one.registered
    shown = (one.given_name, one.family_name, one.verified_at, one.care_of, one.street, one.postcode, one.city)
    assert set(shown) == {None}


def test_an_eid_tells_no_name_of_the_protected(database: Database) -> None:
    asked(database, cast.PROTECTED_GUARDIAN)
    with database.writing() as session:
        one = use_cases.told_by_eid(session, cast.PROTECTED_GUARDIAN.identity, "Helena", "Ros", LATER)
    assert (one.given_name, one.verified_at, one.protected) == (None, None, True)


def test_who_is_no_longer_protected_has_a_name_again(database: Database) -> None:
    asked(database, cast.PROTECTED_GUARDIAN)
    free = replace(registered(cast.PROTECTED_GUARDIAN), protected=False)
    asked(database, cast.PROTECTED_GUARDIAN, register=StandInRegister([free]), now=LATER)
    one = person(database, cast.PROTECTED_GUARDIAN)
    assert (one.given_name, one.street, one.protected) == ("Helena", HOME.street, False)


def test_a_number_that_the_register_does_not_know_is_remembered_as_such(database: Database) -> None:
    asked(database, *FAMILY)
    register = the_register()
    register.forget(cast.CHILD.number)
    asked(database, *FAMILY, register=register, now=LATER)
    child = person(database, cast.CHILD)
    assert (child.registered, child.register_at, child.given_name) == (False, LATER, "Alva")
    assert guardians(database, cast.CHILD) == []
    assert guardians(database, cast.TWELVE) == numbers(cast.GUARDIAN, cast.OTHER_GUARDIAN)


class TestFamilies:
    def test_the_childs_own_record_says_who_its_guardians_are(self, database: Database) -> None:
        asked(database, cast.GUARDIAN, cast.OTHER_GUARDIAN)
        assert children(database, cast.GUARDIAN) == [], "what a guardian's record says gives no right to anything"
        asked(database, cast.CHILD)
        assert guardians(database, cast.CHILD) == numbers(cast.GUARDIAN, cast.OTHER_GUARDIAN)
        assert children(database, cast.GUARDIAN) == numbers(cast.CHILD)

    def test_the_other_guardian_gets_a_record_but_is_not_known_by_it(self, database: Database) -> None:
        asked(database, cast.CHILD)
        other = person(database, cast.OTHER_GUARDIAN)
        assert (other.registered, other.register_at, other.given_name) == (None, None, None)

    def test_what_is_told_anew_replaces_what_was_told_before(self, database: Database) -> None:
        asked(database, *FAMILY)
        alone = replace(
            registered(cast.CHILD),
            guardians=(
                Relation(cast.OTHER_GUARDIAN.number, date(2026, 1, 1), date(2027, 1, 1)),
                Relation(cast.STRANGER.number),
            ),
        )
        asked(database, cast.CHILD, register=StandInRegister([alone]), now=LATER)
        assert guardians(database, cast.CHILD) == numbers(cast.STRANGER, cast.OTHER_GUARDIAN)
        assert children(database, cast.GUARDIAN) == numbers(cast.SEVENTEEN, cast.FOURTEEN, cast.TWELVE)
        with database.reading() as session:
            [(row, _one)] = queries.children_of(session, person(database, cast.OTHER_GUARDIAN).id)[-1:]
        assert (row.first_day, row.last_day, row.told_at) == (date(2026, 1, 1), date(2027, 1, 1), LATER)

    def test_nobody_is_kept_as_guardian_of_a_protected_child_or_of_somebody_of_age(self, database: Database) -> None:
        asked(database, cast.PROTECTED_CHILD, cast.SOLE_CHILD)
        assert (guardians(database, cast.PROTECTED_CHILD), len(guardians(database, cast.SOLE_CHILD))) == ([], 1)
        of_age = START.replace(year=2027)
        asked(database, cast.SEVENTEEN)
        asked(database, cast.SEVENTEEN, now=of_age)
        assert guardians(database, cast.SEVENTEEN) == []

    def test_a_child_that_becomes_protected_loses_its_guardians(self, database: Database) -> None:
        asked(database, cast.CHILD)
        register = the_register()
        register.tell(replace(register.persons([cast.CHILD.number])[cast.CHILD.number], protected=True))
        asked(database, cast.CHILD, register=register, now=LATER)
        assert guardians(database, cast.CHILD) == []

    def test_a_protected_guardian_stays_a_guardian(self, database: Database) -> None:
        asked(database, cast.CHILD_OF_PROTECTED)
        assert guardians(database, cast.CHILD_OF_PROTECTED) == numbers(cast.BESIDE_PROTECTED, cast.PROTECTED_GUARDIAN)

    def test_a_relation_that_can_not_be_read_or_leads_to_oneself_is_left_out(self, database: Database) -> None:
        odd = replace(
            registered(cast.CHILD),
            guardians=(Relation("20190502TF11"), Relation(cast.CHILD.number), Relation(cast.GUARDIAN.number)),
        )
        asked(database, cast.CHILD, register=StandInRegister([odd]))
        assert guardians(database, cast.CHILD) == numbers(cast.GUARDIAN)

    def test_one_statement_each_way(self, database: Database) -> None:
        asked(database, *FAMILY)
        guardian, child = person(database, cast.GUARDIAN).id, person(database, cast.CHILD).id
        with database.reading() as session, count_statements(database) as statements:
            assert len(queries.children_of(session, guardian)) == 4
            assert len(queries.guardians_of(session, child)) == 2
        assert len(statements) == 2


def test_the_log_says_of_whom_it_was_told_and_for_whom(database: Database) -> None:
    nurse = Actor(ActorKind.STAFF, 7, 8)
    nobody = replace(cast.STRANGER, number="199109302399")
    asked(database, cast.CHILD, nobody, actor=nurse)
    with database.reading() as session:
        rows = session.scalars(select(AccessLogRow).order_by(AccessLogRow.person_id)).all()
    assert [(row.action, row.actor_kind, row.actor_id, row.assignment_id) for row in rows] == [
        (Action.REGISTER_TOLD, ActorKind.STAFF, 7, 8)
    ] * 2
    assert [row.person_id for row in rows] == sorted(person(database, who).id for who in (cast.CHILD, nobody))


def test_a_large_family_takes_as_many_statements_as_a_small_one(database: Database) -> None:
    costs = []
    for people in ((cast.SOLE_GUARDIAN, cast.SOLE_CHILD), FAMILY):
        for now in (START, LATER):
            with count_statements(database) as statements:
                asked(database, *people, now=now)
            costs.append(len(statements))
    assert len(set(costs)) == 1 and costs[0] <= 8, costs


def test_told_twice_it_is_the_same(database: Database) -> None:
    asked(database, *FAMILY)
    with database.reading() as session:
        before = sorted((row.child_id, row.guardian_id) for row in session.scalars(select(Guardianship)))
    asked(database, *FAMILY, now=LATER)
    with database.reading() as session:
        rows = session.scalars(select(Guardianship)).all()
    assert sorted((row.child_id, row.guardian_id) for row in rows) == before
    assert {row.told_at for row in rows} == {LATER}


def test_a_record_whose_number_can_not_be_read_changes_nothing(database: Database) -> None:
    asked(database, cast.BOOKER)
    with database.writing() as session:
        use_cases.told_by_register(
            session, SYSTEM, {cast.BOOKER.number: Registered("19850314TF98", "Någon", "Annan")}, [cast.BOOKER.number], LATER
        )
    assert (person(database, cast.BOOKER).given_name, person(database, cast.BOOKER).register_at) == ("Maja", START)
