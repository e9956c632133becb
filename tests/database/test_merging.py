"""A person gets a new number: two records become one, and nothing of what either had is lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.access import use_cases as access
from journal_core.access.model import WebSession
from journal_core.actor import SYSTEM, Actor, ActorKind
from journal_core.arrivals.merging import NAMING, merge, take_in
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import queries as bookings
from journal_core.booking.model import Booking, Visit
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest
from journal_core.mapping import Mapped
from journal_core.messages.model import Channel
from journal_core.persons import queries
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Guardianship, Person
from journal_core.persons.told import Relation
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_time, an_offer
from tests.build.clocks import START
from tests.build.register import registered, the_register
from tests.build.statements import count_statements

TUESDAY = MONDAY + timedelta(days=1)
LATER = START + timedelta(days=2)
OLD, NEW = cast.BEFORE_RENUMBERED, cast.RENUMBERED


def made(session: Session, *people: cast.Member) -> list[int]:
    known = persons.ensure(session, [who.identity for who in people], START)
    return [known[who.number].id for who in people]


def booked(database: Database, offer: Offer, who: cast.Member, minute: int = 9 * 60, day: date = MONDAY, **order: Any) -> int:
    with database.writing() as session:
        return a_booking(session, offer, time=a_time(minute, day), coming=(who.coming,), **order).id


def renumbered(database: Database, *asked: str, now: Any = START, register: StandInRegister | None = None) -> None:
    """The register is asked by these numbers, else by the old one, and answers with the new."""
    wanted = asked or (OLD.number,)
    told = (register or the_register()).persons(wanted)
    with database.writing() as session:
        take_in(session, SYSTEM, told, wanted, now)


def merged(database: Database) -> tuple[int, int]:
    """Two records of the same woman, the old one merged into the new; their ids."""
    with database.writing() as session:
        old, new = (session.get_one(Person, person_id) for person_id in made(session, OLD, NEW))
        merge(session, SYSTEM, old, new, START)
        return old.id, new.id


def id_of(database: Database, number: str) -> int:
    with database.reading() as session:
        return queries.by_identities(session, [number])[number].id


def count(database: Database, model: type[Mapped]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, days=(MONDAY, TUESDAY), span=(9 * 60, 11 * 60))


@pytest.mark.parametrize("known", [(OLD,), (NEW,), (OLD, NEW), ()], ids=["the old one", "the new one", "both", "nobody"])
@pytest.mark.parametrize("asked", [OLD.number, NEW.number], ids=["by the old", "by the new"])
def test_whoever_was_known_there_is_one_person_afterwards(
    sqlite_database: Database, known: Collection[cast.Member], asked: str
) -> None:
    with sqlite_database.writing() as session:
        made(session, *known)
    for now in (START, LATER):
        renumbered(sqlite_database, asked, now=now)
    with sqlite_database.reading() as session:
        living = session.scalars(select(Person).where(Person.merged_into_id.is_(None))).one()
    assert (living.identity, living.given_name, living.registered) == (NEW.number, NEW.given_name, True)
    assert id_of(sqlite_database, NEW.number) == living.id
    if OLD in known or asked == OLD.number:
        assert id_of(sqlite_database, OLD.number) == living.id


def test_no_booking_is_lost(database: Database, offer: Offer) -> None:
    before = booked(database, offer, OLD, booker=OLD.identity)
    after = booked(database, offer, NEW, day=TUESDAY)
    renumbered(database)
    person_id = id_of(database, NEW.number)
    with database.reading() as session:
        found = bookings.bookings_of_persons(session, [person_id], START.date())
        assert [one.id for one in found] == [before, after]
        assert found[0].booked_by_id == person_id
        assert {visit.person_id for one in found for visit in one.visits} == {person_id}
        assert [visit.given_name for visit in found[0].visits] == [OLD.given_name], "what was typed stays the visit's"


def test_the_old_record_keeps_its_number_and_nothing_else(database: Database) -> None:
    with database.writing() as session:
        old = persons.told_by_eid(session, OLD.identity, "Daria", "Koval", START)
    asked_before = registered(OLD)
    renumbered(database, register=StandInRegister([asked_before]))
    renumbered(database)
    with database.reading() as session:
        row = session.get_one(Person, old.id)
    assert (row.identity, row.given_name, row.verified_at, row.street) == (OLD.number, None, None, None)
    assert row.merged_into_id == id_of(database, NEW.number)


def test_two_of_a_kind_both_stand_and_staff_see_it(database: Database, offer: Offer) -> None:
    first, second = booked(database, offer, OLD), booked(database, offer, NEW, day=TUESDAY)
    with database.writing() as session:
        other = an_offer(session)
    elsewhere = booked(database, other, NEW)
    renumbered(database)
    with database.reading() as session:
        seen = {number: session.get_one(Booking, number).another_live for number in (first, second, elsewhere)}
        assert not any(session.get_one(Booking, number).cancelled_at for number in seen)
    assert seen == {first: True, second: True, elsewhere: False}


@pytest.mark.parametrize(("day", "meet"), [(MONDAY, True), (TUESDAY, False)])
def test_of_a_series_there_is_one_a_day(sqlite_database: Database, day: date, meet: bool) -> None:
    with sqlite_database.writing() as session:
        series = an_offer(session, days=(MONDAY, TUESDAY), category={"series": True})
    numbers = [booked(sqlite_database, series, OLD), booked(sqlite_database, series, NEW, 10 * 60, day)]
    renumbered(sqlite_database)
    with sqlite_database.reading() as session:
        assert [session.get_one(Booking, number).another_live for number in numbers] == [meet] * 2


def test_what_is_over_or_cancelled_does_not_count(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        here = an_offer(session, days=(MONDAY, TUESDAY))
    past, coming = booked(sqlite_database, here, OLD), booked(sqlite_database, here, NEW, day=TUESDAY)
    renumbered(sqlite_database, now=a_time(12 * 60).instant)
    with sqlite_database.reading() as session:
        assert not any(session.get_one(Booking, number).another_live for number in (past, coming))


def test_sessions_go_on_as_the_new_person(database: Database) -> None:
    with database.writing() as session:
        old, child = made(session, OLD, cast.CHILD)
        access.log_in(session, "a", START, person_id=old)
        session.flush()
        session.get_one(WebSession, "a").acting_for_id = child
        access.log_in(session, "b", START, person_id=made(session, cast.GUARDIAN)[0])
        session.flush()
        session.get_one(WebSession, "b").acting_for_id = old
    renumbered(database)
    new = id_of(database, NEW.number)
    with database.reading() as session:
        first, second = session.get_one(WebSession, "a"), session.get_one(WebSession, "b")
    assert (first.person_id, first.acting_for_id, second.acting_for_id) == (new, child, new)


def test_the_log_stays_as_it_was_and_is_found_by_both_ids(database: Database, offer: Offer) -> None:
    booked(database, offer, OLD)
    old = id_of(database, OLD.number)
    renumbered(database)
    new = id_of(database, NEW.number)
    with database.reading() as session:
        assert queries.ids_of(session, new) == [old, new]
        assert session.scalars(select(AccessLogRow.person_id).where(AccessLogRow.action == Action.BOOKED)).all() == [old]
        rows = session.scalars(select(AccessLogRow.person_id).where(AccessLogRow.action == Action.MERGED))
        assert sorted(rows, key=str) == [old, new]


class TestGuardianships:
    def test_move_on_both_sides(self, database: Database) -> None:
        with database.writing() as session:
            old, child, parent = made(session, OLD, cast.CHILD, cast.GUARDIAN)
            session.add(Guardianship(child_id=child, guardian_id=old, told_at=START))
            session.add(Guardianship(child_id=old, guardian_id=parent, told_at=START))
            session.flush()
            [new] = made(session, NEW)
            merge(session, SYSTEM, session.get_one(Person, old), session.get_one(Person, new), START)
        with database.reading() as session:
            rows = session.scalars(select(Guardianship).order_by(Guardianship.child_id)).all()
        assert {(row.child_id, row.guardian_id) for row in rows} == {(child, new), (new, parent)}

    def test_of_two_the_one_that_was_told_last_stands(self, database: Database) -> None:
        with database.writing() as session:
            old, new, child = made(session, OLD, NEW, cast.CHILD)
            session.add(Guardianship(child_id=child, guardian_id=old, told_at=LATER, last_day=MONDAY))
            session.add(Guardianship(child_id=child, guardian_id=new, told_at=START))
            session.add(Guardianship(child_id=new, guardian_id=old, told_at=START))
            session.flush()
            merge(session, SYSTEM, session.get_one(Person, old), session.get_one(Person, new), LATER)
        with database.reading() as session:
            [row] = session.scalars(select(Guardianship))
        assert (row.child_id, row.guardian_id, row.told_at, row.last_day) == (child, new, LATER, MONDAY)

    def test_a_child_keeps_its_guardians_and_a_guardian_the_child(self, database: Database) -> None:
        register, anew = the_register(), cast.STRANGER.number
        register.forget(anew)
        child = register.persons([cast.CHILD.number])[cast.CHILD.number]
        everybody = [cast.GUARDIAN.number, cast.OTHER_GUARDIAN.number, cast.CHILD.number]
        renumbered(database, *everybody, register=register)
        register.tell(replace(child, number="201905022396", earlier_numbers=(cast.CHILD.number,)))
        father = register.persons([cast.GUARDIAN.number])[cast.GUARDIAN.number]
        register.tell(replace(father, number=anew, earlier_numbers=(cast.GUARDIAN.number,)))
        renumbered(database, *everybody, register=register, now=LATER)
        with database.reading() as session:
            rows = queries.guardians_of(session, id_of(database, "201905022396"))
            assert [one.identity for _row, one in rows] == [anew, cast.OTHER_GUARDIAN.number]
            assert {row.told_at for row, _one in rows} == {LATER}


class TestConsent:
    def asked(self, session: Session, visit: Visit, guardian_id: int, *answers: Answer) -> int:
        name = f"{visit.id}-{guardian_id}"
        request = ConsentRequest(
            visit_id=visit.id,
            guardian_id=guardian_id,
            link_hash=name,
            link=b"",
            channel=Channel.NONE,
            language="sv",
            created_at=START,
            events=[ConsentEvent(at=START, answer=answer) for answer in (Answer.ASKED, *answers)],
        )
        session.add(request)
        session.flush()
        return request.id

    def test_what_a_guardian_answered_stays_theirs(self, database: Database, offer: Offer) -> None:
        booking_id = booked(database, offer, cast.CHILD)
        with database.writing() as session:
            [visit] = session.get_one(Booking, booking_id).visits
            self.asked(session, visit, made(session, OLD)[0], Answer.GIVEN)
        renumbered(database)
        with database.reading() as session:
            [request] = session.scalars(select(ConsentRequest))
            assert request.guardian_id == id_of(database, NEW.number)
            assert [event.answer for event in request.events] == [Answer.ASKED, Answer.GIVEN]

    def test_asked_under_both_numbers_it_was_asked_once(self, database: Database, offer: Offer) -> None:
        booking_id = booked(database, offer, cast.CHILD)
        with database.writing() as session:
            [visit] = session.get_one(Booking, booking_id).visits
            old, new, other = made(session, OLD, NEW, cast.GUARDIAN)
            self.asked(session, visit, old, Answer.GIVEN)
            kept = self.asked(session, visit, new, Answer.REFUSED)
            beside = self.asked(session, visit, other)
        renumbered(database)
        with database.reading() as session:
            requests = {one.id: one for one in session.scalars(select(ConsentRequest))}
            assert set(requests) == {kept, beside}
            answers = [event.answer for event in requests[kept].events]
        assert answers == [Answer.ASKED, Answer.GIVEN, Answer.ASKED, Answer.REFUSED]


class TestTheRecordThatStays:
    def test_what_holds_for_one_holds_for_both_until_the_register_says_more(self, database: Database) -> None:
        with database.writing() as session:
            old = persons.told_by_eid(session, OLD.identity, "Daria", "Koval", START)
            old.sealed_at = START
            [new] = made(session, NEW)
            merge(session, SYSTEM, old, session.get_one(Person, new), START)
        with database.reading() as session:
            row = session.get_one(Person, new)
        assert (row.given_name, row.verified_at, row.sealed_at, row.protected) == ("Daria", START, START, False)

    def test_nobody_is_unprotected_by_a_new_number(self, database: Database) -> None:
        with database.writing() as session:
            made(session, OLD)
            new = persons.told_by_eid(session, NEW.identity, "Daria", "Koval", START)
            old = queries.by_identities(session, [OLD.number])[OLD.number]
            old.protected = True
            merge(session, SYSTEM, old, new, START)
        with database.reading() as session:
            row = session.get_one(Person, new.id)
        assert (row.protected, row.given_name, row.verified_at) == (True, None, None)

    def test_every_column_that_names_a_person_is_thought_of(self) -> None:
        naming = {
            (table.name, column.name)
            for table in Mapped.metadata.tables.values()
            for column in table.columns
            if any(key.target_fullname == "person.id" for key in column.foreign_keys)
        }
        moved = {(model.__tablename__, name) for model, name in NAMING}
        assert naming == moved | {("guardianship", "child_id"), ("guardianship", "guardian_id")}


class TestTheOldNumber:
    def test_leads_to_whom_its_owner_became_and_a_third_number_too(self, database: Database) -> None:
        renumbered(database)
        third = "199406232398"
        anew = replace(registered(NEW), number=third, earlier_numbers=(OLD.number, NEW.number))
        renumbered(database, NEW.number, register=StandInRegister([anew]), now=LATER)
        with database.reading() as session:
            found = queries.by_identities(session, [OLD.number, NEW.number, third, cast.STRANGER.number])
            assert {number: person.identity for number, person in found.items()} == dict.fromkeys(
                (OLD.number, NEW.number, third), third
            )
            tombstones = session.scalars(select(Person.merged_into_id).where(Person.merged_into_id.is_not(None)))
            assert set(tombstones) == {found[third].id}, "no chain is longer than one"
            assert queries.ids_of(session, found[third].id) == sorted(session.scalars(select(Person.id)))

    def test_is_typed_by_hand_and_books_for_the_person_of_today(self, database: Database, offer: Offer) -> None:
        old, new = merged(database)
        number = booked(database, offer, OLD, booker=OLD.identity)
        with database.reading() as session:
            found = session.get_one(Booking, number)
            assert [visit.person_id for visit in found.visits] == [new] and found.booked_by_id == new
        assert count(database, Person) == 2
        assert old != new

    def test_is_found_at_the_screen(self, database: Database, offer: Offer) -> None:
        booked(database, offer, OLD)
        renumbered(database)
        with database.reading() as session:
            for who in (OLD, NEW):
                assert len(bookings.visits_of_number(session, offer.clinic.id, who.number, MONDAY)) == 1

    def test_logs_in_as_the_person_of_today(self, database: Database) -> None:
        old, new = merged(database)
        with database.writing() as session:
            assert persons.told_by_eid(session, OLD.identity, "Daria", "Koval", LATER).id == new
        with database.writing() as session:
            found = [queries.person(session, person_id, hold=hold) for person_id in (old, new) for hold in (False, True)]
            assert queries.person(session, 10**6, hold=True) is None
        assert [(one.id, one.given_name) for one in found if one] == [(new, "Daria")] * 4

    def test_costs_no_statement_more(self, database: Database) -> None:
        merged(database)
        counts = []
        for who in (OLD, NEW, cast.STRANGER, cast.STRANGER):
            with database.writing() as session, count_statements(database) as statements:
                persons.ensure(session, [who.identity], START, lock=True)
            counts.append(len(statements))
        assert counts == [2] * 4


def test_merged_once_it_has_no_effect_again(database: Database, offer: Offer) -> None:
    booked(database, offer, OLD)
    for now in (START, LATER, LATER):
        renumbered(database, now=now)
    old, new = merged_ids(database)
    with database.writing() as session:
        merge(session, SYSTEM, session.get_one(Person, old), session.get_one(Person, new), LATER)
        merge(session, SYSTEM, session.get_one(Person, new), session.get_one(Person, old), LATER)
        merge(session, SYSTEM, session.get_one(Person, new), session.get_one(Person, new), LATER)
    with database.reading() as session:
        assert len(session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.MERGED)).all()) == 2
        assert session.get_one(Person, new).merged_into_id is None


def merged_ids(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        row = session.scalars(select(Person).where(Person.merged_into_id.is_not(None))).one()
        assert row.merged_into_id is not None
        return row.id, row.merged_into_id


def test_a_register_that_contradicts_itself_merges_once(database: Database) -> None:
    """Each of two says to be the other's earlier number."""
    there = replace(registered(NEW), earlier_numbers=(OLD.number,))
    back = replace(registered(OLD), earlier_numbers=(NEW.number,), guardians=(Relation(NEW.number),))
    for now in (START, LATER):
        with database.writing() as session:
            take_in(session, SYSTEM, {NEW.number: there, OLD.number: back}, [NEW.number, OLD.number], now)
    with database.reading() as session:
        assert len(session.scalars(select(Person).where(Person.merged_into_id.is_(None))).all()) == 1


def test_a_guardian_renumbered_since_the_login_is_who_booked(database: Database) -> None:
    """The session was read before the merger: it names the old record."""
    with database.writing() as session:
        offer = an_offer(session)
    old, new = merged(database)
    actor = Actor(ActorKind.RESIDENT, old)
    number = booked(database, offer, cast.CHILD, actor=actor, booker=NEW.identity, acting_for=cast.CHILD.identity)
    with database.reading() as session:
        assert session.get_one(Booking, number).booked_by_id == new
