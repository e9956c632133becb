"""Identity numbers and birth dates, in every form in which people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.persons.model import IdentityKind, Sex
from journal_core.persons.rules import read_birth_date, read_identity, show_identity
from journal_core.persons.use_cases import sex_of
from journal_core.refusal import Refusal
from tests.build import cast

TODAY = date(2026, 11, 20)


def check_digit(nine: str) -> int:
    """Luhn's, spelled out here so that the tests don't ask the program what is right."""
    doubled = [int(digit) * (1, 2)[place % 2 == 0] for place, digit in enumerate(nine)]
    return -sum(number // 10 + number % 10 for number in doubled) % 10


def numbered(born: date, birth_number: int, *, coordination: bool = False) -> str:
    """The twelve digits of a birth date and a birth number that is never issued."""
    nine = f"{born:%y%m}{born.day + 60 * coordination:02}{birth_number:03}"
    return f"{born:%Y}{nine[2:]}{check_digit(nine)}"


@st.composite
def numbers(draw: st.DrawFn, oldest: date = date(1900, 1, 1)) -> tuple[str, date, bool]:
    """A number with its date of birth, and whether it is a coordination number."""
    born = draw(st.dates(oldest, TODAY))
    never_issued = (238, 239) if born.year >= 1990 else (980, 981)
    coordination = draw(st.booleans())
    return numbered(born, draw(st.sampled_from(never_issued)), coordination=coordination), born, coordination


def refusal_of(typed: str, today: date = TODAY) -> str:
    with pytest.raises(Refusal) as refused:
        read_identity(typed, today)
    return refused.value.code


@given(numbers())
def test_every_written_form_of_a_number_is_read_as_the_same(made: tuple[str, date, bool]) -> None:
    number, born, coordination = made
    written = [number, show_identity(number), f"{number[:8]} {number[8:]}", f"  {number[:8]} – {number[8:]} "]
    sign = "+" if TODAY.year - born.year >= 100 else "-"
    written += [f"{number[2:8]}{sign}{number[8:]}", f"{number[2:8]} {sign} {number[8:]}", f"{number[:8]}−{number[8:]}"]
    if TODAY.year - born.year < 100:
        written += [number[2:], f"{number[2:8]} {number[8:]}"]
    kind = IdentityKind.COORDINATION if coordination else IdentityKind.PERSONAL
    for form in written:
        identity = read_identity(form, TODAY)
        assert (identity.number, identity.born, identity.kind) == (number, born, kind), form


@given(numbers(), st.integers(1, 9))
def test_any_other_check_digit_is_wrong(made: tuple[str, date, bool], more: int) -> None:
    number, _, _ = made
    assert refusal_of(number[:-1] + str((int(number[-1]) + more) % 10)) == "identity_wrong"


@given(numbers(), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(made: tuple[str, date, bool], place: int, more: int) -> None:
    digits = [*made[0]]
    digits[place + 2] = str((int(digits[place + 2]) + more) % 10)
    assert refusal_of("".join(digits)) == "identity_wrong"


@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_kindly_refused(typed: str) -> None:
    with suppress(Refusal):
        number = read_identity(typed, TODAY).number
        assert (number.isascii(), number.isdecimal(), len(number)) == (True, True, 12)


@pytest.mark.parametrize(
    "typed",
    ["", "12345678", "8503149802x", "85031498", "1985031498022", "850314_9802", "8503-149802", "++8503149802", "Maja"],
)
def test_what_has_not_ten_or_twelve_digits_is_incomplete(typed: str) -> None:
    assert refusal_of(typed) == "identity_incomplete"


def test_digits_of_another_script_are_not_kept_as_they_are() -> None:
    """Two spellings of one number would be two persons."""
    with suppress(Refusal):
        assert read_identity("١٩٨٥٠٣١٤٩٨٠٢", TODAY).number == cast.BOOKER.number


@pytest.mark.parametrize("day", ["19850231", "19851301", "19850300", "19850332", "19850392", "19850360", "19850001"])
def test_a_date_that_is_none_is_wrong(day: str) -> None:
    assert refusal_of(f"{day}980{check_digit(day[2:] + '980')}") == "identity_wrong"


def test_29_february_exists_in_leap_years_only() -> None:
    assert read_identity(numbered(date(2024, 2, 29), 238), TODAY).born == date(2024, 2, 29)
    assert refusal_of(f"20230229238{check_digit('230229238')}") == "identity_wrong"


def test_nobody_is_older_than_people_get() -> None:
    assert refusal_of(numbered(date(1826, 12, 1), 980)) == "identity_wrong"


def test_nobody_is_born_tomorrow() -> None:
    assert read_identity(numbered(TODAY, 238), TODAY).born == TODAY
    assert refusal_of(numbered(TODAY + timedelta(days=1), 238)) == "identity_wrong"
    assert refusal_of(numbered(TODAY + timedelta(days=1), 238, coordination=True)) == "identity_wrong"


class TestCenturyOfTenDigits:
    def born(self, number: str, sign: str = "", today: date = TODAY) -> date:
        return read_identity(number[2:8] + sign + number[8:], today).born

    def test_a_child_and_a_grandparent(self) -> None:
        assert self.born(cast.CHILD.number) == cast.CHILD.born
        assert self.born(cast.EIGHTY.number) == cast.EIGHTY.born

    @pytest.mark.parametrize("sign", ["", "-"])
    def test_born_today_is_new(self, sign: str) -> None:
        assert self.born(numbered(TODAY, 238), sign) == TODAY

    @pytest.mark.parametrize("sign", ["", "-"])
    def test_a_birthday_still_to_come_this_year_is_a_hundred_years_back(self, sign: str) -> None:
        born = date(1926, 11, 21)
        assert self.born(numbered(born, 980), sign) == born

    def test_the_same_for_a_coordination_number(self) -> None:
        born = date(1926, 11, 21)
        assert self.born(numbered(born, 980, coordination=True)) == born
        assert self.born(numbered(TODAY, 238, coordination=True)) == TODAY

    @pytest.mark.parametrize("born", [date(1926, 1, 1), date(1926, 11, 20), date(1926, 11, 21), date(1926, 12, 31)])
    def test_plus_is_for_those_who_turn_a_hundred_this_calendar_year(self, born: date) -> None:
        assert self.born(numbered(born, 980), "+") == born

    def test_plus_is_for_those_who_are_older(self) -> None:
        assert self.born(numbered(date(1919, 5, 2), 980), "+") == date(1919, 5, 2)

    def test_at_midnight_of_new_year_the_same_number_is_read_the_same(self) -> None:
        born = date(1985, 3, 14)
        for day in (date(2026, 12, 31), date(2027, 1, 1)):
            assert self.born(numbered(born, 980), today=day) == born


@given(numbers())
def test_shown_as_people_read_it(made: tuple[str, date, bool]) -> None:
    shown = show_identity(made[0])
    assert shown.replace("-", "") == made[0]
    assert shown.index("-") == 8


def test_the_next_to_last_digit_tells_the_sex() -> None:
    assert sex_of(cast.BOOKER.identity) is Sex.FEMALE
    assert sex_of(cast.GUARDIAN.identity) is Sex.MALE


@pytest.mark.parametrize("member", [*cast.RESIDENTS, *cast.STAFF], ids=lambda member: member.given_name)
def test_the_cast_has_valid_numbers_that_are_never_issued(member: cast.Member) -> None:
    assert read_identity(member.number, TODAY) == member.identity
    assert int(member.number[8:11]) in ((238, 239) if member.born.year >= 1990 else (980, 981))


@given(st.dates(date(1896, 1, 1), TODAY))
def test_every_written_form_of_a_birth_date_is_read(born: date) -> None:
    year, month, day = f"{born:%Y}", f"{born:%m}", f"{born:%d}"
    for form in (f"{year}-{month}-{day}", year + month + day, f"{year}.{month}.{day}", f"{year} {month} {day}"):
        assert read_birth_date(form, TODAY) == born
        assert read_birth_date(f" {form} ", TODAY) == born
    assert read_birth_date(f"{year}/{month}/{day}", TODAY) == born
    assert read_birth_date(f"{year}-{born.month}-{born.day}", TODAY) == born


@given(st.text(max_size=12))
def test_whatever_is_typed_as_birth_date_is_read_or_kindly_refused(typed: str) -> None:
    with suppress(Refusal):
        assert read_birth_date(typed, TODAY) <= TODAY


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "birth_date_unreadable"),
        ("850314", "birth_date_unreadable"),
        ("14-03-1985", "birth_date_unreadable"),
        ("1985-03", "birth_date_unreadable"),
        ("1985-031", "birth_date_unreadable"),
        ("1985031", "birth_date_unreadable"),
        ("1985111", "birth_date_unreadable"),
        ("1985-02-30", "birth_date_unreadable"),
        ("1985-03-00", "birth_date_unreadable"),
        ("1985-14-03", "birth_date_month"),
        ("19851403", "birth_date_month"),
        ("1985-00-03", "birth_date_month"),
        ("2026-11-21", "birth_date_future"),
        ("1895-12-31", "birth_date_too_old"),
        ("0001-01-01", "birth_date_too_old"),
    ],
)
def test_why_a_birth_date_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_birth_date(typed, TODAY)
    assert refused.value.code == code


def test_a_month_above_twelve_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        read_birth_date("1985-14-03", TODAY)
    assert refused.value.facts["month"] == 14
