"""Keys of what people tell of their health: bound to their row, named, changed without losing anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.keyring import BadKeys, KeyMissing, Keyring, SealBroken, key_of, new_line, read_keys

WHOLE = "A" * 43 + "="
OLD, NEW = b"o" * 32, b"n" * 32
BEFORE, AFTER = Keyring({"2026": OLD}, "2026"), Keyring({"2027": NEW, "2026": OLD}, "2027")


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_opens_in_its_own_row(text: str, context: str) -> None:
    assert BEFORE.open(context, BEFORE.seal(context, text)) == text


def test_moved_to_another_row_it_is_refused_and_the_row_is_named() -> None:
    sealed = BEFORE.seal("declaration-answer:1:allergy", "ja")
    with pytest.raises(SealBroken, match="declaration-answer:2:allergy"):
        BEFORE.open("declaration-answer:2:allergy", sealed)


@given(st.integers(0, 60), st.integers(1, 255))
def test_changed_anywhere_it_is_refused(place: int, by: int) -> None:
    sealed = bytearray(BEFORE.seal("row", "en hemlighet som är lång"))
    sealed[place % len(sealed)] ^= by
    with pytest.raises((SealBroken, KeyMissing)):
        BEFORE.open("row", bytes(sealed))


def test_a_lost_key_is_named_and_an_old_one_still_opens() -> None:
    with pytest.raises(KeyMissing, match="2027"):
        BEFORE.open("row", AFTER.seal("row", "nytt"))
    sealed = BEFORE.seal("row", "gammalt")
    assert AFTER.open("row", sealed) == "gammalt" and not AFTER.is_current(sealed)
    assert key_of(AFTER.seal("row", "nytt")) == "2027"


@pytest.mark.parametrize("sealed", [b"", b"K", b"1abc", b"K\x04key", b"K\x00" + b"x" * 40])
def test_what_is_no_seal_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        BEFORE.open("row", sealed)


def test_a_file_has_a_line_a_key_and_the_first_is_the_current() -> None:
    keys = read_keys(f"# nycklar\n{new_line('2027-01')}\n\n{new_line('2026-01')}\n")
    assert keys.current == "2027-01" and set(keys.keys) == {"2027-01", "2026-01"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no key"),
        ("# bara en kommentar", "there is no key"),
        ("nyckel", "line 1: the key must have 32 bytes"),
        ("en nyckel:AAAA", "line 1: must begin with a name"),
        ("a:AAAA", "line 1: the key must have 32 bytes"),
        ("a:å", "line 1: the key must be written in base64"),
        (f"a:{WHOLE}\na:{WHOLE}", "line 2: must begin with a name of its own"),
    ],
)
def test_a_bad_file_says_which_line(text: str, said: str) -> None:
    with pytest.raises(BadKeys, match=said):
        read_keys(text)


def test_no_key_is_ever_shown() -> None:
    assert repr(OLD) not in repr(BEFORE) and "oooo" not in repr(BEFORE)
