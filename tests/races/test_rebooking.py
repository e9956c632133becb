"""Bookings that move at the same instant: nobody gets a time twice, nobody loses the old one, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from journal_core.actor import Actor, ActorKind
from journal_core.booking import verification
from journal_core.booking.model import Booking
from journal_core.booking.rules import Time, time_of
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_time, an_offer
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.races.race import Outcome, race
from tests.races.racers import rebook

NINE = 9 * 60
TUESDAY = MONDAY + timedelta(days=1)


def booked(database: Database, offer: Offer, *times: Time) -> list[int]:
    with database.writing() as session:
        return [a_booking(session, offer, time=time).id for time in times]


def moved(database: Database, wishes: Sequence[tuple[int, Time]]) -> list[Outcome]:
    return race(url_of(database), rebook, [{"booking_id": number, "time": time} for number, time in wishes])


def where(database: Database, offer: Offer) -> dict[int, Time]:
    """What each booking's time is; everything else is as the rows say."""
    with database.reading() as session:
        assert list(verification.differences(session, session.get_one(Clinic, offer.clinic.id), START)) == []
        return {one.id: time_of(one) for one in session.scalars(select(Booking))}


def test_the_last_free_time_goes_to_one_and_the_others_keep_theirs(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session, days=(MONDAY, TUESDAY), span=(NINE, NINE + 40))
    old, last = [a_time(NINE + 10 * n) for n in range(4)], a_time(NINE + 30, TUESDAY)
    numbers = booked(database, offer, *old, *(a_time(NINE + 10 * n, TUESDAY) for n in range(3)))[:4]
    outcomes = moved(database, [(number, last) for number in numbers])
    assert [one.error for one in outcomes if one.error] == []
    assert sorted(one.refusal or "" for one in outcomes) == ["", *["time_taken"] * 3]
    [first] = [one.booking_id for one in outcomes if one.booking_id]
    expected = {number: last if number == first else time for number, time in zip(numbers, old, strict=True)}
    found = where(database, offer)
    assert {number: found[number] for number in numbers} == expected


def test_those_who_change_days_with_each_other_never_wait_for_ever(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session, days=(MONDAY, TUESDAY), span=(NINE, NINE + 40), resources=(1, 2))
    there = [a_time(NINE + 10 * n) for n in range(4)]
    back = [a_time(NINE + 10 * n, TUESDAY) for n in range(4)]
    numbers = booked(database, offer, *there, *back)
    outcomes = moved(database, list(zip(numbers, [*back, *there], strict=True)))
    assert [one.booking_id for one in outcomes] == numbers
    assert where(database, offer) == dict(zip(numbers, [*back, *there], strict=True))


def test_one_booking_that_is_moved_by_several_at_once_ends_at_one_of_their_times(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session, days=(MONDAY, TUESDAY), span=(NINE, NINE + 40))
    [number] = booked(database, offer, a_time())
    wanted = [a_time(NINE + 20), a_time(NINE + 30), a_time(day=TUESDAY), a_time(NINE + 10, TUESDAY)]
    outcomes = moved(database, [(number, time) for time in wanted])
    assert [one.error for one in outcomes if one.error] == []
    assert {one.refusal for one in outcomes} <= {None, "booking_changed"}
    found = where(database, offer)[number]
    assert found in [time for time, outcome in zip(wanted, outcomes, strict=True) if outcome.booking_id]


def test_ones_own_bookings_of_a_series_never_meet_on_a_day(database: Database) -> None:
    with database.writing() as session:
        days = [MONDAY + timedelta(days=n) for n in range(5)]
        offer = an_offer(session, days=days, span=(NINE, NINE + 40), category={"series": True})
        numbers = [a_booking(session, offer, time=a_time(day=day), booker=cast.BOOKER.identity).id for day in days[:4]]
        person = session.scalars(select(Person.id)).one()
    wishes = zip(numbers, [a_time(NINE + 10 * n, days[4]) for n in range(4)], strict=True)
    oneself = Actor(ActorKind.RESIDENT, person)
    runs = [{"booking_id": number, "time": time, "actor": oneself} for number, time in wishes]
    outcomes = race(url_of(database), rebook, runs)
    assert sorted(one.refusal or one.error or "" for one in outcomes) == ["", *["already_booked"] * 3]
    assert sorted(time.day for time in where(database, offer).values()).count(days[4]) == 1
