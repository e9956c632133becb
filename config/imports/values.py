"""Single values of a row, checked. What can't be is a reason to leave the row out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 200
HTML = re.compile(r"<\s*[a-zA-Z/!?]|&(?:[a-zA-Z]+|#\w+);")


class Odd(Exception):
    """Why a row is left out, in words for the operator."""


def text(data: Mapping[str, Any], name: str, longest: int = LONGEST) -> str | None:
    """A text without surplus blanks; None when it is missing or empty. Numbers are taken as they are written."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Odd(f"{name} is no text")
    found = " ".join(unicodedata.normalize("NFC", str(value)).split())
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in found):
        raise Odd(f"{name} holds characters that can't be seen")
    if HTML.search(found):
        raise Odd(f"{name} holds HTML")
    if len(found) > longest:
        raise Odd(f"{name} is longer than {longest} characters")
    return found or None


def part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside a row; empty when it is missing."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Odd(f"{name} is no object")
    return value


def number(data: Mapping[str, Any], name: str) -> float | None:
    """A decimal number, with point or comma where it is written as text; None when it is missing or empty."""
    value = data.get(name)
    if isinstance(value, str):
        written = value.strip().replace(",", ".")
        if not written:
            return None
        if not re.fullmatch(r"[-+]?\d{1,4}(\.\d{1,20})?", written, re.ASCII):
            raise Odd(f"{name} is no number")
        return float(written)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Odd(f"{name} is no number")
    return float(value) if abs(value) < 10_000 else _too_large(name)


def _too_large(name: str) -> float:
    raise Odd(f"{name} is no number that a place has")
