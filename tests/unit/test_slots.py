"""Starts are generated from opened times; the clock that the clinics go by."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.clock import instant_of, local, minute_of, today
from journal_core.schedule.rules import Stretch, free_starts, resource_with_room, starts
from tests.build.clocks import FixedClock

NINE = 9 * 60


def stretches(length: int) -> st.SearchStrategy[list[Stretch]]:
    """On three resources, within a short morning, so that things collide."""
    return st.lists(
        st.builds(
            lambda resource, start, minutes: Stretch(resource, start, start + minutes),
            st.integers(1, 3),
            st.integers(0, 24).map(lambda five: NINE + 5 * five),
            st.integers(1, length).map(lambda five: 5 * five),
        ),
        max_size=6,
    )


minutes_of_types = st.sampled_from((5, 10, 15, 20, 30, 45))
steps = st.sampled_from((None, 5, 10, 15))


def minute_by_minute(opened: list[Stretch], taken: list[Stretch], minutes: int, step: int | None) -> dict[int, set[int]]:
    """The rule said again, slowly: start -> resources with room. Each single minute of the visit is looked at."""
    occupied = {(other.resource, minute) for other in taken for minute in range(other.start, other.end)}
    found: dict[int, set[int]] = {}
    for stretch in opened:
        for start in range(24 * 60):
            on_the_grid = start >= stretch.start and (start - stretch.start) % (step or minutes) == 0
            visit = range(start, start + minutes)
            inside = all(stretch.start <= minute < stretch.end for minute in visit)
            if on_the_grid and inside and not any((stretch.resource, minute) in occupied for minute in visit):
                found.setdefault(start, set()).add(stretch.resource)
    return found


@given(stretches(18), stretches(9), minutes_of_types, steps)
def test_a_start_is_free_where_some_resource_has_room_for_every_minute(
    opened: list[Stretch], taken: list[Stretch], minutes: int, step: int | None
) -> None:
    assert free_starts(opened, taken, minutes, step) == sorted(minute_by_minute(opened, taken, minutes, step))


@given(stretches(18), stretches(9), minutes_of_types, steps)
def test_the_lowest_resource_with_room_is_given(
    opened: list[Stretch], taken: list[Stretch], minutes: int, step: int | None
) -> None:
    room = minute_by_minute(opened, taken, minutes, step)
    for start in range(NINE - 5, NINE + 240):
        given_resource = resource_with_room(opened, taken, minutes, step, start)
        assert given_resource == (min(room[start]) if start in room else None)


@given(stretches(18), stretches(9), minutes_of_types, steps, st.integers(NINE - 10, NINE + 200))
def test_none_is_offered_before_the_earliest(
    opened: list[Stretch], taken: list[Stretch], minutes: int, step: int | None, earliest: int
) -> None:
    everything = free_starts(opened, taken, minutes, step)
    later = [start for start in everything if start >= earliest]
    assert free_starts(opened, taken, minutes, step, earliest) == later


@given(stretches(18), minutes_of_types, steps)
def test_whoever_takes_what_is_offered_fills_the_day_without_overlap(
    opened: list[Stretch], minutes: int, step: int | None
) -> None:
    taken: list[Stretch] = []
    while free := free_starts(opened, taken, minutes, step):
        resource = resource_with_room(opened, taken, minutes, step, free[0])
        assert resource is not None
        place = Stretch(resource, free[0], free[0] + minutes)
        assert not [other for other in taken if other.resource == resource and other.overlaps(place.start, place.end)]
        taken.append(place)


@pytest.mark.parametrize(
    ("end", "minutes", "step", "grid"),
    [
        (NINE + 60, 20, None, [NINE, NINE + 20, NINE + 40]),
        (NINE + 59, 20, None, [NINE, NINE + 20]),
        (NINE + 60, 20, 15, [NINE, NINE + 15, NINE + 30]),
        (NINE + 60, 20, 10, [NINE, NINE + 10, NINE + 20, NINE + 30, NINE + 40]),
        (NINE + 20, 20, 5, [NINE]),
        (NINE + 15, 20, 5, []),
        (NINE + 10, 5, 10, [NINE]),
    ],
)
def test_the_grid_is_the_types_minutes_or_the_clinics_own_step(
    end: int, minutes: int, step: int | None, grid: list[int]
) -> None:
    assert list(starts(Stretch(1, NINE, end), minutes, step)) == grid


def test_the_grid_begins_with_the_opened_time_not_with_the_hour() -> None:
    assert free_starts([Stretch(1, NINE + 5, NINE + 35)], [], 10, None) == [NINE + 5, NINE + 15, NINE + 25]


def test_a_visit_lies_within_one_opened_time_though_two_touch() -> None:
    touching = [Stretch(1, NINE, NINE + 30), Stretch(1, NINE + 30, NINE + 60)]
    assert free_starts(touching, [], 20, None) == [NINE, NINE + 30]


def test_visits_may_touch() -> None:
    taken = [Stretch(1, NINE, NINE + 10), Stretch(1, NINE + 20, NINE + 30)]
    assert free_starts([Stretch(1, NINE, NINE + 30)], taken, 10, None) == [NINE + 10]


class TestDaylightSaving:
    """Sunday 28 March 2027 the clocks go forward at 02.00, Sunday 31 October back at 03.00: both before any clinic opens."""

    @pytest.mark.parametrize(
        ("day", "minute", "hour_utc"),
        [
            (date(2027, 3, 27), NINE, 8),
            (date(2027, 3, 28), NINE, 7),
            (date(2027, 3, 28), 5 * 60, 3),
            (date(2027, 3, 28), 60, 0),
            (date(2027, 3, 29), NINE, 7),
            (date(2027, 10, 30), NINE, 7),
            (date(2027, 10, 31), NINE, 8),
            (date(2027, 10, 31), 5 * 60, 4),
            (date(2027, 11, 1), NINE, 8),
        ],
    )
    def test_nine_is_nine_on_the_wall_whatever_utc_says(self, day: date, minute: int, hour_utc: int) -> None:
        instant = instant_of(day, minute)
        assert instant == datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)
        assert (local(instant).date(), minute_of(instant)) == (day, minute)

    def test_the_days_have_23_and_25_hours(self) -> None:
        for day, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 6, 6), 24)):
            following = date.fromordinal(day.toordinal() + 1)
            assert (instant_of(following, NINE) - instant_of(day, NINE)).total_seconds() in (86400, hours * 3600)
            assert (instant_of(following, 0) - instant_of(day, 0)).total_seconds() == hours * 3600

    def test_a_day_begins_at_swedish_midnight(self) -> None:
        assert today(FixedClock(datetime(2027, 3, 27, 22, 59, tzinfo=UTC))) == date(2027, 3, 27)
        assert today(FixedClock(datetime(2027, 3, 27, 23, 0, tzinfo=UTC))) == date(2027, 3, 28)
        assert today(FixedClock(datetime(2027, 3, 28, 22, 0, tzinfo=UTC))) == date(2027, 3, 29)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(5 * 60, 23 * 60))
def test_every_minute_that_can_be_booked_has_its_own_instant(day: date, minute: int) -> None:
    instant = instant_of(day, minute)
    assert (local(instant).date(), minute_of(instant)) == (day, minute)
