"""Rows of a file of clinics, as the core wants to be told of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import phonenumbers

from config.imports.addresses import read_postcode, split_address
from config.imports.columns import CLINIC
from config.imports.files import Row
from config.imports.report import Skip
from config.imports.texts import Odd, read_number, read_text, value_at
from journal_core.organisation.rules import ToldClinic, fold, in_sweden, which_count

LONGEST = {"name": 200, "address": 300, "city": 100, "postcode": 30, "phone": 60, "web page": 2000, "id": 64}
"""Characters; longer texts are no such thing."""
HSA_ID = re.compile(r"SE[0-9]{10,12}-[A-Za-z0-9]{1,18}")


@dataclass(frozen=True)
class ReadClinic:
    number: int
    """Of the row."""
    told: ToldClinic
    remarks: tuple[str, ...]
    """What of the row was left out, and why."""


def read_clinics(rows: Iterable[Row]) -> tuple[list[ReadClinic], list[Skip]]:
    """The clinics that count, each key once, and the rows that are skipped."""
    read: list[ReadClinic] = []
    skipped: list[Skip] = []
    for row in rows:
        try:
            read.append(read_clinic(row))
        except Odd as odd:
            skipped.append(Skip(row.number, str(odd)))
    counting = which_count(clinic.told for clinic in read)
    skipped += [
        Skip(clinic.number, _says_again(clinic, read[counting[clinic.told.key]]))
        for place, clinic in enumerate(read)
        if counting[clinic.told.key] != place
    ]
    return [read[place] for place in counting.values()], sorted(skipped)


def _says_again(clinic: ReadClinic, counts: ReadClinic) -> str:
    """Why a second row of one clinic is skipped, and in what it contradicts the one that counts."""
    mine, other = vars(clinic.told), vars(counts.told)
    differs = [name for name, value in mine.items() if value not in (None, other[name])]
    but = f", with another {', '.join(differs)}" if differs else ""
    return f"the same clinic as row {counts.number}{but}"


def read_clinic(row: Row) -> ReadClinic:
    """Raises Odd."""
    if row.odd:
        raise Odd(row.odd)
    remarks: list[str] = []
    name = _text(row, "name")
    if name is None or not any(sign.isalnum() for sign in name):
        raise Odd("has no name")
    line, city, id_ = _text(row, "address"), _text(row, "city"), _text(row, "id", number=True)
    address = split_address(line, city)
    latitude, longitude = _pin(row.values, remarks)
    told = ToldClinic(
        key=id_ or f"{fold(name)} | {fold(line or city or '')}",
        name=name,
        street=address.street,
        postcode=_postcode(_text(row, "postcode", number=True), remarks) or address.postcode,
        city=address.town,
        phone=_phone(_text(row, "phone", number=True), remarks),
        web_page=_web_page(row, remarks),
        hsa_id=_hsa_id(id_, remarks),
        latitude=latitude,
        longitude=longitude,
    )
    return ReadClinic(row.number, told, tuple(remarks))


def _text(row: Row, what: str, *, number: bool = False) -> str | None:
    return read_text(value_at(row.values, CLINIC[what].names), what, LONGEST[what], number=number)


def _pin(values: Mapping[str, object], remarks: list[str]) -> tuple[float | None, float | None]:
    latitude, longitude = (read_number(value_at(values, CLINIC[what].names), what) for what in ("latitude", "longitude"))
    if latitude is None or longitude is None:
        if latitude is not longitude:
            remarks.append(f"the {'latitude' if latitude is None else 'longitude'} is missing; taken as without coordinates")
        return None, None
    if not in_sweden(latitude, longitude):
        swapped = "; have latitude and longitude changed places?" if in_sweden(longitude, latitude) else ""
        raise Odd(f"lies outside Sweden ({latitude:g}, {longitude:g}){swapped}")
    return latitude, longitude


def _postcode(typed: str | None, remarks: list[str]) -> str | None:
    """Nothing but zeros means that it is not known."""
    if typed is None or not typed.strip("0"):
        return None
    read = read_postcode(typed)
    if read is None:
        remarks.append(f"postcode {typed} can't be one; left out")
    return read


def _hsa_id(typed: str | None, remarks: list[str]) -> str | None:
    if typed is not None and not HSA_ID.fullmatch(typed):
        remarks.append(f"{typed} is no HSA-ID; the clinic is only known again by it")
        return None
    return typed


def _phone(typed: str | None, remarks: list[str]) -> str | None:
    """As Swedes write it; a zero that was lost in front is found again. Foreign numbers keep their country's."""
    if typed is None:
        return None
    try:
        number = phonenumbers.parse(typed, "SE")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        remarks.append(f"telephone number {typed} is unreadable; left out")
        return None
    swedish = number.country_code == phonenumbers.country_code_for_region("SE")
    style = phonenumbers.PhoneNumberFormat.NATIONAL if swedish else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _web_page(row: Row, remarks: list[str]) -> str | None:
    """The clinic's page, else where it takes bookings."""
    for what in ("web page", "platform"):
        typed = read_text(value_at(row.values, CLINIC[what].names), what, LONGEST["web page"])
        if typed is None:
            continue
        if _is_web_page(typed):
            return typed
        remarks.append(f"{what} is no http or https address; left out")
    return None


def _is_web_page(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in typed and '"' not in typed
    except ValueError:
        return False
