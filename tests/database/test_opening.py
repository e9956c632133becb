"""Opening time: what is written, what is refused, and how many slots it makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from journal_core.actor import ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import openings
from journal_core.catalogue.model import Book
from journal_core.schedule.model import ChangeKind, ScheduleChange
from journal_core.schedule.rules import Stretch
from journal_core.transaction import Database
from tests.build.builders import MONDAY, a_category, a_type
from tests.build.clocks import START
from tests.build.desk import ELEVEN, NINE, NURSE, ONE_ENGINE, TEN, TUESDAY, WEDNESDAY, Desk, a_desk, effect, figures, refusal_of

# --- opening -----------------------------------------------------------------------------------------------------------


def test_each_day_and_resource_is_opened_as_was_told(desk: Desk) -> None:
    done = desk.open((MONDAY, WEDNESDAY), (2, 1), name="Drop-in", colour="#aabbcc", internal=True)
    assert figures(done) == effect(4, 2)
    what = ("Drop-in", "#aabbcc", True, desk.both)
    assert desk.standing() == [(day, Book.A, resource, NINE, TEN, what) for day in (MONDAY, WEDNESDAY) for resource in (1, 2)]
    with desk.database.reading() as session:
        [change] = session.scalars(select(ScheduleChange))
        assert (change.id, change.kind, change.at, change.account_id) == (done.change_id, ChangeKind.OPENED, START, NURSE.id)


@ONE_ENGINE
def test_what_is_opened_is_offered_at_once(desk: Desk) -> None:
    desk.open(internal=True, span=(TEN, ELEVEN))
    assert (desk.free(desk.short), desk.free(desk.long)) == ([], [])
    desk.open(span=(NINE, NINE + 50), type_ids=frozenset([desk.long.kind.id]))
    assert (desk.free(desk.short), desk.free(desk.long)) == ([], [NINE, NINE + 20])


def test_bookings_move_down_into_what_is_opened(desk: Desk) -> None:
    desk.open(resources=(2,))
    booked = desk.book()
    assert figures(desk.open()) == effect(1, 1, bookings=1, moved=1)
    assert desk.places(booked) == [(MONDAY, NINE, 1)]
    assert figures(desk.open((TUESDAY,), (1, 2))) == effect(2, 1), "Monday's booking is no business of Tuesday's"


def test_a_change_of_the_schedule_is_logged_and_names_nobody(desk: Desk) -> None:
    opened = desk.open(resources=(1, 2))
    desk.edit(*desk.ids(), name="Annat")
    desk.block(Stretch(MONDAY, Book.A, 1, NINE, TEN))
    desk.unblock(1)
    desk.copy({(TUESDAY, 1): (MONDAY, 1)})
    desk.undo(desk.close(desk.ids()[0]))
    with desk.database.reading() as session:
        rows = session.scalars(select(AccessLogRow)).all()
    assert opened.change_id
    assert {row.action for row in rows} == {Action.SCHEDULE_CHANGED}
    told = [(row.actor_kind, row.actor_id, row.assignment_id, row.clinic_id, row.person_id, row.at) for row in rows]
    assert told == [(ActorKind.STAFF, NURSE.id, NURSE.assignment_id, desk.clinic_id, None, START)] * 7


@ONE_ENGINE
def test_what_cannot_be_opened_is_refused_and_nothing_is_written(database: Database) -> None:
    desk, elsewhere = a_desk(database, frame_start_minute=8 * 60, frame_end_minute=12 * 60), a_desk(database)
    with database.writing() as session:
        retired = a_type(session, desk.short.within(session).category, retired_at=START).id
        gone = a_category(session, desk.short.within(session).clinic, retired_at=START)
        gone_with_it = a_type(session, gone).id
    own = desk.short.kind.id
    yesterday = START.date() - timedelta(days=1)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("no_types", {"type_ids": frozenset()}),
        ("other_book", {"type_ids": frozenset([desk.other.kind.id])}),
        ("other_book", {"type_ids": frozenset([own, desk.other.kind.id])}),
        ("other_book", {"type_ids": frozenset([elsewhere.short.kind.id])}),
        ("other_book", {"type_ids": frozenset([own, retired])}),
        ("other_book", {"type_ids": frozenset([gone_with_it])}),
        ("no_days", {"days": ()}),
        ("no_days", {"resources": ()}),
        ("day_past", {"days": (yesterday,)}),
        ("day_past", {"days": (MONDAY, yesterday, TUESDAY)}),
        ("not_whole_fives", {"span": (NINE, TEN + 1)}),
        ("not_whole_fives", {"span": (NINE - 1, TEN)}),
        ("ends_before_start", {"span": (TEN, TEN)}),
        ("ends_before_start", {"span": (TEN, NINE)}),
        ("outside_frame", {"span": (8 * 60 - 5, TEN)}),
        ("outside_frame", {"span": (NINE, 12 * 60 + 5)}),
        ("not_empty", {"resources": (1, 1)}),
    ]
    for code, words in wrong:
        assert refusal_of(desk, desk.open, **words).code == code, words
    frame = refusal_of(desk, desk.open, span=(7 * 60, 13 * 60)).facts
    assert frame == {"first": 8 * 60, "last": 12 * 60}
    desk.open((START.date(),), span=(8 * 60, 12 * 60))


def test_what_is_open_already_is_named_by_its_first_place(desk: Desk) -> None:
    desk.open((WEDNESDAY, TUESDAY), (3, 2))
    refused = refusal_of(desk, desk.open, (MONDAY, TUESDAY, WEDNESDAY), (1, 2, 3), (NINE + 55, ELEVEN))
    assert (refused.code, refused.facts) == ("not_empty", {"day": TUESDAY, "resource": 2, "minute": NINE, "count": 4})
    assert figures(desk.open((TUESDAY,), (2,), (TEN, ELEVEN))) == effect(1, 1), "they may touch"
    desk.open((TUESDAY,), (2,), book=Book.B, type_ids=frozenset([desk.other.kind.id]))


@ONE_ENGINE
def test_another_clinics_time_is_no_hindrance(desk: Desk) -> None:
    a_desk(desk.database).open()
    assert figures(desk.open()) == effect(1, 1)


# --- how many it would open --------------------------------------------------------------------------------------------


@ONE_ENGINE
@pytest.mark.parametrize(("step", "counted"), [(None, (5, 2)), (5, (9, 7)), (15, (3, 3))])
def test_slots_are_counted_by_type_on_each_resource_and_day(
    database: Database, step: int | None, counted: tuple[int, int]
) -> None:
    desk = a_desk(database, start_step_minutes=step)
    kinds = [desk.short.kind, desk.long.kind]
    stretches = [Stretch(day, Book.A, line, NINE, NINE + 50) for day in (MONDAY, TUESDAY) for line in (1, 2)]
    numbers = [kind.id for kind in kinds]
    assert openings.slots(desk.short.clinic, kinds, stretches[:1]) == dict(zip(numbers, counted, strict=True))
    four = dict(zip(numbers, (4 * count for count in counted), strict=True))
    assert openings.slots(desk.short.clinic, kinds, stretches) == four
    desk.open(span=(NINE, NINE + 50))
    assert (len(desk.free(desk.short)), len(desk.free(desk.long))) == counted, "and so many are shown"


@ONE_ENGINE
def test_time_too_short_for_a_type_opens_no_slot(database: Database) -> None:
    desk = a_desk(database)
    stretches = [Stretch(MONDAY, Book.A, 1, NINE, NINE + 15), Stretch(MONDAY, Book.A, 1, TEN, TEN + 20)]
    assert openings.slots(desk.long.clinic, [desk.long.kind], stretches) == {desk.long.kind.id: 1}
    assert openings.slots(desk.long.clinic, [desk.long.kind], []) == {desk.long.kind.id: 0}
