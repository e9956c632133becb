"""Tokens, keyed hashes and sealed fields."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from journal_core.crypto import CROCKFORD, TOKEN_LENGTH, Vault, new_token, read_token
from tests.build.builders import SECRET

VAULT = Vault(SECRET)
tokens = st.text(CROCKFORD, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)


def test_a_token_is_24_capitals_and_digits_without_the_ones_people_confuse() -> None:
    made = {new_token() for _ in range(200)}
    assert len(made) == 200
    assert {len(token) for token in made} == {24}
    letters = set("".join(made))
    assert letters == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert letters.isdisjoint("ILOU")


@given(tokens)
def test_a_token_is_read_in_lower_case_and_with_spaces_around(token: str) -> None:
    assert read_token(token) == read_token(token.lower()) == read_token(f"  {token.lower()}\n") == token


@given(tokens, st.sampled_from("iIlL"), st.sampled_from("oO"))
def test_confused_letters_are_forgiven(token: str, one: str, zero: str) -> None:
    assert read_token(token.replace("1", one).replace("0", zero)) == token


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_token_or_none(typed: str) -> None:
    token = read_token(typed)
    assert token is None or (len(token) == 24 and set(token) <= set(CROCKFORD))


@pytest.mark.parametrize("typed", ["", "A" * 23, "A" * 25, "U" * 24, "A" * 12 + " " + "A" * 12, "Å" * 24])
def test_what_cannot_be_a_token_is_none(typed: str) -> None:
    assert read_token(typed) is None


@given(st.text(), st.text())
def test_what_was_sealed_opens_in_its_context(context: str, text: str) -> None:
    assert VAULT.open(context, VAULT.seal(context, text)) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert VAULT.seal("draft:1", "Maja") != VAULT.seal("draft:1", "Maja")


def test_a_sealed_text_does_not_show() -> None:
    assert b"Maja" not in VAULT.seal("draft:1", "Maja")


def test_moved_to_another_row_it_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        VAULT.open("draft:2", VAULT.seal("draft:1", "Maja"))


@given(st.integers(1, 29), st.integers(1, 255))
def test_one_changed_byte_and_it_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(VAULT.seal("draft:1", "Maja"))
    sealed[place % len(sealed) or 1] ^= change
    with pytest.raises(InvalidTag):
        VAULT.open("draft:1", bytes(sealed))


def test_another_secret_does_not_open_it() -> None:
    with pytest.raises(InvalidTag):
        Vault(b"another secret, as long as that.").open("draft:1", VAULT.seal("draft:1", "Maja"))


def test_hashes_depend_on_value_purpose_and_secret() -> None:
    first = VAULT.hash("link", "A")
    assert first == VAULT.hash("link", "A")
    others = {VAULT.hash("link", "B"), VAULT.hash("arrival", "A"), Vault(b"another").hash("link", "A")}
    assert len(others) == 3
    assert first not in others
    assert len(first) == 64
    assert set(first) <= set("0123456789abcdef")


def test_showing_a_vault_shows_no_secret() -> None:
    VAULT.seal("draft:1", "Maja")
    for shown in (repr(VAULT), str(VAULT), f"{VAULT}", f"{[VAULT]!r}"):
        assert SECRET.decode() not in shown
        assert SECRET.hex() not in shown
        assert repr(SECRET) not in shown
