"""What residents are shown as free: at each moment of a hold, of a day, of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from journal_core.access.model import Draft
from journal_core.booking import queries
from journal_core.booking import use_cases as booking
from journal_core.booking.loading import BOOKING, HOLD
from journal_core.booking.model import ClinicDay
from journal_core.booking.placement import Key
from journal_core.booking.rules import BOOK_AHEAD, Time, end_of, last_day, time_of
from journal_core.mapping import table_of
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_draft, a_time, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.statements import count_statements

NINE, TEN = 9 * 60, 10 * 60
HOUR = [NINE, NINE + 10, NINE + 20, NINE + 30, NINE + 40, NINE + 50]
"""The starts of ten minutes from nine to ten."""
ONE_ENGINE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the engine has no part in."""


@pytest.fixture
def offer(database: Database) -> Offer:
    """Monday from nine to ten, one at a time."""
    with database.writing() as session:
        return an_offer(session, span=(NINE, TEN))


def free(database: Database, offer: Offer, now: datetime, day: date = MONDAY, own: Key | None = None) -> list[int]:
    """Minutes of the free starts of a day."""
    with database.reading() as session:
        found = queries.free_times(session, offer.clinic, offer.kind, [day], now, own=own)
    assert all(time.day == day for time in found.get(day, ()))
    return [time.minute for time in found.get(day, ())]


def hold(
    database: Database, offer: Offer, minute: int, now: datetime = START, day: date = MONDAY, *, length: int = 10
) -> Draft:
    with database.writing() as session:
        draft = a_draft(session, offer)
        here = offer.within(session)
        booking.hold(session, here.clinic, here.kind, Time(day, minute), draft.id, now, length=timedelta(minutes=length))
        return draft


def without(*taken: int) -> list[int]:
    return [minute for minute in HOUR if minute not in taken]


# --- holds that run out --------------------------------------------------------------------------------------------------


def test_between_two_holds_ends_just_the_one_that_lives_keeps_its_time(database: Database, offer: Offer) -> None:
    hold(database, offer, NINE, length=5)
    hold(database, offer, NINE + 20, length=10)
    shown = {minute: free(database, offer, START + timedelta(minutes=minute)) for minute in (0, 5, 9, 10)}
    assert shown == {
        0: without(NINE, NINE + 20),
        5: without(NINE + 20),
        9: without(NINE + 20),
        10: HOUR,
    }


def test_a_hold_keeps_its_time_until_the_very_instant_of_its_end(database: Database, offer: Offer) -> None:
    hold(database, offer, NINE, length=5)
    hold(database, offer, NINE + 20, length=10)
    moment = timedelta(microseconds=1)
    for minutes, before, after in ((5, without(NINE, NINE + 20), without(NINE + 20)), (10, without(NINE + 20), HOUR)):
        end = START + timedelta(minutes=minutes)
        assert (free(database, offer, end - moment), free(database, offer, end)) == (before, after)


@ONE_ENGINE
def test_what_is_shown_between_two_ends_can_be_held_and_the_rest_can_not(database: Database, offer: Offer) -> None:
    hold(database, offer, NINE, length=5)
    hold(database, offer, NINE + 20, length=10)
    now = START + timedelta(minutes=6)
    shown = free(database, offer, now)
    taken = []
    for minute in HOUR:
        try:
            hold(database, offer, minute, now)
            taken.append(minute)
        except Refusal:
            assert minute not in shown
    assert taken == shown
    assert free(database, offer, now) == []


def test_an_extended_hold_keeps_its_time_so_much_longer(database: Database, offer: Offer) -> None:
    draft = hold(database, offer, NINE, length=5)
    hold(database, offer, NINE + 20, length=10)
    with database.writing() as session:
        booking.extend(session, offer.within(session).clinic, draft.id, START + timedelta(minutes=4))
    shown = {minute: free(database, offer, START + timedelta(minutes=minute)) for minute in (5, 10, 13, 14)}
    assert shown == {5: without(NINE, NINE + 20), 10: without(NINE), 13: without(NINE), 14: HOUR}


@ONE_ENGINE
def test_a_booking_keeps_its_time_after_the_hold_would_have_ended(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        a_booking(session, offer, time=a_time(NINE + 30))
    hold(database, offer, NINE)
    assert free(database, offer, START + timedelta(hours=1)) == without(NINE + 30)


# --- days that nobody has counted ----------------------------------------------------------------------------------------


def test_a_day_that_nobody_has_counted_is_counted_from_its_rows(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        a_booking(session, offer, time=a_time(NINE + 30))
    hold(database, offer, NINE, length=5)
    hold(database, offer, NINE + 20, length=10)
    forget_what_is_left(database)
    shown = {minute: free(database, offer, START + timedelta(minutes=minute)) for minute in (0, 5, 10)}
    assert shown == {
        0: without(NINE, NINE + 20, NINE + 30),
        5: without(NINE + 20, NINE + 30),
        10: without(NINE + 30),
    }


def test_counted_and_uncounted_days_stand_beside_each_other(database: Database) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    with database.writing() as session:
        offer = an_offer(session, days=days[:3], span=(NINE, TEN))
        a_booking(session, offer, time=Time(days[1], NINE))
    forget_what_is_left(database, days[1])
    with database.reading() as session:
        found = queries.free_times(session, offer.clinic, offer.kind, days, START)
        assert {day: [time.minute for time in times] for day, times in found.items()} == dict(
            zip(days, [HOUR, without(NINE), HOUR, []], strict=True)
        )


@ONE_ENGINE
def test_the_next_change_counts_a_day_again(database: Database, offer: Offer) -> None:
    forget_what_is_left(database)
    hold(database, offer, NINE)
    with count_statements(database) as statements:
        assert free(database, offer, START) == without(NINE)
    assert len(statements) == 1


def forget_what_is_left(database: Database, day: date | None = None) -> None:
    """As a day stands after an upgrade."""
    table = table_of(ClinicDay)
    nothing = update(table).values(free=None, free_after_holds=None, next_hold_end=None, last_hold_end=None)
    with database.writing() as session:
        session.connection().execute(nothing if day is None else nothing.where(table.c.day == day))


# --- one's own time ------------------------------------------------------------------------------------------------------


def test_ones_own_time_is_free_to_oneself_alone(database: Database, offer: Offer) -> None:
    mine, others = hold(database, offer, NINE), hold(database, offer, NINE + 20)
    with database.writing() as session:
        booked = a_booking(session, offer, time=a_time(NINE + 30))
    assert free(database, offer, START) == without(NINE, NINE + 20, NINE + 30)
    assert free(database, offer, START, own=(HOLD, mine.id)) == without(NINE + 20, NINE + 30)
    assert free(database, offer, START, own=(HOLD, others.id)) == without(NINE, NINE + 30)
    assert free(database, offer, START, own=(BOOKING, booked.id)) == without(NINE, NINE + 20)


@ONE_ENGINE
def test_another_day_is_shown_as_it_is_to_whoever_holds_a_time(database: Database) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with database.writing() as session:
        offer = an_offer(session, days=(MONDAY, tuesday), span=(NINE, TEN))
    mine, own = hold(database, offer, NINE), hold(database, offer, NINE + 20, day=tuesday)
    assert free(database, offer, START, tuesday, own=(HOLD, mine.id)) == without(NINE + 20)
    assert free(database, offer, START, tuesday, own=(HOLD, own.id)) == HOUR


@ONE_ENGINE
def test_a_hold_that_is_gone_is_nobodys_own(database: Database, offer: Offer) -> None:
    hold(database, offer, NINE + 20)
    assert free(database, offer, START, own=(HOLD, "f" * 16)) == without(NINE + 20)


@ONE_ENGINE
def test_ones_own_long_visit_makes_room_for_each_start_within_it(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session, span=(NINE, TEN), minutes=30)
    mine = hold(database, offer, NINE + 30)
    assert free(database, offer, START) == [NINE]
    assert free(database, offer, START, own=(HOLD, mine.id)) == [NINE, NINE + 30]


# --- the year ------------------------------------------------------------------------------------------------------------

NINE_IN_UTC = {
    date(2027, 3, 27): 8,
    date(2027, 3, 28): 7,  # summer time begins
    date(2027, 10, 30): 7,
    date(2027, 10, 31): 8,  # and ends
    date(2028, 2, 29): 8,
    date(2026, 12, 31): 8,
    date(2027, 1, 1): 8,
}


@ONE_ENGINE
@pytest.mark.parametrize(("day", "hour"), NINE_IN_UTC.items(), ids=str)
def test_nine_oclock_is_nine_oclock_all_the_year(database: Database, day: date, hour: int) -> None:
    with database.writing() as session:
        offer = an_offer(session, days=[day], span=(NINE, TEN))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    week_before = midnight - timedelta(days=7)
    with database.reading() as session:
        shown = queries.free_times(session, offer.clinic, offer.kind, [day], week_before)[day]
    assert shown == [Time(day, minute) for minute in (540, 550, 560, 570, 580, 590)]
    assert [time.instant for time in shown] == [midnight + timedelta(hours=hour, minutes=n) for n in range(0, 60, 10)]
    for minutes, left in ((0, HOUR), (59, HOUR), (60, HOUR[1:]), (69, HOUR[1:]), (70, HOUR[2:]), (120, [])):
        now = midnight + timedelta(hours=hour - 1, minutes=minutes)
        assert free(database, offer, now, day) == left, minutes


def test_what_is_shown_through_the_year_is_what_is_booked(database: Database) -> None:
    """Through to the booking's own instant."""
    with database.writing() as session:
        offer = an_offer(session, days=NINE_IN_UTC, span=(NINE, TEN))
    for day, hour in NINE_IN_UTC.items():
        nine = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        month_before = nine - timedelta(days=30)
        with database.writing() as session:
            made = a_booking(session, offer, time=Time(day, NINE), now=month_before, coming=(cast.EIGHTY.coming,))
        assert (time_of(made).instant, end_of(made)) == (nine, nine + timedelta(minutes=10))
        assert free(database, offer, month_before, day) == without(NINE)


def test_a_time_is_past_at_its_very_minute(database: Database, offer: Offer, clock: FixedClock) -> None:
    ten_past = a_time(NINE + 10).instant
    for now, left in (
        (ten_past - timedelta(minutes=1), HOUR[1:]),
        (ten_past - timedelta(microseconds=1), HOUR[1:]),
        (ten_past, HOUR[2:]),
        (ten_past + timedelta(seconds=59), HOUR[2:]),
    ):
        clock.set(now)
        assert free(database, offer, clock.now()) == left, now
    with pytest.raises(Refusal) as refused:
        hold(database, offer, NINE + 10, ten_past)
    assert refused.value.code == "time_past"


@ONE_ENGINE
def test_a_day_is_over_at_swedish_midnight(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        late = an_offer(session, clinic=offer.clinic, span=(22 * 60, 23 * 60), resources=(2,), minutes=20)
    before = datetime(2026, 11, 23, 20, 59, tzinfo=UTC)
    assert free(database, late, before) == [22 * 60, 22 * 60 + 20, 22 * 60 + 40]
    assert free(database, late, datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) == []
    with database.reading() as session:
        assert queries.free_times(session, late.clinic, late.kind, [MONDAY], datetime(2026, 11, 23, 23, tzinfo=UTC)) == {}
        assert queries.free_times(session, late.clinic, late.kind, [MONDAY], datetime(2026, 11, 23, 22, 59, tzinfo=UTC)) == {
            MONDAY: []
        }


@ONE_ENGINE
def test_a_year_and_a_day_ahead_is_the_last_that_is_shown(database: Database) -> None:
    last = last_day(START)
    assert last == date(2027, 11, 21) == START.date() + BOOK_AHEAD
    with database.writing() as session:
        offer = an_offer(session, days=(last, last + timedelta(days=1)), span=(NINE, TEN))
    assert free(database, offer, START, last) == HOUR
    assert free(database, offer, START, last + timedelta(days=1)) == []


# --- what it costs -------------------------------------------------------------------------------------------------------


def test_one_statement_shows_one_day_or_fourteen(database: Database) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(14)]
    with database.writing() as session:
        offer = an_offer(session, days=days, span=(NINE, TEN))
        a_booking(session, offer)
    hold(database, offer, NINE + 10)
    assert (statements_of(database, offer, days[:1]), statements_of(database, offer, days)) == (1, 1)


def test_days_that_have_to_be_counted_cost_the_same_for_one_as_for_fourteen(database: Database) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(14)]
    with database.writing() as session:
        offer = an_offer(session, days=days, span=(NINE, TEN))
    forget_what_is_left(database)
    assert statements_of(database, offer, days[:1]) == statements_of(database, offer, days) == 4


def statements_of(database: Database, offer: Offer, days: Sequence[date]) -> int:
    with database.reading() as session, count_statements(database) as statements:
        found = queries.free_times(session, offer.clinic, offer.kind, days, START)
    assert all(found[day] for day in days)
    return len(statements)


@ONE_ENGINE
def test_no_days_ask_nothing(database: Database, offer: Offer) -> None:
    with database.reading() as session, count_statements(database) as statements:
        assert queries.free_times(session, offer.clinic, offer.kind, [], START) == {}
    assert statements == []
