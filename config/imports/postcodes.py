"""Rows about postcodes: which town and municipality each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.imports.clinics import Left
from config.imports.files import Row
from config.imports.values import Odd, text

COLUMNS = ("postal_code", "locality", "municipality_name")
KEEP_THEIR_S = re.compile(r"(?:ås|näs|fors|Grums)$")
"""Names that end so have an s of their own: Alingsås kommun, but Göteborgs kommun."""


def tidy(rows: Iterable[Row]) -> tuple[dict[str, tuple[str, str]], list[Left]]:
    """Locality and municipality by code, and the rows that were skipped."""
    found: dict[str, tuple[str, str]] = {}
    skipped: list[Left] = []
    for row in rows:
        try:
            code, locality, municipality = _read(row)
            if code in found:
                raise Odd("the postcode stands in an earlier row")
        except Odd as odd:
            skipped.append(Left(row.number, "", str(odd)))
        else:
            found[code] = (locality, municipality)
    return found, skipped


def _read(row: Row) -> tuple[str, str, str]:
    code, locality, municipality = (text(row.data, column, 60) for column in COLUMNS)
    digits = (code or "").replace(" ", "")
    if not re.fullmatch(r"[1-9]\d{4}", digits, re.ASCII):
        raise Odd("no postcode of five digits")
    if locality is None or municipality is None:
        raise Odd("no town or no municipality")
    return digits, locality, short_name(municipality)


def short_name(municipality: str) -> str:
    """Göteborg for Göteborgs kommun, Alingsås for Alingsås kommun."""
    name = re.sub(r" (?:kommun|stad)$", "", municipality)
    return name if name == municipality or KEEP_THEIR_S.search(name) else name.removesuffix("s")
