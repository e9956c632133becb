"""Taking changes back; what is said of one before it is done; what many days cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from journal_core.booking import openings
from journal_core.booking.changes import Effect
from journal_core.booking.openings import Edit
from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule.model import ScheduleChange
from journal_core.schedule.rules import Stretch
from tests.build import cast
from tests.build.builders import MONDAY
from tests.build.clocks import START
from tests.build.desk import (
    ELEVEN,
    NINE,
    NURSE,
    ONE_ENGINE,
    TEN,
    TUESDAY,
    WEDNESDAY,
    Desk,
    a_desk,
    effect,
    everything,
    figures,
    refusal_of,
)
from tests.build.statements import count_statements

# --- undoing -----------------------------------------------------------------------------------------------------------


def test_each_change_can_be_taken_back(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY), (1, 2), colour="#aabbcc")
    ids = desk.ids()
    changes: list[tuple[Callable[[], Effect], int]] = [
        (lambda: desk.open(span=(TEN, ELEVEN)), 1),
        (lambda: desk.close(*desk.ids()[:3]), 3),
        (lambda: desk.copy({(WEDNESDAY, 5): (MONDAY, 1)}), 1),
        (lambda: desk.edit(*ids[:2], name="Annat", internal=True), 4),
        (lambda: desk.edit(*desk.ids(), start=NINE + 15, resource=None, end=ELEVEN), 8),
        (lambda: desk.edit(*desk.ids(resource=2), resource=9), 4),
    ]
    for change, times in changes:
        before = desk.standing()
        done = change()
        assert desk.standing() != before
        undone = desk.undo(done)
        assert desk.standing() == before
        assert (undone.times, undone.change_id) == (times, None)
        ids = desk.ids()


def test_bookings_go_back_to_where_they_stood(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY))
    booked = desk.book()
    closed = desk.close(*desk.ids())
    assert figures(desk.undo(closed)) == effect(2, 2, bookings=1, back=[booked])
    opened = desk.open(resources=(1,), span=(TEN, ELEVEN))
    late = desk.book(TEN, who=cast.STRANGER)
    assert figures(desk.undo(opened)) == effect(1, 1, bookings=2, without=[late])


def test_days_alike_are_kept_together_and_may_be_kept_each_by_itself(desk: Desk) -> None:
    desk.open([MONDAY, TUESDAY], [1, 2])
    before, closed = desk.standing(), desk.close(*desk.ids())
    with desk.database.writing() as session:
        kept = session.get_one(ScheduleChange, closed.change_id).removed
        assert len(kept) == 2, "one line for each resource"
    desk.undo(closed)
    assert desk.standing() == before
    closed = desk.close(*desk.ids())
    with desk.database.writing() as session:
        change = session.get_one(ScheduleChange, closed.change_id)
        change.removed = [[opening, by, day, *rest] for opening, by, days, *rest in change.removed for day in days]
    desk.undo(closed)
    assert desk.standing() == before


def test_nothing_is_undone_twice(desk: Desk) -> None:
    opened = desk.open()
    closed = desk.close(*desk.ids())
    desk.undo(closed)
    assert refusal_of(desk, desk.undo, closed).code == "undo_too_late"
    again = desk.close(*desk.ids())
    assert refusal_of(desk, desk.undo, closed).code == "undo_too_late", "though the place is empty once more"
    desk.undo(again)
    desk.undo(opened)
    assert desk.ids() == []
    assert refusal_of(desk, desk.undo, opened).code == "undo_too_late"


def test_a_change_is_not_undone_once_somebody_has_touched_the_same_time(desk: Desk) -> None:
    opened = desk.open((MONDAY, TUESDAY))
    [monday, tuesday] = desk.ids()
    later: list[Callable[[], Effect]] = [
        lambda: desk.close(monday),
        lambda: desk.edit(tuesday, name="Annat"),
        lambda: desk.edit(tuesday, resource=3),
    ]
    for act in later:
        touched = act()
        assert refusal_of(desk, desk.undo, opened).code == "undo_too_late"
        desk.undo(touched)
        [monday, tuesday] = desk.ids()
    desk.undo(opened)
    assert desk.ids() == [], "with what came after it undone, it can be undone too"


@ONE_ENGINE
def test_closed_time_is_not_put_back_onto_what_was_opened_since(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY))
    closed = desk.close(*desk.ids())
    since = desk.open((TUESDAY,), span=(NINE + 30, ELEVEN))
    assert refusal_of(desk, desk.undo, closed).code == "undo_too_late"
    desk.undo(since)
    desk.undo(closed)
    assert desk.where() == [(MONDAY, 1, NINE, TEN), (TUESDAY, 1, NINE, TEN)]


@ONE_ENGINE
def test_what_came_beside_a_change_does_not_hinder(desk: Desk) -> None:
    opened = desk.open()
    desk.open((TUESDAY,))
    desk.open(resources=(2,))
    desk.book()
    desk.undo(opened)
    assert desk.where() == [(MONDAY, 2, NINE, TEN), (TUESDAY, 1, NINE, TEN)]


@ONE_ENGINE
def test_a_change_is_not_undone_once_one_of_its_days_has_passed(desk: Desk) -> None:
    opened = desk.open((MONDAY, WEDNESDAY))
    closed = desk.close(*desk.ids())
    on_monday, on_tuesday = (datetime.combine(day, time(9), UTC) for day in (MONDAY, TUESDAY))
    with pytest.raises(Refusal, match="undo_too_late"):
        desk.do(openings.undo, closed.change_id, now=on_tuesday)
    desk.do(openings.undo, closed.change_id, now=on_monday)
    assert [day for day, *_ in desk.where()] == [MONDAY, WEDNESDAY]
    with pytest.raises(Refusal, match="undo_too_late"):
        desk.do(openings.undo, opened.change_id, now=on_tuesday)
    assert len(desk.where()) == 2


def test_a_name_is_found_however_its_letters_are_written(desk: Desk) -> None:
    desk.open(name="Öppet På Ön")
    for part in ("öppet", "PÅ", "ön"):
        assert desk.ids(name=part) == desk.ids(), part
    assert desk.ids(name="on") == []


@ONE_ENGINE
def test_another_clinics_change_is_not_undone(desk: Desk) -> None:
    elsewhere = a_desk(desk.database)
    opened = elsewhere.open()
    assert refusal_of(desk, desk.undo, opened).code == "undo_too_late"
    assert refusal_of(desk, desk.undo, replace(opened, change_id=99)).code == "undo_too_late"


# --- said before it is done --------------------------------------------------------------------------------------------


def test_a_rehearsal_says_what_comes_of_it_and_leaves_nothing_behind(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY), (1, 2))
    for minute, who in ((NINE, cast.BOOKER), (NINE, cast.STRANGER), (NINE + 10, cast.EIGHTY)):
        desk.book(minute, who=who)
    lower, upper = desk.ids(last=MONDAY)
    changes: list[Callable[[Session, Clinic], Effect]] = [
        lambda session, clinic: openings.close(session, NURSE, clinic, [lower], START),
        lambda session, clinic: openings.edit(session, NURSE, clinic, [upper], Edit(start=NINE + 10, name="Annat"), START),
        lambda session, clinic: openings.copy(session, NURSE, clinic, {(MONDAY, 5): (TUESDAY, 1)}, Book.A, START),
    ]
    for change in changes:
        before = everything(desk.database)
        with desk.database.rehearsing() as session:
            said = change(session, session.get_one(Clinic, desk.clinic_id))
        assert everything(desk.database) == before
        with desk.database.writing() as session:
            done = change(session, session.get_one(Clinic, desk.clinic_id))
        assert figures(said) == figures(done)
        assert done.without or done.back


# --- what it costs -----------------------------------------------------------------------------------------------------


def test_sixty_days_take_as_many_statements_as_one(desk: Desk) -> None:
    def counted(first: date, count: int) -> dict[str, int]:
        days = [first + timedelta(days=n) for n in range(count)]
        desk.book(day=first)
        found = {}

        def cost(name: str, act: Callable[[], Any]) -> Any:
            with count_statements(desk.database) as statements:
                done = act()
            found[name] = len(statements)
            return done

        cost("open", lambda: desk.open(days, (2, 3), (TEN, ELEVEN)))
        mine = desk.ids(first=first, last=days[-1], resource=2)
        moved = cost("edit", lambda: desk.edit(*mine, name="Annat", start=NINE, resource=4))
        cost("undo an edit", lambda: desk.undo(moved))
        closed = cost("close", lambda: desk.close(*desk.ids(first=first, last=days[-1], resource=2)))
        cost("undo a closing", lambda: desk.undo(closed))
        copied = cost("copy", lambda: desk.copy({(day, 5): (day, 2) for day in days}))
        cost("undo a copy", lambda: desk.undo(copied))
        cost("block", lambda: desk.block(*(Stretch(day, Book.A, 2, TEN, ELEVEN) for day in days)))
        return found

    far = MONDAY + timedelta(days=100)
    desk.open((MONDAY, far))
    one, sixty = counted(MONDAY, 1), counted(far, 60)
    assert sixty == one
    assert max(one.values()) <= 16
