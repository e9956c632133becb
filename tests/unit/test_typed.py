"""What a scanner, a keypad or a keyboard brings to the waiting-room screen."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.crypto import CROCKFORD, TOKEN_LENGTH
from journal_core.refusal import Refusal
from kiosk.screen.typed import Code, Token, read_typed
from tests.build import cast

TODAY = date(2026, 11, 23)
TOKENS = st.text(CROCKFORD, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)
# What scanners that think they are an American, a Swedish or a German keyboard make of https://example.org/a/
LAYOUTS = ("https://example.org/a/", "httpsÖ--example.org-a-", "HTTPSÖ--EXAMPLE.ORG-A-", "httpsÖ&&example:org&a&", "")


@given(TOKENS, st.sampled_from(LAYOUTS), st.booleans())
def test_a_qr_code_is_read_through_every_layout(token: str, before: str, capitals: bool) -> None:
    typed = before + (token if capitals else token.lower())
    assert read_typed(typed, TODAY) == Token(token)


@given(TOKENS, st.text(max_size=60), st.text("\r\n\t -/", max_size=4))
def test_whatever_came_before_a_qr_code_does_not_count(token: str, before: str, after: str) -> None:
    assert read_typed(before + token + after, TODAY) == Token(token)


@pytest.mark.parametrize("typed", ["482773096", "482 773 096", "482-773-096"])
def test_nine_digits_are_a_booking_code(typed: str) -> None:
    assert read_typed(typed, TODAY) == Code("482773096")


@pytest.mark.parametrize("typed", ["198503149802", "19850314-9802", "8503149802", "850314-9802"])
def test_ten_or_twelve_digits_are_an_identity_number(typed: str) -> None:
    assert read_typed(typed, TODAY) == cast.BOOKER.identity


@given(st.text(max_size=80))
def test_everything_else_is_refused_in_words(typed: str) -> None:
    assert outcome(typed) in {"Token", "Code", "Identity", "identity_incomplete", "identity_wrong"}


def outcome(typed: str) -> str:
    try:
        return type(read_typed(typed, TODAY)).__name__
    except Refusal as refusal:
        return refusal.code
