"""Which days a pattern has, and which stretches lie on each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule.model import LAST_RESOURCE, ClinicBook
from journal_core.schedule.rules import (
    LONGEST_SPAN,
    RESOURCES,
    Days,
    Pattern,
    Stretch,
    book_name,
    check_span,
    days_of,
    first_overlap,
    is_holiday,
    overlapping,
    resources_on,
    stretches,
)

MONDAY = date(2026, 11, 23)
WEEK = [MONDAY + timedelta(days=n) for n in range(7)]
SUNDAY = 6


def days(*named: str) -> list[date]:
    return [date.fromisoformat(one) for one in named]


# --- days ----------------------------------------------------------------------------------------------------------------

CHRISTMAS = days("2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-01-06")
"""The holidays that fall on a working day; the 26th is a Saturday."""


def test_every_day_is_every_day_holidays_too() -> None:
    assert days_of(MONDAY, WEEK[-1], Pattern.EVERY_DAY) == Days(WEEK, [])
    christmas = days_of(date(2026, 12, 24), date(2027, 1, 1), Pattern.EVERY_DAY)
    assert (len(christmas.open), christmas.skipped) == (9, [])


def test_working_days_are_monday_to_friday() -> None:
    assert days_of(MONDAY, WEEK[-1], Pattern.WORKING_DAYS) == Days(WEEK[:5], [])


def test_working_days_skip_christmas_and_say_so() -> None:
    found = days_of(date(2026, 12, 21), date(2027, 1, 8), Pattern.WORKING_DAYS)
    assert found.skipped == CHRISTMAS
    assert found.open == days(
        "2026-12-21", "2026-12-22", "2026-12-23", "2026-12-28", "2026-12-29", "2026-12-30", "2027-01-04", "2027-01-05",
        "2027-01-07", "2027-01-08",
    )  # fmt: skip


def test_a_saturday_that_is_a_holiday_is_skipped_where_saturdays_were_chosen() -> None:
    found = days_of(date(2026, 12, 19), date(2027, 1, 2), Pattern.WEEKDAYS, {3, 5})
    assert found.skipped == days("2026-12-24", "2026-12-26", "2026-12-31")
    assert found.open == days("2026-12-19", "2027-01-02")


def test_every_weekday_of_christmas_names_each_of_its_holidays() -> None:
    found = days_of(date(2026, 12, 23), date(2027, 1, 6), Pattern.WEEKDAYS, range(7))
    assert found.skipped == sorted([*CHRISTMAS, date(2026, 12, 26)])


def test_a_sunday_alone_is_no_holiday() -> None:
    found = days_of(MONDAY, date(2027, 4, 4), Pattern.WEEKDAYS, {SUNDAY})
    assert (len(found.open), found.skipped) == (18, days("2027-03-28"))


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        ("2027-06-25", True),  # midsommarafton
        ("2027-06-26", True),  # midsommardagen
        ("2027-06-24", False),
        ("2027-05-06", True),  # Kristi himmelsfärdsdag
        ("2027-06-06", True),  # nationaldagen
        ("2027-03-26", True),  # långfredagen
        ("2027-03-29", True),  # annandag påsk
        ("2027-03-25", False),  # skärtorsdagen
        ("2027-04-30", False),  # valborgsmässoafton
        ("2026-12-23", False),
        ("2026-12-30", False),
        ("2027-01-05", False),
    ],
)
def test_holidays_are_the_public_ones_and_three_eves(day: str, holiday: bool) -> None:
    assert is_holiday(date.fromisoformat(day)) is holiday


def test_midsummers_eve_is_skipped_on_a_friday() -> None:
    found = days_of(date(2027, 6, 21), date(2027, 6, 27), Pattern.WORKING_DAYS)
    assert (found.skipped, found.open[-1]) == (days("2027-06-25"), date(2027, 6, 24))


def test_chosen_weekdays_keep_holidays_where_they_are_wanted() -> None:
    first, last = date(2026, 12, 21), date(2027, 1, 3)
    thursdays = days("2026-12-24", "2026-12-31")
    assert days_of(first, last, Pattern.WEEKDAYS, {3}) == Days([], thursdays)
    assert days_of(first, last, Pattern.WEEKDAYS, {3}, on_holidays=True) == Days(thursdays, [])


def test_working_days_never_have_holidays() -> None:
    found = days_of(date(2026, 12, 24), date(2026, 12, 24), Pattern.WORKING_DAYS, on_holidays=True)
    assert found == Days([], days("2026-12-24"))


def test_no_weekday_is_no_day() -> None:
    assert days_of(MONDAY, WEEK[-1], Pattern.WEEKDAYS) == Days([], [])


def test_one_day_is_a_span_and_a_last_day_before_the_first_is_none() -> None:
    assert days_of(MONDAY, MONDAY, Pattern.WORKING_DAYS) == Days([MONDAY], [])
    assert days_of(MONDAY, MONDAY - timedelta(days=1), Pattern.EVERY_DAY) == Days([], [])


def test_a_leap_day_is_a_day() -> None:
    found = days_of(date(2028, 2, 28), date(2028, 3, 1), Pattern.WORKING_DAYS)
    assert found.open == days("2028-02-28", "2028-02-29", "2028-03-01")
    assert days_of(date(2027, 2, 28), date(2027, 3, 1), Pattern.EVERY_DAY).open == days("2027-02-28", "2027-03-01")


def test_a_years_end_is_a_day_like_another() -> None:
    assert days_of(date(2026, 12, 30), date(2027, 1, 2), Pattern.EVERY_DAY).open == days(
        "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"
    )
    assert days_of(date(2027, 12, 30), date(2028, 1, 3), Pattern.WORKING_DAYS) == Days(
        days("2027-12-30", "2028-01-03"), days("2027-12-31")
    )


def test_two_years_are_the_longest_span() -> None:
    assert len(days_of(MONDAY, MONDAY + LONGEST_SPAN, Pattern.EVERY_DAY).open) == 733
    with pytest.raises(Refusal) as refused:
        days_of(MONDAY, MONDAY + LONGEST_SPAN + timedelta(days=1), Pattern.WEEKDAYS, {0})
    assert (refused.value.code, refused.value.facts["days"]) == ("too_many_days", 732)


# --- the frame -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (420, 1200, None),
        (421, 1200, "not_whole_fives"),
        (420, 1199, "not_whole_fives"),
        (600, 600, "ends_before_start"),
        (605, 600, "ends_before_start"),
        (415, 1200, "outside_frame"),
        (420, 1205, "outside_frame"),
    ],
)
def test_a_span_lies_within_the_frame(start: int, end: int, code: str | None) -> None:
    clinic = Clinic(frame_start_minute=420, frame_end_minute=1200)
    if code is None:
        check_span(clinic, start, end)
        return
    with pytest.raises(Refusal) as refused:
        check_span(clinic, start, end)
    assert refused.value.code == code
    if code == "outside_frame":
        assert (refused.value.facts["first"], refused.value.facts["last"]) == (420, 1200)


# --- stretches -----------------------------------------------------------------------------------------------------------


def a_book(*by_weekday: int) -> dict[Book, ClinicBook]:
    """Book A with so many resources on each weekday from Monday on."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {Book.A: ClinicBook(clinic_id=1, book=Book.A, name="Syster", **dict(zip(names, by_weekday, strict=True)))}


def a_stretch(start: int = 540, end: int = 600, *, day: date = MONDAY, book: Book = Book.A, resource: int = 1) -> Stretch:
    return Stretch(day, book, resource, start, end)


def test_a_stretch_is_made_for_each_day_and_resource_once() -> None:
    found, lacking = stretches({}, Book.B, [2, 1, 2], WEEK[:2], (540, 600))
    assert found == [Stretch(day, Book.B, resource, 540, 600) for day in WEEK[:2] for resource in (1, 2)]
    assert lacking == []


def test_what_a_book_lacks_on_a_weekday_is_told_and_left_out() -> None:
    book = a_book(3, 3, 1, 3, 0, 0, 0)
    found, lacking = stretches(book, Book.A, [1, 2], WEEK[:5], (540, 600))
    assert [(one.day.weekday(), one.resource) for one in found] == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (3, 1), (3, 2)]
    assert lacking == [(WEEK[2], 2), (WEEK[4], 1), (WEEK[4], 2)]


def test_a_book_that_nobody_has_set_up_has_its_preset_each_day() -> None:
    book = a_book(0, 0, 0, 0, 0, 0, 0)
    assert {resources_on(book, Book.B, day) for day in WEEK} == {RESOURCES}
    assert {resources_on(book, Book.A, day) for day in WEEK} == {0}
    assert (book_name(book, Book.A), book_name(book, Book.B)) == ("Syster", "Läkare")
    _, lacking = stretches(book, Book.B, [RESOURCES, RESOURCES + 1], [MONDAY], (540, 600))
    assert lacking == [(MONDAY, RESOURCES + 1)]


def test_each_weekday_has_its_own_number() -> None:
    assert [resources_on(a_book(1, 2, 3, 4, 5, 6, 7), Book.A, day) for day in WEEK] == [1, 2, 3, 4, 5, 6, 7]


def test_no_book_has_more_resources_than_there_are_lines_for() -> None:
    book = a_book(*[LAST_RESOURCE + 5] * 7)
    found, lacking = stretches(book, Book.A, [LAST_RESOURCE, LAST_RESOURCE + 1], [MONDAY], (540, 600))
    assert ([one.resource for one in found], lacking) == ([LAST_RESOURCE], [(MONDAY, LAST_RESOURCE + 1)])


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (a_stretch(), True),
        (a_stretch(500, 700), True),
        (a_stretch(550, 560), True),
        (a_stretch(500, 545), True),
        (a_stretch(595, 700), True),
        (a_stretch(600, 660), False),
        (a_stretch(480, 540), False),
        (a_stretch(resource=2), False),
        (a_stretch(book=Book.B), False),
        (a_stretch(day=WEEK[1]), False),
    ],
)
def test_stretches_overlap_where_they_share_a_minute_of_a_resource(other: Stretch, overlaps: bool) -> None:
    assert a_stretch().overlaps(other) is other.overlaps(a_stretch()) is overlaps
    assert overlapping([a_stretch()], [other]) == ([other] if overlaps else [])
    assert (first_overlap([a_stretch(), other]) is not None) is overlaps


def test_every_standing_stretch_under_a_new_one_is_named_once() -> None:
    standing = [a_stretch(540, 550), a_stretch(590, 600), a_stretch(600, 610), a_stretch(resource=2)]
    assert overlapping([a_stretch(), a_stretch(545, 595)], standing) == standing[:2]
    assert overlapping([], standing) == overlapping(standing, []) == []


def test_the_first_stretch_on_another_is_named_whatever_their_order() -> None:
    apart = [a_stretch(day=day, resource=resource) for day in WEEK for resource in (1, 2)]
    assert first_overlap([]) is first_overlap(apart) is None
    assert first_overlap([*apart, a_stretch(595, 700, resource=2), a_stretch(0, 545, day=WEEK[1])]) == a_stretch(
        595, 700, resource=2
    )


def test_a_long_stretch_over_several_short_ones_is_found() -> None:
    assert first_overlap([a_stretch(600, 610), a_stretch(540, 700), a_stretch(650, 660)]) == a_stretch(600, 610)
