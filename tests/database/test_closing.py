"""Closing time: what happens to those who are booked or hold a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from journal_core.access.model import Draft
from journal_core.actor import STRANGER
from journal_core.booking import openings
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Effect
from journal_core.booking.model import Booking, Hold
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from tests.build import cast
from tests.build.builders import MONDAY, a_draft, a_time, an_order, the_tools
from tests.build.clocks import START
from tests.build.desk import NINE, NURSE, ONE_ENGINE, TEN, TUESDAY, Desk, a_desk, effect, figures, refusal_of


def test_bookings_that_closing_leaves_without_a_resource_are_told_and_listed(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY))
    late, early, next_day = desk.book(NINE + 30), desk.book(who=cast.STRANGER), desk.book(day=TUESDAY, who=cast.EIGHTY)
    closed = desk.close(*desk.ids())
    assert closed.change_id
    assert figures(closed) == effect(2, 2, bookings=3, without=closed.without)
    assert sorted(closed.without) == sorted([late, early, next_day])
    assert desk.places(late, early, next_day) == [(MONDAY, NINE + 30, None), (MONDAY, NINE, None), (TUESDAY, NINE, None)]
    assert desk.without_resource() == [early, late, next_day]
    assert desk.without_resource(TUESDAY) == [next_day]
    assert desk.free() == desk.ids() == []
    with desk.database.reading() as session:
        stood = session.get_one(Booking, early)
        assert (stood.lane_start, stood.lane_end, stood.cancelled_at, stood.sequence) == (None, None, None, 0)


def test_they_come_back_by_themselves_when_time_is_opened_again(desk: Desk) -> None:
    desk.open()
    first, second = desk.book(), desk.book(NINE + 30, who=cast.STRANGER)
    desk.close(*desk.ids())
    assert figures(desk.open(resources=(4,), span=(NINE + 30, TEN))) == effect(1, 1, bookings=2, back=[second])
    assert desk.places(first, second) == [(MONDAY, NINE, None), (MONDAY, NINE + 30, 4)]
    assert figures(desk.open(resources=(3,))) == effect(1, 1, bookings=2, back=[first], moved=1)
    assert desk.places(first, second) == [(MONDAY, NINE, 3), (MONDAY, NINE + 30, 3)]
    assert desk.without_resource() == []


@ONE_ENGINE
def test_without_are_those_that_stood_before_and_not_those_that_did_not(desk: Desk) -> None:
    desk.open(resources=(1, 2), span=(NINE, NINE + 10))
    first, second = desk.book(), desk.book(who=cast.STRANGER)
    upper, lower = desk.ids(resource=2)[0], desk.ids(resource=1)[0]
    assert desk.close(upper).without == [second]
    assert desk.close(lower).without == [first]
    assert desk.without_resource() == [first, second]


@ONE_ENGINE
def test_where_another_resource_has_room_nobody_is_left_without(desk: Desk) -> None:
    desk.open(resources=(1, 2))
    booked = desk.book()
    assert figures(desk.close(*desk.ids(resource=1))) == effect(1, 1, bookings=1, moved=1)
    assert desk.places(booked) == [(MONDAY, NINE, 2)]


def test_holds_on_closed_time_are_gone_and_said_to_have_run_out(desk: Desk) -> None:
    desk.open()
    with desk.database.writing() as session:
        here = desk.short.within(session)
        draft = a_draft(session, here).id
        booking.hold(session, here.clinic, here.kind, a_time(), draft, START)
    closed = desk.close(*desk.ids())
    assert figures(closed) == effect(1, 1), "a hold is no booking"
    with desk.database.writing() as session:
        order, kept = an_order(desk.short.within(session)), session.get_one(Draft, draft)
        with pytest.raises(Refusal) as refused:
            booking.confirm(session, STRANGER, the_tools(), kept, order, START)
    assert refused.value.code == "hold_ran_out"
    desk.undo(closed)
    assert desk.free()[0] == NINE
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 0


@ONE_ENGINE
def test_only_the_clinics_own_time_from_today_on_is_chosen(desk: Desk) -> None:
    elsewhere = a_desk(desk.database)
    elsewhere.open()
    desk.open((MONDAY, TUESDAY))
    theirs, own = elsewhere.ids(), desk.ids()
    acts: list[tuple[Callable[..., Effect], dict[str, Any]]] = [(desk.close, {}), (desk.edit, {"name": "Annat"})]
    for act, wish in acts:
        for ids in (theirs, [], [0, 999]):
            assert refusal_of(desk, act, *ids, **wish).code == "nothing_chosen"
        with desk.database.rehearsing() as session:
            clinic = session.get_one(Clinic, desk.clinic_id)
            later = START + timedelta(days=5)
            with pytest.raises(Refusal) as refused:
                openings.close(session, NURSE, clinic, own, later)
            assert refused.value.code == "nothing_chosen"
    assert figures(desk.close(own[0], *theirs)) == effect(1, 1)
    assert (desk.ids(), elsewhere.ids()) == (own[1:], theirs)
