"""For whom somebody may act: every condition, and the very minute in which an age ends it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.clock import STOCKHOLM
from journal_core.persons.model import Guardianship, IdentityKind, Person
from journal_core.persons.rules import FRESH, is_minor, is_stale, may_act_for, minors_among, named_in
from journal_core.persons.told import Registered, Relation
from tests.build import cast
from tests.build.builders import TODAY
from tests.build.clocks import START

GUARDIAN_ID, CHILD_ID = 1, 2
SECOND = timedelta(seconds=1)


def a_person(person_id: int, born: date, told_at: datetime = START, **overrides: Any) -> Person:
    """As the register has just told of."""
    values = {"registered": True, "register_at": told_at, "protected": False, **overrides}
    return Person(id=person_id, identity_kind=IdentityKind.PERSONAL, birth_date=born, **values)


def judged(
    now: datetime = START,
    until_age: int = 13,
    *,
    born: date = cast.CHILD.born,
    guardian: dict[str, Any] | None = None,
    child: dict[str, Any] | None = None,
    **guardianship: Any,
) -> bool:
    """The verdict on a guardian who may act, but for what is told to be otherwise. Everything was told at `now`."""
    row = {"child_id": CHILD_ID, "guardian_id": GUARDIAN_ID, "told_at": now, "first_day": None, "last_day": None}
    return may_act_for(
        a_person(GUARDIAN_ID, cast.GUARDIAN.born, now, **(guardian or {})),
        a_person(CHILD_ID, born, now, **(child or {})),
        Guardianship(**{**row, **guardianship}),
        now,
        until_age,
    )


def swedish(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """That moment by the Swedish wall clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=STOCKHOLM).astimezone(UTC)


def test_a_guardian_may_act_for_a_child() -> None:
    assert judged()


def test_without_a_guardianship_nobody_acts() -> None:
    people = a_person(GUARDIAN_ID, cast.GUARDIAN.born), a_person(CHILD_ID, cast.CHILD.born)
    assert not may_act_for(*people, None, START, 18)


@pytest.mark.parametrize(
    ("born", "until_age", "last", "first_without"),
    [
        (date(2013, 11, 21), 13, (2026, 11, 20, 23, 59), (2026, 11, 21, 0, 0)),
        (date(2008, 11, 21), 18, (2026, 11, 20, 23, 59), (2026, 11, 21, 0, 0)),
        (date(2014, 7, 1), 13, (2027, 6, 30, 23, 59), (2027, 7, 1, 0, 0)),
        (date(2012, 2, 29), 13, (2025, 2, 28, 23, 59), (2025, 3, 1, 0, 0)),
        (date(2008, 2, 29), 18, (2026, 2, 28, 23, 59), (2026, 3, 1, 0, 0)),
        (date(2012, 2, 29), 16, (2028, 2, 28, 23, 59), (2028, 2, 29, 0, 0)),
    ],
    ids=["13 in winter", "18", "13 in summer", "13 on a leap day", "18 on a leap day", "16 in a leap year"],
)
def test_the_right_ends_at_midnight_in_sweden(
    born: date, until_age: int, last: tuple[int, ...], first_without: tuple[int, ...]
) -> None:
    assert judged(swedish(*last), until_age, born=born)
    assert not judged(swedish(*first_without), until_age, born=born)


@pytest.mark.parametrize(("age", "acts"), [(cast.TWELVE, True), (cast.FOURTEEN, False), (cast.SEVENTEEN, False)])
def test_the_cast_under_and_over_thirteen(age: cast.Member, acts: bool) -> None:
    assert judged(born=age.born) is acts
    assert judged(born=age.born, until_age=18)


@pytest.mark.parametrize(
    "reason",
    [
        {"guardian": {"protected": True}},
        {"guardian": {"deceased_on": date(2026, 10, 3)}},
        {"guardian": {"registered": False}},
        {"guardian": {"registered": None, "register_at": None}},
        {"guardian": {"register_at": START - FRESH - SECOND}},
        {"guardian": {"merged_into_id": 9}},
        {"child": {"protected": True}},
        {"child": {"deceased_on": TODAY}},
        {"child": {"registered": False}},
        {"child": {"registered": None, "register_at": None}},
        {"child": {"register_at": START - FRESH - SECOND}},
        {"child": {"merged_into_id": 9}},
        {"child": {"sealed_at": START}},
        {"told_at": START - FRESH - SECOND},
        {"first_day": TODAY + timedelta(days=1)},
        {"last_day": TODAY - timedelta(days=1)},
        {"guardian_id": 7},
        {"child_id": 7},
        {"born": date(2013, 11, 20)},
    ],
    ids=str,
)
def test_each_condition_alone_takes_the_right(reason: dict[str, Any]) -> None:
    assert not judged(**reason)


@pytest.mark.parametrize(
    "still",
    [
        {"told_at": START - FRESH},
        {"guardian": {"register_at": START - FRESH}, "child": {"register_at": START - FRESH}},
        {"first_day": TODAY},
        {"last_day": TODAY},
        {"guardian": {"emigrated_on": TODAY}},
        {"guardian": {"sealed_at": START}},
    ],
    ids=str,
)
def test_what_takes_no_right(still: dict[str, Any]) -> None:
    assert judged(**still)


def test_nobody_is_a_guardian_of_themselves() -> None:
    child = a_person(CHILD_ID, cast.CHILD.born)
    assert not may_act_for(child, child, Guardianship(child_id=CHILD_ID, guardian_id=CHILD_ID, told_at=START), START, 18)


BROKEN: list[dict[str, Any]] = [
    {"protected": True},
    {"deceased_on": TODAY},
    {"registered": False},
    {"registered": None},
    {"register_at": None},
    {"register_at": START - timedelta(days=2)},
    {"merged_into_id": 9},
]
broken = st.sampled_from(BROKEN)
whole = st.sampled_from([{}, {"emigrated_on": TODAY}, {"register_at": START - timedelta(hours=5)}])


@given(
    guardian=st.one_of(broken, whole), child=st.one_of(broken, whole, st.just({"sealed_at": START})), years=st.integers(0, 20)
)
def test_it_is_never_true_when_something_fails(guardian: dict[str, Any], child: dict[str, Any], years: int) -> None:
    fails = guardian in BROKEN or child in BROKEN or "sealed_at" in child or years >= 18
    born = date(2026 - years, 1, 1)
    assert judged(born=born, until_age=18, guardian=guardian, child=child) is not fails


@given(st.integers(-40, 40), st.integers(-3, 3), st.integers(-3, 3))
def test_the_days_and_the_hours_that_the_register_told(hours: int, first: int, last: int) -> None:
    days: dict[str, Any] = {"first_day": TODAY + timedelta(days=first), "last_day": TODAY + timedelta(days=last)}
    assert judged(told_at=START - timedelta(hours=hours), **days) is (hours <= 24 and first <= 0 <= last)


@pytest.mark.parametrize(
    ("told_at", "stale"), [(None, True), (START, False), (START - FRESH, False), (START - FRESH - SECOND, True)]
)
def test_what_was_told_more_than_a_day_ago_is_stale(told_at: datetime | None, stale: bool) -> None:
    assert is_stale(Person(register_at=told_at), START) is stale


@pytest.mark.parametrize(("day", "minor"), [(date(2027, 1, 16), True), (date(2027, 1, 17), False)])
def test_a_minor_is_under_eighteen(day: date, minor: bool) -> None:
    assert is_minor(cast.SEVENTEEN.born, day) is minor


def test_children_among_numbers() -> None:
    numbers = [cast.SEVENTEEN.number, cast.GUARDIAN.number, cast.CHILD.number, "no number", "201905022380"]
    assert minors_among(numbers, TODAY) == [cast.SEVENTEEN.number, cast.CHILD.number]


def test_of_whom_something_is_kept() -> None:
    child = Registered(cast.CHILD.number, "Alva", "Lund", guardians=(Relation(cast.GUARDIAN.number), Relation("unreadable")))
    anew = Registered(cast.RENUMBERED.number, "Daria", "Koval", children=(Relation(cast.TWELVE.number),))
    asked = [cast.CHILD.number, cast.BEFORE_RENUMBERED.number, cast.STRANGER.number]
    found = named_in({asked[0]: child, asked[1]: anew}, asked, TODAY)
    wanted = [*asked, cast.GUARDIAN.number, cast.RENUMBERED.number]
    assert set(found) == set(wanted)
    assert all(identity.number == number for number, identity in found.items())
