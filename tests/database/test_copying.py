"""Copying time to other days and resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from journal_core.catalogue.model import Book
from tests.build.builders import MONDAY
from tests.build.clocks import START
from tests.build.desk import ELEVEN, NINE, ONE_ENGINE, TEN, TUESDAY, WEDNESDAY, Desk, a_desk, effect, figures, refusal_of


def test_a_resource_is_copied_to_any_day_and_resource_with_all_that_it_is(desk: Desk) -> None:
    desk.open(resources=(1,), name="Morgon", colour="#aabbcc")
    desk.open(resources=(1,), span=(TEN, ELEVEN), internal=True, type_ids=frozenset([desk.long.kind.id]))
    desk.open(resources=(2,), span=(8 * 60, NINE))
    before = desk.standing()
    copied = desk.copy({(WEDNESDAY, 3): (MONDAY, 1), (MONDAY, 7): (MONDAY, 1)})
    assert figures(copied) == effect(4, 2)
    morning, late = [what for _day, _book, resource, *_, what in before if resource == 1]
    assert [row for row in desk.standing() if row not in before] == [
        (MONDAY, Book.A, 7, NINE, TEN, morning),
        (MONDAY, Book.A, 7, TEN, ELEVEN, late),
        (WEDNESDAY, Book.A, 3, NINE, TEN, morning),
        (WEDNESDAY, Book.A, 3, TEN, ELEVEN, late),
    ]
    assert (morning, late) == (("Morgon", "#aabbcc", False, desk.both), ("Öppet", None, True, frozenset([desk.long.kind.id])))
    assert [row for row in desk.standing() if row in before] == before


@ONE_ENGINE
def test_days_are_copied_to_the_same_weekday_with_all_their_resources(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY), (1, 2))
    week = timedelta(days=7)
    sources = [(day, line) for day in (MONDAY, TUESDAY) for line in (1, 2, 3)]
    copied = desk.copy({(day + n * week, line): (day, line) for n in (1, 2) for day, line in sources})
    assert figures(copied) == effect(8, 4), "resource 3 had nothing to copy"
    assert desk.free(day=MONDAY + 2 * week) == desk.free()


@ONE_ENGINE
def test_bookings_come_back_into_what_was_copied(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY))
    booked = desk.book()
    desk.close(*desk.ids(last=MONDAY))
    assert figures(desk.copy({(MONDAY, 2): (TUESDAY, 1)})) == effect(1, 1, bookings=1, back=[booked])


def test_nothing_is_copied_where_one_target_is_not_empty(desk: Desk) -> None:
    desk.open((MONDAY, WEDNESDAY))
    desk.open((WEDNESDAY,), span=(16 * 60, 17 * 60))
    refused = refusal_of(desk, desk.copy, {(TUESDAY, 1): (MONDAY, 1), (WEDNESDAY, 1): (MONDAY, 1)})
    facts = {"day": WEDNESDAY, "resource": 1, "minute": NINE, "count": 2}
    assert (refused.code, refused.facts) == ("not_empty", facts), "another time of day doesn't make it empty"
    assert refusal_of(desk, desk.copy, {(MONDAY, 1): (MONDAY, 1)}).code == "not_empty"


@ONE_ENGINE
def test_copying_goes_from_somewhere_to_days_that_are_to_come(desk: Desk) -> None:
    elsewhere = a_desk(desk.database)
    elsewhere.open()
    desk.open()
    yesterday = START.date() - timedelta(days=1)
    empty: list[Mapping[tuple[date, int], tuple[date, int]]] = [{}, {(TUESDAY, 1): (WEDNESDAY, 1)}, {(TUESDAY, 1): (MONDAY, 2)}]
    for targets in empty:
        assert refusal_of(desk, desk.copy, targets).code == "nothing_chosen"
    assert refusal_of(desk, desk.copy, {(TUESDAY, 1): (MONDAY, 1)}, Book.B).code == "nothing_chosen"
    assert refusal_of(desk, desk.copy, {(yesterday, 1): (MONDAY, 1)}).code == "day_past"
    desk.copy({(TUESDAY, 1): (MONDAY, 1)})
    assert (len(desk.ids()), len(elsewhere.ids())) == (2, 1)
