"""What came in through the scanner, the keypad or a keyboard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from journal_core.crypto import TOKEN_LENGTH, read_token
from journal_core.persons.rules import Identity, read_identity

CODE_LENGTH = 9


@dataclass(frozen=True)
class Token:
    """Of a booking's QR code."""

    token: str


@dataclass(frozen=True)
class Code:
    """A booking code, which counts together with a date of birth."""

    code: str


def read_scanned(typed: str) -> str | None:
    """The token of a QR code. A scanner types the whole address, and what its keyboard layout makes of : and / differs,
    so the last 24 letters and digits count and nothing else."""
    return read_token(_letters_and_digits(typed)[-TOKEN_LENGTH:])


def read_typed(typed: str, today: date) -> Token | Code | Identity:
    """A QR code's address, a booking code or an identity number. Raises Refusal: identity_incomplete, identity_wrong."""
    token, written = read_scanned(typed), _letters_and_digits(typed)
    if token is not None:
        return Token(token)
    if len(written) == CODE_LENGTH and written.isdigit():
        return Code(written)
    return read_identity(typed, today)


def _letters_and_digits(typed: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", typed)
