"""Ages in whole years, on the day that counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.booking.rules import Coming, check_ages
from journal_core.catalogue.model import VisitCategory
from journal_core.clock import age_on, day_of_age
from journal_core.refusal import Refusal

LEAP_DAY = date(2012, 2, 29)
births = st.dates(date(1900, 1, 1), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 5, 14), date(2026, 5, 13), 17),
        (date(2008, 5, 14), date(2026, 5, 14), 18),
        (date(2008, 5, 14), date(2027, 5, 13), 18),
        (date(2008, 12, 31), date(2026, 1, 1), 17),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(1926, 11, 20), date(2026, 11, 20), 100),
    ],
)
def test_the_year_is_full_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2023, 2, 28), 10),
        (date(2023, 3, 1), 11),
        (date(2024, 2, 28), 11),
        (date(2024, 2, 29), 12),
        (date(2100, 2, 28), 87),
        (date(2100, 3, 1), 88),
    ],
)
def test_born_on_29_february_fills_the_year_on_1_march_in_common_years(day: date, age: int) -> None:
    assert age_on(LEAP_DAY, day) == age


@pytest.mark.parametrize(("years", "day"), [(18, date(2030, 3, 1)), (16, date(2028, 2, 29)), (0, LEAP_DAY)])
def test_the_day_of_an_age_for_born_on_29_february(years: int, day: date) -> None:
    assert day_of_age(LEAP_DAY, years) == day


@given(births, st.integers(0, 120))
def test_the_day_of_an_age_is_the_first_day_of_that_age(born: date, years: int) -> None:
    day = day_of_age(born, years)
    assert age_on(born, day) == years
    assert age_on(born, day - timedelta(days=1)) == years - 1


@given(births, st.integers(0, 40_000))
def test_age_never_falls_and_grows_by_one_at_most(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in (0, 1)


class TestLimitsOfACategory:
    """Inclusive at both ends, on the day of the visit."""

    TWELVE_ON_5_JUNE = Coming(date(2014, 6, 5), "Ida", "Lund")

    def check(self, day: date, **limits: int) -> None:
        check_ages(VisitCategory(**limits), [self.TWELVE_ON_5_JUNE], day)

    @pytest.mark.parametrize("limits", [{"min_age": 12}, {"min_age": 12, "max_age": 12}, {"max_age": 12}, {}])
    def test_within(self, limits: dict[str, int]) -> None:
        self.check(date(2026, 6, 5), **limits)
        self.check(date(2027, 6, 4), **limits)

    def test_below_says_from_which_day(self) -> None:
        with pytest.raises(Refusal) as refused:
            self.check(date(2026, 6, 4), min_age=12)
        assert refused.value.code == "too_young"
        assert refused.value.facts["first_day"] == date(2026, 6, 5)

    def test_above_says_which_age(self) -> None:
        with pytest.raises(Refusal) as refused:
            self.check(date(2027, 6, 5), max_age=12)
        assert refused.value.code == "too_old"
        assert refused.value.facts["max_age"] == 12

    def test_a_newborn_may_be_too_young_for_nothing(self) -> None:
        check_ages(VisitCategory(min_age=0), [Coming(date(2026, 6, 5), "Ny", "Lund")], date(2026, 6, 5))
