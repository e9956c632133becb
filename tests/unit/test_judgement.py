"""One judgement of who may book what, and when: its order, its words about each person, and what it never lets through."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journal_core.booking import refusals
from journal_core.booking.judgement import Wish, hindrances, on_no_day
from journal_core.booking.rules import Coming
from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.clock import age_on
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch
from journal_core.persons.model import IdentityKind
from journal_core.persons.rules import Identity
from tests.build.clocks import START

TODAY = date(2026, 11, 20)
AGES = st.one_of(st.none(), st.integers(0, 110))
BIRTHS = st.dates(date(1910, 1, 1), TODAY)


def identity(born: date, n: int = 0) -> Identity:
    return Identity(IdentityKind.PERSONAL, f"{born:%Y%m%d}{n:04}", born)


def coming(born: date, n: int = 0) -> Coming:
    return Coming(born, "", "", identity(born, n))


def a_clinic(*, only_oneself: bool = False) -> Clinic:
    provider = CareProvider(modules=[ModuleSwitch(module=one) for one in (Module.IVT, Module.IVT_EID)])
    modules = [ModuleSwitch(module=one) for one in (Module.API, Module.BOOKING)]
    return Clinic(
        activated_at=START,
        booking=True,
        eid_booking=True,
        eid_only_oneself=only_oneself,
        modules=modules,
        unit=CareUnit(provider=provider),
    )


def a_wish(
    *who: Coming,
    ages: tuple[int | None, int | None] = (None, None),
    eid: bool = False,
    booker: Identity | None = None,
    child: Identity | None = None,
    until: int = 18,
    clinic: Clinic | None = None,
) -> Wish:
    category = VisitCategory(min_age=ages[0], max_age=ages[1], invisible_online=False)
    setting = ProviderReason(eid_demanded=eid)
    return Wish(clinic or a_clinic(), VisitType(category=category), setting, who, booker, child, until)


def codes(wish: Wish, day: date | None = TODAY) -> list[str]:
    return [refusal.code for refusal in hindrances(wish, TODAY, day)]


@given(BIRTHS, AGES, AGES, st.integers(0, 366))
def test_ages_are_those_of_the_visits_day_and_a_child_is_told_from_when(
    born: date, lowest: int | None, highest: int | None, ahead: int
) -> None:
    day = TODAY + timedelta(days=ahead)
    found = list(hindrances(a_wish(coming(born), ages=(lowest, highest)), TODAY, day))
    age = age_on(born, day)
    expected = [refusals.TOO_YOUNG] * (lowest is not None and age < lowest) + [refusals.TOO_OLD] * (
        highest is not None and age > highest
    )
    assert [one.code for one in found] == expected
    for one in found:
        if one.code == refusals.TOO_YOUNG:
            first = one.facts["first_day"]
            assert isinstance(first, date) and lowest is not None
            assert age_on(born, first) == lowest and age_on(born, first - timedelta(days=1)) < lowest


@given(BIRTHS, AGES, AGES)
def test_what_can_be_booked_on_no_day_is_refused_on_each_and_the_other_way_round(
    born: date, lowest: int | None, highest: int | None
) -> None:
    wish, last = a_wish(coming(born), ages=(lowest, highest)), TODAY + timedelta(days=366)
    days = [TODAY + timedelta(days=n) for n in range(367)]
    never = [one.code for one in on_no_day(wish, TODAY, last)]
    each = [set(codes(wish, day)) for day in days]
    assert set(never) == {code for code in (refusals.TOO_YOUNG, refusals.TOO_OLD) if all(code in found for found in each)}


@given(BIRTHS, st.booleans(), st.booleans())
def test_where_eid_is_demanded_only_oneself_and_the_child_one_acts_for_pass(born: date, logged_in: bool, alone: bool) -> None:
    clinic, me, child = a_clinic(only_oneself=alone), identity(date(1980, 5, 1)), identity(born, 1)
    booker = me if logged_in else None
    found = codes(a_wish(coming(born, 1), eid=True, booker=booker, child=child, until=120, clinic=clinic))
    assert found == ([refusals.NEEDS_EID] if not logged_in else [refusals.ONLY_YOURSELF] if alone else [])
    stranger = codes(a_wish(coming(date(1990, 1, 1), 2), eid=True, booker=me, clinic=clinic))
    assert stranger == [refusals.ONLY_YOURSELF]
    assert codes(a_wish(coming(date(1990, 1, 1), 2), booker=me, clinic=clinic)) == [], "nobody knows who books here"


@given(BIRTHS, st.integers(0, 18))
def test_a_guardian_books_by_the_age_on_the_day_of_the_act(born: date, until: int) -> None:
    child, me = identity(born, 1), identity(date(1980, 5, 1))
    wish = a_wish(coming(born, 1), eid=True, booker=me, child=child, until=until)
    assert codes(wish, TODAY + timedelta(days=366)) == ([refusals.BOOKS_ALONE] if age_on(born, TODAY) >= until else [])


def test_each_person_is_told_at_their_own_place() -> None:
    young, old = coming(date(2024, 1, 1), 1), coming(date(1940, 1, 1), 2)
    found = list(hindrances(a_wish(young, old, young, ages=(18, 65)), TODAY, TODAY))
    assert [(one.code, one.facts["person"]) for one in found] == [
        (refusals.SAME_PERSON_TWICE, 3),
        (refusals.TOO_YOUNG, 1),
        (refusals.TOO_OLD, 2),
        (refusals.TOO_YOUNG, 3),
    ]


def test_the_foremost_is_that_nobody_can_book_here() -> None:
    closed = a_clinic()
    closed.booking = False
    young = coming(date(2024, 1, 1))
    assert codes(a_wish(young, ages=(18, None), eid=True, clinic=closed))[0] == refusals.NOT_BOOKABLE
