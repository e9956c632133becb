"""Rows of a list of postcodes, as the core wants to be told of them."""

from __future__ import annotations

from collections.abc import Iterable

from config.imports.addresses import read_postcode
from config.imports.columns import POSTCODE
from config.imports.files import Row
from config.imports.report import Skip
from config.imports.texts import Odd, read_text, value_at
from journal_core.organisation.rules import ToldPostcode, short_municipality

LONGEST = 100
"""Characters."""


def read_postcodes(rows: Iterable[Row]) -> tuple[list[ToldPostcode], list[Skip]]:
    """The postcodes, each code once, and the rows that are skipped: the first row of a code counts."""
    read: dict[str, tuple[int, ToldPostcode]] = {}
    skipped: list[Skip] = []
    for row in rows:
        try:
            told = _read(row)
        except Odd as odd:
            skipped.append(Skip(row.number, str(odd)))
            continue
        number, counts = read.setdefault(told.code, (row.number, told))
        if number != row.number:
            but = "" if counts == told else ", with another place"
            skipped.append(Skip(row.number, f"the same postcode as row {number}{but}"))
    return [told for _, told in read.values()], skipped


def _read(row: Row) -> ToldPostcode:
    """Raises Odd."""
    if row.odd:
        raise Odd(row.odd)
    code = read_postcode(_text(row, "postcode"))
    if code is None:
        raise Odd("the postcode can't be one")
    return ToldPostcode(code.replace(" ", ""), _text(row, "locality"), short_municipality(_text(row, "municipality")))


def _text(row: Row, what: str) -> str:
    text = read_text(value_at(row.values, POSTCODE[what].names), what, LONGEST, number=what == "postcode")
    if text is None:
        raise Odd(f"has no {what}")
    return text
