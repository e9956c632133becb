"""How a search compares what people type with what clinics are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import fold, search_key


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Göteborg", "goteborg"),
        ("GÖTEBORG", "goteborg"),
        ("Gårdsjö-Ängelholm", "gardsjo angelholm"),
        ("André  Él", "andre el"),
        ("302 43", "30243"),
        ("30243", "30243"),
        ("Halmstad, 302 43", "halmstad 30243"),
        ("302 43 Halmstad", "30243 halmstad"),
        ("Storgatan 302 4", "storgatan 302 4"),
        ("3024 3", "3024 3"),
        ("Vård 123 45 67", "vard 12345 67"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_case_accents_and_the_postcodes_space_make_no_difference(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_letters_written_in_two_ways_are_the_same() -> None:
    assert fold("A\u030angstro\u0308m") == fold("Ångström") == "angstrom"


@given(st.text())
def test_folding_again_changes_nothing_that_words_compare_by(text: str) -> None:
    once = fold(text)
    assert once == once.strip()
    assert "  " not in once
    assert fold(once).replace(" ", "") == once.replace(" ", "")


def test_the_key_of_a_clinic_holds_name_and_address() -> None:
    clinic = Clinic(name="Åsa vårdcentral", street="Kyrkvägen 3", postcode="439 53", city="Åsa")
    assert search_key(clinic) == "asa vardcentral kyrkvagen 3 43953 asa"
    assert search_key(Clinic(name="Bara namn")) == "bara namn"
