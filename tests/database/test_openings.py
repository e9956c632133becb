"""Opening, closing, editing, copying and blocking time: what is written, what is refused, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.access.model import Draft
from journal_core.actor import STRANGER, Actor, ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import openings, queries, verification
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Effect, Told
from journal_core.booking.model import Booking, ClinicDay, Hold
from journal_core.booking.openings import Edit
from journal_core.booking.rules import Time
from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule.model import BlockedTime, ChangeKind, OpenedTime, Opening, ScheduleChange
from journal_core.schedule.queries import OpenedSearch
from journal_core.schedule.rules import Stretch
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_category, a_clinic, a_draft, a_time, a_type, an_order, the_tools
from tests.build.clocks import START
from tests.build.statements import count_statements

NINE, TEN, ELEVEN = 9 * 60, 10 * 60, 11 * 60
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NURSE = Actor(ActorKind.STAFF, 7, 8)
ONE_ENGINE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the engine has no part in."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Desk:
    """A clinic with two types of book A and one of book B, and a nurse who changes its schedule."""

    database: Database
    clinic_id: int
    short: Offer
    """Ten minutes."""
    long: Offer
    """Twenty."""
    other: Offer
    """Of book B."""

    def do(self, change: Callable[..., Result], *args: Any, now: datetime = START) -> Result:
        with self.database.writing() as session:
            return change(session, NURSE, session.get_one(Clinic, self.clinic_id), *args, now)

    def open(
        self,
        days: Iterable[date] = (MONDAY,),
        resources: Iterable[int] = (1,),
        span: tuple[int, int] = (NINE, TEN),
        **told: Any,
    ) -> Effect:
        wanted = Told(**{"name": "Öppet", "colour": None, "book": Book.A, "type_ids": self.both, "internal": False, **told})
        lines = list(resources)
        stretches = [Stretch(day, wanted.book, line, *span) for day in days for line in lines]
        return self.do(openings.open_time, wanted, stretches)

    @property
    def both(self) -> frozenset[int]:
        return frozenset((self.short.kind.id, self.long.kind.id))

    def close(self, *ids: int) -> Effect:
        return self.do(openings.close, ids)

    def edit(self, *ids: int, **wish: Any) -> Effect:
        return self.do(openings.edit, ids, Edit(**wish))

    def copy(self, targets: Mapping[tuple[date, int], tuple[date, int]], book: Book = Book.A) -> Effect:
        return self.do(openings.copy, targets, book)

    def undo(self, effect: Effect) -> Effect:
        return self.do(openings.undo, effect.change_id)

    def block(self, *stretches: Stretch) -> Effect:
        return self.do(openings.block, stretches, "Möte")

    def unblock(self, block_id: int) -> Effect | None:
        return self.do(openings.unblock, block_id)

    def ids(self, **search: Any) -> list[int]:
        with self.database.reading() as session:
            return [one.time.id for one in schedule.opened(session, self.clinic_id, OpenedSearch(**search))]

    def standing(self) -> list[tuple[object, ...]]:
        """All that is open, by time and as what."""
        with self.database.reading() as session:
            return [
                (one.day, one.book, one.resource, one.start_minute, one.end_minute, as_what(opened.opening))
                for opened in schedule.opened(session, self.clinic_id, OpenedSearch())
                for one in (opened.time,)
            ]

    def where(self) -> list[tuple[date, int, int, int]]:
        return [(day, resource, start, end) for day, _book, resource, start, end, _what in self.standing()]  # type: ignore[misc]

    def book(self, minute: int = NINE, day: date = MONDAY, who: cast.Member = cast.BOOKER, offer: Offer | None = None) -> int:
        with self.database.writing() as session:
            return a_booking(session, offer or self.short, time=Time(day, minute), coming=(who.coming,)).id

    def places(self, *bookings: int) -> list[tuple[date, int, int | None]]:
        with self.database.reading() as session:
            found = [session.get_one(Booking, number) for number in bookings]
        return [(one.day, one.start_minute, one.resource) for one in found]

    def without_resource(self, first: date = MONDAY) -> list[int]:
        with self.database.reading() as session:
            return [one.id for one in queries.without_resource(session, self.clinic_id, first)]

    def free(self, offer: Offer | None = None, day: date = MONDAY) -> list[int]:
        shown = offer or self.short
        with self.database.reading() as session:
            found = queries.free_times(session, shown.clinic, shown.kind, [day], START)
        return [time.minute for time in found[day]]


def as_what(opening: Opening) -> tuple[str, str | None, bool, frozenset[int]]:
    return opening.name, opening.colour, opening.internal, frozenset(kind.id for kind in opening.types)


@pytest.fixture
def desk(database: Database) -> Iterable[Desk]:
    made = a_desk(database)
    yield made
    with database.reading() as session:
        for clinic in verification.clinics(session):
            assert list(verification.differences(session, clinic, START)) == []


def a_desk(database: Database, **clinic: Any) -> Desk:
    with database.writing() as session:
        here = a_clinic(session, **clinic)
        category = a_category(session, here)
        kinds = [a_type(session, category, minutes=minutes, book=book) for minutes, book in ((10, "A"), (20, "A"), (10, "B"))]
        return Desk(database, here.id, *(Offer(here, category, kind) for kind in kinds))


def refusal_of(desk: Desk, act: Callable[..., object], *args: Any, **words: Any) -> Refusal:
    """Why it is refused; nothing at all is written then."""
    before = everything(desk.database)
    with pytest.raises(Refusal) as refused:
        act(*args, **words)
    assert everything(desk.database) == before
    return refused.value


def everything(database: Database) -> list[object]:
    with database.reading() as session:
        tables = (OpenedTime, Opening, ScheduleChange, BlockedTime, ClinicDay, Booking, Hold, AccessLogRow)
        return [sorted(map(repr, map(tuple, session.execute(select(table.__table__))))) for table in tables]


def figures(effect: Effect) -> dict[str, object]:
    return {name: value for name, value in asdict(effect).items() if name != "change_id"}


def effect(times: int, days: int, **more: Any) -> dict[str, object]:
    return {"times": times, "days": days, "bookings": 0, "without": [], "back": [], "moved": 0, **more}


# --- opening -------------------------------------------------------------------------------------------------------------


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


# --- how many it would open ----------------------------------------------------------------------------------------------


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


# --- closing -------------------------------------------------------------------------------------------------------------


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


# --- editing -------------------------------------------------------------------------------------------------------------


EDITS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"name": "Kväll"}, {}, {"name": "Kväll"}),
    ({"colour": "#112233"}, {}, {"colour": "#112233"}),
    ({"internal": True}, {}, {"internal": True}),
    ({"start": NINE + 30}, {"start": NINE + 30}, {}),
    ({"end": ELEVEN}, {"end": ELEVEN}, {}),
    ({"resource": 3}, {"resource": 3}, {}),
    ({"start": TEN, "end": ELEVEN, "name": "Kväll"}, {"start": TEN, "end": ELEVEN}, {"name": "Kväll"}),
]
"""What is wished for, where the time is then, and as what."""


def test_an_edit_changes_its_fields_and_no_other(desk: Desk) -> None:
    desk.open((MONDAY, TUESDAY), colour="#aabbcc")
    for wish, where, what in EDITS:
        edited = desk.edit(desk.ids()[0], **wish)
        assert figures(edited) == effect(1, 1)
        told = {"name": "Öppet", "colour": "#aabbcc", "internal": False, **what}
        first = Stretch(MONDAY, Book.A, 1, NINE, TEN)._replace(**where)
        assert desk.standing() == [
            (*first, (told["name"], told["colour"], told["internal"], desk.both)),
            (TUESDAY, Book.A, 1, NINE, TEN, ("Öppet", "#aabbcc", False, desk.both)),
        ]
        desk.undo(edited)


def test_what_was_opened_together_and_not_chosen_stays(desk: Desk) -> None:
    """The edited ones become an opening of their own, with what they had."""
    desk.open((MONDAY, TUESDAY, WEDNESDAY), (1, 2), colour="#aabbcc")
    desk.edit(*desk.ids(resource=2), type_ids=frozenset([desk.long.kind.id]), name="Långa")
    changed, kept = ("Långa", "#aabbcc", False, frozenset([desk.long.kind.id])), ("Öppet", "#aabbcc", False, desk.both)
    assert desk.standing() == [
        (day, Book.A, resource, NINE, TEN, kept if resource == 1 else changed)
        for day in (MONDAY, TUESDAY, WEDNESDAY)
        for resource in (1, 2)
    ]
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Opening)) == 2


def test_bookings_go_by_what_time_is_open_for_after_an_edit(desk: Desk) -> None:
    desk.open()
    booked = desk.book()
    [number] = desk.ids()
    edited = desk.edit(number, type_ids=frozenset([desk.long.kind.id]))
    assert figures(edited) == effect(1, 1, bookings=1, without=[booked])
    assert figures(desk.edit(number, type_ids=desk.both, resource=5)) == effect(1, 1, bookings=1, back=[booked])
    assert desk.places(booked) == [(MONDAY, NINE, 5)]
    assert figures(desk.edit(number, start=NINE + 10)) == effect(1, 1, bookings=1, without=[booked])
    assert figures(desk.edit(number, start=NINE, internal=True)) == effect(1, 1, bookings=1, back=[booked])
    assert desk.free() == []


def test_an_edit_that_would_lie_on_other_time_is_refused(desk: Desk) -> None:
    desk.open(resources=(1, 2))
    desk.open(resources=(1,), span=(TEN, ELEVEN))
    lower, upper = desk.ids(resource=1)[0], desk.ids(resource=2)[0]
    wrong: list[tuple[Sequence[int], dict[str, int], int, int]] = [
        ([lower], {"end": TEN + 5}, 1, TEN),
        ([upper], {"resource": 1}, 1, NINE),
        ([lower, upper], {"resource": 3}, 3, NINE),
    ]
    for ids, wish, resource, minute in wrong:
        refused = refusal_of(desk, desk.edit, *ids, **wish)
        assert (refused.code, refused.facts) == (
            "not_empty",
            {"day": MONDAY, "resource": resource, "minute": minute, "count": 1},
        )
    assert figures(desk.edit(*desk.ids(resource=1), resource=4)) == effect(2, 1), "those that move together don't hinder"
    assert figures(desk.edit(upper, resource=1)) == effect(1, 1)


@ONE_ENGINE
def test_an_edit_is_checked_as_opening_is(desk: Desk) -> None:
    desk.open()
    desk.open(book=Book.B, type_ids=frozenset([desk.other.kind.id]))
    [first, second] = desk.ids()
    wrong: list[tuple[str, Sequence[int], dict[str, Any]]] = [
        ("no_types", [first], {"type_ids": frozenset()}),
        ("other_book", [first], {"type_ids": frozenset([desk.other.kind.id])}),
        ("other_book", [first, second], {"type_ids": desk.both}),
        ("not_whole_fives", [first], {"start": NINE + 1}),
        ("ends_before_start", [first], {"start": TEN}),
        ("ends_before_start", [first, second], {"end": NINE}),
        ("outside_frame", [first], {"end": 20 * 60 + 5}),
    ]
    for code, ids, wish in wrong:
        assert refusal_of(desk, desk.edit, *ids, **wish).code == code, wish
    desk.edit(first, second, name="Båda")
    assert [what[0] for *_, what in desk.standing()] == ["Båda", "Båda"]  # type: ignore[index]


def test_no_time_gets_the_number_of_one_that_is_gone(desk: Desk) -> None:
    """A page that is still open somewhere may name it."""
    desk.open(days=[MONDAY])
    gone = desk.ids()
    desk.close(*gone)
    desk.open(days=[TUESDAY])
    assert set(desk.ids()).isdisjoint(gone)
    desk.block(Stretch(MONDAY, Book.A, 1, NINE, TEN))
    [blocked] = blocks(desk)
    desk.unblock(blocked)
    desk.block(Stretch(TUESDAY, Book.A, 1, NINE, TEN))
    assert blocks(desk) != [blocked]


def blocks(desk: Desk) -> list[int]:
    with desk.database.reading() as session:
        return list(session.scalars(select(BlockedTime.id)))


# --- copying -------------------------------------------------------------------------------------------------------------


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


# --- blocking ------------------------------------------------------------------------------------------------------------


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


# --- undoing -------------------------------------------------------------------------------------------------------------


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


# --- said before it is done ----------------------------------------------------------------------------------------------


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


# --- what it costs -------------------------------------------------------------------------------------------------------


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
