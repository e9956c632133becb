"""Single values of a row: looked at before they are believed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from config.imports.files import kind_of

HTML = re.compile(r"<[A-Za-z/!?]|&(?:[A-Za-z]+|#[0-9]+|#[xX][0-9A-Fa-f]+);")
"""Tags, comments, and characters written as HTML writes them; a plain & is none of these."""
TURNS_TEXT = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that make text run the other way, so that it reads as something else."""
NUMBER = re.compile(r"[-+]?[0-9]{1,6}([.,][0-9]{1,30})?")


class Odd(Exception):
    """Why a row is skipped. Repeats nothing of the row that could be long or do harm on a screen."""


def value_at(values: Mapping[str, object], places: Sequence[str]) -> object:
    """The first value that isn't empty; a place is a name, or names within objects with dots between."""
    for place in places:
        found = values.get(place)
        if found is None and "." in place:
            found = _within(values, *place.split(".", 1))
        if found is not None and found != "":
            return found
    return None


def _within(values: Mapping[str, object], outer: str, inner: str) -> object:
    """Raises Odd."""
    found = values.get(outer)
    if found is None or found == "":
        return None
    if not isinstance(found, Mapping):
        raise Odd(f"{outer} is {kind_of(found)}, not an object")
    return found.get(inner)


def read_text(value: object, what: str, longest: int, *, number: bool = False) -> str | None:
    """A text on one line, without spaces around; None when empty. `number`: whole numbers are taken too.

    Raises Odd: another type, too long, HTML, control characters.
    """
    if value is None:
        return None
    if number and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    if not isinstance(value, str):
        raise Odd(f"{what} is {kind_of(value)}, not a text")
    if len(value) > longest:
        raise Odd(f"{what} is {len(value)} characters long; at most {longest} are taken")
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value) or TURNS_TEXT.search(value):
        raise Odd(f"{what} has control characters")
    if HTML.search(value):
        raise Odd(f"{what} has HTML in it")
    return " ".join(unicodedata.normalize("NFC", value).split()) or None


def read_number(value: object, what: str) -> float | None:
    """A number, or a text that is one, with decimal point or comma. None when empty. Raises Odd."""
    if isinstance(value, str):
        value = value.strip()
        if value and not NUMBER.fullmatch(value):
            raise Odd(f"{what} is not a number")
        value = float(value.replace(",", ".")) if value else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Odd(f"{what} is {kind_of(value)}, not a number")
    # Not a float of a whole number that is too large for one.
    if not abs(value) < 1e6:
        raise Odd(f"{what} is no number that a place could have")
    return float(value)
