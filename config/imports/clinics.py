"""Rows about clinics: read, tidied, and of those that mean the same clinic one chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers

from config.imports.files import Row
from config.imports.values import Odd, number, part, text
from journal_core.organisation.rules import ClinicFacts, fold

COLUMNS = ("name",)
"""That a CSV file must have; the others it may have are those that `_from_csv` reads."""
WEB_PAGES = ("web_page", "1177_url", "platform_url")
"""The first that is an address on the web counts."""
SOUTH, NORTH, WEST, EAST = 55.0, 69.2, 10.5, 24.3
"""Sweden, in degrees."""
Remark = Callable[[str], None]
POSTCODE = re.compile(r"(\d{3}) ?(\d{2})\b\s*(.*)", re.ASCII)


@dataclass(frozen=True)
class Left:
    """What was left out of a row, or the whole row."""

    row: int
    name: str
    why: str


@dataclass(frozen=True)
class Tidied:
    facts: Sequence[ClinicFacts]
    """One a clinic, in the order of the file."""
    skipped: Sequence[Left]
    remarks: Sequence[Left]
    """About rows that count all the same."""


@dataclass(frozen=True)
class _Read:
    row: int
    facts: ClinicFacts


def tidy(rows: Iterable[Row]) -> Tidied:
    """Each row is a fact or skipped. Of rows with one key the first with coordinates counts, else the first."""
    skipped: list[Left] = []
    remarks: list[Left] = []
    found: dict[str, list[_Read]] = {}
    for row in rows:
        heard: list[str] = []
        try:
            facts = read(row.data, heard.append)
        except Odd as odd:
            skipped.append(Left(row.number, _name(row), str(odd)))
        else:
            found.setdefault(facts.key, []).append(_Read(row.number, facts))
            remarks += [Left(row.number, facts.name, why) for why in heard]
    chosen = {key: next((one for one in same if one.facts.latitude is not None), same[0]) for key, same in found.items()}
    for key, same in found.items():
        why = f"duplicate of row {chosen[key].row}"
        skipped += [Left(one.row, one.facts.name, why) for one in same if one is not chosen[key]]
    taken = {one.row for one in chosen.values()}
    return Tidied(
        facts=[one.facts for one in sorted(chosen.values(), key=lambda one: one.row)],
        skipped=sorted(skipped, key=lambda left: left.row),
        remarks=[remark for remark in remarks if remark.row in taken],
    )


def _name(row: Row) -> str:
    """What the row calls its clinic, as far as that can be shown on one line."""
    value = row.data.get("name")
    shown = "".join(letter if letter.isprintable() else "?" for letter in value) if isinstance(value, str) else ""
    return shown[:60]


def read(data: Mapping[str, Any], remark: Remark) -> ClinicFacts:
    """One row as facts; `remark(why)` is told what was left out of it. Raises Odd."""
    flat = _from_json(data) if "location" in data or "metadata" in data else data
    name = text(flat, "name", 120)
    if name is None:
        raise Odd("no name")
    address, hsa_id = text(flat, "address"), text(flat, "1177_id", 60)
    street, postcode, town = _address(address or "", text(flat, "city", 60))
    latitude, longitude = _position(flat, remark)
    return ClinicFacts(
        key=hsa_id or fold(f"{name} {address or ''}"),
        name=name,
        hsa_id=hsa_id,
        street=street,
        postcode=postcode or _postcode(text(flat, "postcode", 20)),
        city=town,
        phone=_phone(text(flat, "phone", 60), remark),
        web_page=_web_page([text(flat, column, 2000) for column in WEB_PAGES], remark),
        latitude=latitude,
        longitude=longitude,
    )


def _from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """The nested shape, under the names that a CSV file has in its heading."""
    place, more = part(data, "location"), part(data, "metadata")
    return {
        **{name: data.get(name) for name in ("name", "1177_id", "1177_url", "platform_url")},
        **{name: place.get(name) for name in ("city", "latitude", "longitude")},
        "postcode": place.get("cp"),
        "address": more.get("address"),
        "phone": more.get("phone_number"),
    }


def _address(address: str, city: str | None) -> tuple[str | None, str | None, str | None]:
    """Street, postcode and town. A town in the address is that of the post; the column's may be the municipality."""
    parts = [each.strip() for each in address.split(",") if each.strip()]
    for place, each in enumerate(parts):
        found = POSTCODE.fullmatch(each)
        if found and place:
            town = found[3] or next(iter(parts[place + 1 :]), None) or city
            return ", ".join(parts[:place]) or None, _postcode(found[1] + found[2]), _written(town)
    if len(parts) > 1 and (parts[-1].isupper() or fold(parts[-1]) == fold(city or "")) and not re.search(r"\d", parts[-1]):
        return ", ".join(parts[:-1]), None, _written(parts[-1])
    return ", ".join(parts) or None, None, _written(city)


def _written(town: str | None) -> str | None:
    """SPÅNGA is written Spånga."""
    return town.title() if town and town.isupper() else town


def _postcode(written: str | None) -> str | None:
    """302 43; None for what is none, like 00000."""
    digits = re.sub(r"\s", "", written or "")
    return f"{digits[:3]} {digits[3:]}" if re.fullmatch(r"[1-9]\d{4}", digits, re.ASCII) else None


def _position(flat: Mapping[str, Any], remark: Remark) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude in degrees, WGS 84."""
    latitude, longitude = number(flat, "latitude"), number(flat, "longitude")
    if latitude is None or longitude is None:
        if latitude is not longitude:
            remark("half a position; taken as none")
        return None, None
    if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST:
        return latitude, longitude
    swapped = SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST
    hint = "; latitude and longitude seem to have changed places" if swapped else ""
    raise Odd(f"the position {latitude:g}, {longitude:g} is outside Sweden{hint}")


def _phone(written: str | None, remark: Remark) -> str | None:
    """031-390 06 20. A zero that a spreadsheet took away is put back."""
    if written is None:
        return None
    for attempt in (written, f"0{written}"):
        try:
            parsed = phonenumbers.parse(attempt, "SE")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            swedish = parsed.country_code == 46
            style = phonenumbers.PhoneNumberFormat.NATIONAL if swedish else phonenumbers.PhoneNumberFormat.INTERNATIONAL
            return phonenumbers.format_number(parsed, style)
    remark(f"phone number {written} can't be read; left out")
    return None


def _web_page(addresses: Sequence[str | None], remark: Remark) -> str | None:
    found = [address for address in addresses if address]
    usable = [address for address in found if re.fullmatch(r"https?://[^\s\"'<>\\]+", address)]
    if found and not usable:
        remark("web page is no http address; left out")
    return usable[0] if usable else None
