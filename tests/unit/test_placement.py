"""Slots by the grid rule and settling by the fixed rule, against plain minute-by-minute reckoning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.booking.placement import (
    Blocked,
    Opened,
    Placement,
    Taken,
    faults,
    free,
    grid,
    occupied,
    place,
    resource_for,
    settle,
    starts_of,
)
from tests.build.clocks import START

NINE = 9 * 60
TYPES = frozenset({1, 2})

minutes_of_day = st.integers(60, 80).map(lambda n: n * 5)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[int, int, int]:
    start = draw(minutes_of_day)
    return draw(st.integers(1, 3)), start, start + 5 * draw(st.integers(1, 20))


@st.composite
def openings(draw: st.DrawFn) -> list[Opened]:
    """Opened times as they can stand: none over another on its resource."""
    found: list[Opened] = []
    for resource, start, end in draw(st.lists(stretches(), max_size=6)):
        if not any(one.resource == resource and one.start < end and start < one.end for one in found):
            types = draw(st.sampled_from([frozenset({1}), frozenset({2}), TYPES]))
            found.append(Opened(resource, start, end, types, draw(st.booleans())))
    return found


blocks = st.lists(stretches().map(lambda stretch: Blocked(*stretch)), max_size=2)


@st.composite
def visits(draw: st.DrawFn) -> list[Taken]:
    """Visits that want in, standing nowhere yet."""
    return [
        Taken((0, n), draw(st.sampled_from([1, 2])), draw(minutes_of_day), 5 * draw(st.integers(1, 6)), START, None)
        for n in range(draw(st.integers(0, 8)))
    ]


def standing(visits: list[Taken], placed: Placement) -> list[Taken]:
    return [Taken(one.key, one.type_id, one.start, one.minutes, one.created_at, placed[one.key]) for one in visits]


def open_minutes(opened: Opened, closed: list[Blocked]) -> set[int]:
    blocked = {minute for block in closed if block.resource == opened.resource for minute in range(block.start, block.end)}
    return set(range(opened.start, opened.end)) - blocked


def fits(opened: Opened, closed: list[Blocked], visit: Taken) -> bool:
    whole = opened.start <= visit.start and visit.start + visit.minutes <= opened.end
    minutes = set(range(visit.start, visit.start + visit.minutes))
    return visit.type_id in opened.types and whole and minutes <= open_minutes(opened, closed)


def no_two_on_one_place(placed: list[Taken]) -> bool:
    minutes = [(one.resource, m) for one in placed if one.resource for m in range(one.start, one.start + one.minutes)]
    return len(minutes) == len(set(minutes))


@given(openings(), blocks, visits(), st.integers(1, 6).map(lambda n: n * 5), st.sampled_from([None, 5, 10, 15]))
def test_free_starts_are_those_that_a_minute_by_minute_look_finds(
    opened: list[Opened], closed: list[Blocked], wanted: list[Taken], minutes: int, step: int | None
) -> None:
    there = standing(wanted, place(opened, closed, wanted))
    taken = {(one.resource, m) for one in there for m in range(one.start, one.start + one.minutes)}
    expected = {
        start
        for one in opened
        if 1 in one.types and not one.internal
        for start in range(one.start, one.end - minutes + 1, step or minutes)
        if set(range(start, start + minutes)) <= open_minutes(one, closed)
        and not any((one.resource, m) in taken for m in range(start, start + minutes))
    }
    full = occupied(closed, there)
    assert starts_of(free(opened, full, 1, minutes, step or minutes)) == sorted(expected)
    for start in range(300, 600, 5):
        assert (resource_for(opened, full, 1, start, minutes, step or minutes) is not None) == (start in expected)


@given(openings(), blocks, visits())
def test_everybody_placed_has_a_place_of_their_own_and_the_lowest(
    opened: list[Opened], closed: list[Blocked], wanted: list[Taken]
) -> None:
    placed = place(opened, closed, wanted)
    there = standing(wanted, placed)
    assert faults(opened, closed, there) == []
    assert no_two_on_one_place(there)
    for visit in there:
        possible = [one for one in opened if fits(one, closed, visit)]
        if visit.resource is not None:
            assert visit.resource in {one.resource for one in possible}


@given(openings(), openings(), blocks, visits())
def test_settling_takes_a_place_from_nobody(
    before: list[Opened], after: list[Opened], closed: list[Blocked], wanted: list[Taken]
) -> None:
    """Whoever stands where it is still open stands somewhere afterwards; and nobody shares a place."""
    there = standing(wanted, place(before, [], wanted))
    settled = settle(after, closed, there)
    now = standing(wanted, settled)
    assert no_two_on_one_place(now) and faults(after, closed, now) == []
    for visit in there:
        kept = visit.resource is not None and any(one.resource == visit.resource and fits(one, closed, visit) for one in after)
        if kept:
            assert settled[visit.key] is not None


@given(openings(), blocks, visits(), minutes_of_day, st.integers(1, 4).map(lambda n: n * 5))
def test_a_free_start_takes_the_new_one_and_keeps_all_the_others(
    opened: list[Opened], closed: list[Blocked], wanted: list[Taken], start: int, minutes: int
) -> None:
    there = standing(wanted, settle(opened, closed, wanted))
    resource = resource_for(opened, occupied(closed, there), 1, start, minutes, 5)
    if resource is None:
        return
    new = Taken((1, "draft"), 1, start, minutes, START, resource)
    settled = settle(opened, closed, [*there, new])
    assert settled[new.key] is not None
    assert all(settled[one.key] is not None for one in there if one.resource is not None)


def visit(number: int, start: int, minutes: int = 10, *, age: int = 0, type_id: int = 1, resource: int | None = None) -> Taken:
    return Taken((0, number), type_id, start, minutes, START - timedelta(minutes=age), resource)


def two_resources(**first: object) -> list[Opened]:
    return [Opened(1, NINE, NINE + 60, TYPES, **first), Opened(2, NINE, NINE + 60, TYPES)]  # type: ignore[arg-type]


def test_first_by_start_then_longer_then_older_each_to_the_lowest() -> None:
    placed = place(
        two_resources(), [], [visit(1, NINE, 10), visit(2, NINE, 20), visit(3, NINE + 10), visit(4, NINE + 20, age=9)]
    )
    assert placed == {(0, 2): 1, (0, 1): 2, (0, 3): 2, (0, 4): 1}
    same = place(two_resources(), [], [visit(1, NINE, age=1), visit(2, NINE, age=2), visit(3, NINE)])
    assert same == {(0, 2): 1, (0, 1): 2, (0, 3): None}


def test_bookings_move_down_as_room_appears() -> None:
    assert settle(two_resources(), [], [visit(2, NINE, resource=2)]) == {(0, 2): 1}


def test_where_the_rule_would_leave_one_out_all_stay_and_the_new_one_takes_the_lowest_with_room() -> None:
    """By the rule A (older, first) takes resource 1, which alone is open for B's type."""
    lines = [Opened(1, NINE, NINE + 60, TYPES), Opened(2, NINE, NINE + 60, frozenset({1}))]
    b = visit(2, NINE, type_id=2, resource=1)
    a = visit(1, NINE, age=5, resource=2)
    assert place(lines, [], [a, b]) == {(0, 1): 1, (0, 2): None}
    assert settle(lines, [], [a, b]) == {(0, 1): 2, (0, 2): 1}


def test_closing_leaves_the_last_without_and_opening_brings_them_back() -> None:
    there = [visit(1, NINE, age=2, resource=1), visit(2, NINE, resource=2)]
    assert settle(two_resources()[:1], [], there) == {(0, 1): 1, (0, 2): None}
    assert settle(two_resources(), [], [there[0], visit(2, NINE)]) == {(0, 1): 1, (0, 2): 2}


def test_blocked_time_offers_nothing_and_moves_who_stands_there() -> None:
    block = Blocked(1, NINE, NINE + 30)
    assert starts_of(free(two_resources()[:1], occupied([block], []), 1, 10, 10)) == [NINE + 30, NINE + 40, NINE + 50]
    assert settle(two_resources(), [block], [visit(1, NINE + 20, resource=1)]) == {(0, 1): 2}


def test_internal_time_offers_nothing_and_takes_only_those_for_whom_no_other_has_room() -> None:
    inner = two_resources(internal=True)
    assert starts_of(free(inner[:1], {}, 1, 30, 30)) == []
    assert resource_for(inner[:1], {}, 1, NINE, 30, 30) is None
    assert settle(inner, [], [visit(1, NINE, resource=2)]) == {(0, 1): 2}
    assert settle(inner[:1], [], [visit(1, NINE, resource=1)]) == {(0, 1): 1}, (
        "time that was made internal keeps who stands there"
    )


@pytest.mark.parametrize(
    ("start", "end", "minutes", "step", "expected"),
    [
        (NINE, NINE + 30, 10, 10, [NINE, NINE + 10, NINE + 20]),
        (NINE + 5, NINE + 35, 10, 10, [NINE + 5, NINE + 15, NINE + 25]),
        (NINE, NINE + 30, 20, 5, [NINE, NINE + 5, NINE + 10]),
        (NINE, NINE + 15, 20, 20, []),
        (NINE, NINE + 20, 20, 20, [NINE]),
        (5 * 60, 23 * 60, 180, 180, [300, 480, 660, 840, 1020, 1200]),
    ],
)
def test_the_grid_begins_at_the_opened_times_start(start: int, end: int, minutes: int, step: int, expected: list[int]) -> None:
    assert starts_of(grid(start, end, minutes, step)) == expected


def test_a_visit_lies_within_one_opened_time() -> None:
    touching = [Opened(1, NINE, NINE + 30, TYPES), Opened(1, NINE + 30, NINE + 60, TYPES)]
    assert starts_of(free(touching, {}, 1, 20, 20)) == [NINE, NINE + 30]
    assert place(touching, [], [visit(1, NINE + 20, 20)]) == {(0, 1): None}
