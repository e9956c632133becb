"""Whom claims name, and that no claim, however odd, does anything but name somebody or nobody."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.registers.eid import Identified
from journal_core.registers.openid_claims import (
    AFFILIATION,
    COORDINATION,
    COUNTRY,
    FAMILY_NAME,
    GIVEN_NAME,
    HSA_ID,
    LEVELS,
    PERSONAL,
    Doubt,
    Expected,
    believe,
    identify,
    lacks,
)
from tests.build.cast import BOOKER, COORDINATED

HSA = "SE2321000016-1A2B"
NAMES = {"given_name": "Maja", "family_name": "Ekman"}
NOW = 1_800_000_000
EXPECTED = Expected("https://issuer.example.org", "client", "nonce", NOW - 20, NOW, "acr", LEVELS, 3)
HONEST = {
    "iss": EXPECTED.issuer,
    "sub": "somebody",
    "aud": "client",
    "nonce": "nonce",
    "iat": NOW,
    "exp": NOW + 60,
    "auth_time": NOW - 1,
    "acr": "http://id.elegnamnden.se/loa/1.0/loa3",
    PERSONAL[0]: BOOKER.number,
}


@pytest.mark.parametrize("name", [*PERSONAL, *COORDINATION])
def test_a_number_is_understood_under_each_name(name: str) -> None:
    assert identify([{name: BOOKER.number, **NAMES}], hsa=False) == Identified(BOOKER.number, "Maja", "Ekman")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([{PERSONAL[0]: BOOKER.number, COORDINATION[0]: COORDINATED.number}], "both_numbers"),
        ([{PERSONAL[0]: BOOKER.number, COORDINATION[0]: BOOKER.number}], "both_numbers"),
        ([{PERSONAL[0]: BOOKER.number, PERSONAL[1]: COORDINATED.number}], "both_numbers"),
        ([{PERSONAL[0]: BOOKER.number}, {PERSONAL[0]: COORDINATED.number}], "both_numbers"),
        ([{PERSONAL[0]: BOOKER.number}, {PERSONAL[1]: "8503149802"}], "both_numbers"),
        ([{PERSONAL[1]: BOOKER.number, COUNTRY: "NO"}], "no_number"),
        ([{PERSONAL[0]: int(BOOKER.number)}], "no_number"),
        ([{PERSONAL[0]: "١٩٨٥٠٣١٤٩٨٠٢"}], "no_number"),
        ([{PERSONAL[0]: BOOKER.number + "\n"}], "no_number"),
        ([{PERSONAL[0]: ""}], "no_number"),
        ([{HSA_ID: HSA}], "no_number"),
        ([{}], "no_number"),
    ],
)
def test_less_or_more_than_one_number_names_nobody(told: list[dict[str, object]], code: str) -> None:
    with pytest.raises(Doubt) as doubt:
        identify(told, hsa=False)
    assert doubt.value.code == code


def test_the_same_number_told_twice_is_one() -> None:
    told = [{PERSONAL[0]: BOOKER.number, PERSONAL[1]: BOOKER.number, COUNTRY: "SE"}, {PERSONAL[0]: BOOKER.number}]
    assert identify(told, hsa=False).number == BOOKER.number


@pytest.mark.parametrize(
    ("claims", "number", "hsa_id"),
    [
        ({HSA_ID: HSA}, None, HSA),
        ({AFFILIATION: f"{HSA}@2321000016"}, None, HSA),
        ({HSA_ID: HSA, AFFILIATION: f"{HSA}@2321000016"}, None, HSA),
        ({HSA_ID: HSA, PERSONAL[2]: BOOKER.number}, BOOKER.number, HSA),
        ({AFFILIATION: "maja.ekman@2321000016", PERSONAL[0]: BOOKER.number}, BOOKER.number, None),
    ],
)
def test_staff_are_named_by_hsa_id_where_it_is_wanted(claims: dict[str, str], number: str | None, hsa_id: str | None) -> None:
    assert identify([claims], hsa=True) == Identified(number, "", "", hsa_id)


def test_an_hsa_id_that_nobody_asked_for_is_not_taken_in() -> None:
    assert identify([{HSA_ID: HSA, PERSONAL[0]: BOOKER.number}], hsa=False).hsa_id is None


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({HSA_ID: HSA, AFFILIATION: "SE2321000016-9Z9Z@2321000016"}, "not_trusted"),
        ({AFFILIATION: "maja.ekman@2321000016"}, "no_number"),
        ({HSA_ID: HSA, PERSONAL[0]: BOOKER.number, COORDINATION[0]: COORDINATED.number}, "both_numbers"),
    ],
)
def test_staff_of_two_identities_or_none_are_nobody(claims: dict[str, str], code: str) -> None:
    with pytest.raises(Doubt) as doubt:
        identify([claims], hsa=True)
    assert doubt.value.code == code


@pytest.mark.parametrize(
    ("claims", "hsa", "asked"),
    [
        ({PERSONAL[0]: BOOKER.number, **NAMES}, False, False),
        ({PERSONAL[0]: BOOKER.number, **NAMES}, True, True),
        ({PERSONAL[0]: BOOKER.number, HSA_ID: HSA, **NAMES}, True, False),
        ({HSA_ID: HSA, **NAMES}, True, True),
        ({PERSONAL[0]: BOOKER.number, "given_name": "Maja"}, False, True),
        (NAMES, False, True),
    ],
)
def test_only_what_is_lacking_is_asked_for(claims: dict[str, str], hsa: bool, asked: bool) -> None:
    assert lacks(claims, hsa=hsa) is asked


def test_the_clocks_may_differ_by_half_a_minute() -> None:
    for name, instant in (("iat", NOW + 30), ("exp", NOW - 29), ("auth_time", NOW - 50), ("auth_time", NOW + 30)):
        believe({**HONEST, name: instant}, EXPECTED)
    for name, instant in (("iat", NOW + 31), ("exp", NOW - 30), ("auth_time", NOW - 51), ("auth_time", NOW + 31)):
        with pytest.raises(Doubt):
            believe({**HONEST, name: instant}, EXPECTED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(list(LEVELS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
TOLD = (*HONEST, "nbf", "azp", *PERSONAL, *COORDINATION, COUNTRY, HSA_ID, AFFILIATION, *GIVEN_NAME, *FAMILY_NAME)


@given(st.dictionaries(st.sampled_from(TOLD), JSON, max_size=4), st.booleans())
def test_odd_claims_name_somebody_properly_or_nobody(odd: dict[str, object], hsa: bool) -> None:
    claims = {**HONEST, **odd}
    found = None
    with suppress(Doubt):
        believe(claims, EXPECTED)
        found = identify([claims], hsa=hsa)
    assert found is None or (found.number == BOOKER.number and isinstance(found.given_name + found.family_name, str))
