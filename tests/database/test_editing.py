"""Choosing opened times and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from journal_core.catalogue.model import Book
from journal_core.schedule.model import Opening
from journal_core.schedule.rules import Stretch
from tests.build.builders import MONDAY
from tests.build.desk import ELEVEN, NINE, ONE_ENGINE, TEN, TUESDAY, WEDNESDAY, Desk, blocks, effect, figures, refusal_of

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
    assert [one.what[0] for one in desk.standing()] == ["Båda", "Båda"]


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
