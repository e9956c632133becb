"""Blocking time, and letting it go."""

from __future__ import annotations

from datetime import timedelta

from journal_core.catalogue.model import Book
from journal_core.schedule import queries as schedule
from journal_core.schedule.rules import Stretch
from tests.build import cast
from tests.build.builders import MONDAY
from tests.build.clocks import START
from tests.build.desk import NINE, ONE_ENGINE, TEN, TUESDAY, Desk, a_desk, effect, everything, figures, refusal_of


def test_blocked_time_offers_nothing_until_it_is_let_go(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY))
    blocked = desk.block(*(Stretch(day, Book.A, 1, NINE + 15, NINE + 35) for day in (MONDAY, TUESDAY)))
    assert figures(blocked) == effect(2, 2)
    assert blocked.change_id is None
    assert (desk.free(), desk.free(day=TUESDAY)) == ([NINE, NINE + 40, NINE + 50],) * 2
    with desk.database.reading() as session:
        rows = schedule.blocked(session, desk.clinic_id, MONDAY, MONDAY)
        assert [(row.resource, row.start_minute, row.end_minute, row.note) for row in rows] == [
            (1, NINE + 15, NINE + 35, "Möte")
        ]
    let_go = desk.unblock(rows[0].id)
    assert let_go
    assert figures(let_go) == effect(1, 1)
    assert (len(desk.free()), len(desk.free(day=TUESDAY))) == (6, 3)
    assert desk.unblock(rows[0].id) is None


def test_bookings_on_blocked_time_move_or_stand_without_a_resource(desk: Desk) -> None:
    desk.open(resources=(1, 2), span=(NINE, NINE + 10))
    first, second = desk.book(), desk.book(who=cast.STRANGER)
    assert desk.block(Stretch(MONDAY, Book.A, 2, NINE, TEN)).without == [second]
    desk.close(*desk.ids(resource=2))
    desk.open(resources=(3,))
    assert desk.places(first, second) == [(MONDAY, NINE, 1), (MONDAY, NINE, 3)]
    blocked = desk.block(Stretch(MONDAY, Book.A, 1, NINE, TEN))
    assert (len(blocked.without), blocked.bookings) == (1, 2)
    let_go = desk.unblock(2)
    assert let_go
    assert let_go.back == blocked.without
    assert desk.without_resource() == []


@ONE_ENGINE
def test_time_is_blocked_on_days_to_come_within_the_frame(desk: Desk) -> None:
    yesterday = START.date() - timedelta(days=1)
    wrong = {
        "no_days": [],
        "day_past": [Stretch(yesterday, Book.A, 1, NINE, TEN)],
        "not_whole_fives": [Stretch(MONDAY, Book.A, 1, NINE, TEN + 2)],
        "ends_before_start": [Stretch(MONDAY, Book.A, 1, TEN, NINE)],
        "outside_frame": [Stretch(MONDAY, Book.A, 1, NINE, TEN), Stretch(MONDAY, Book.A, 1, NINE, 20 * 60 + 5)],
    }
    for code, stretches in wrong.items():
        assert refusal_of(desk, desk.block, *stretches).code == code


@ONE_ENGINE
def test_another_clinics_block_is_not_let_go(desk: Desk) -> None:
    elsewhere = a_desk(desk.database)
    elsewhere.block(Stretch(MONDAY, Book.A, 1, NINE, TEN))
    before = everything(desk.database)
    assert desk.unblock(1) is None
    assert everything(desk.database) == before
