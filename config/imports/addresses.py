"""Swedish postal addresses on one line: "Storgatan 1 B, 123 45, Stad" is street, postcode and postal town."""

from __future__ import annotations

import re
from dataclasses import dataclass

from journal_core.organisation.rules import fold

POSTCODE = re.compile(r"(?:(?<=^)|(?<=[\s,]))([1-9][0-9]{2}) ?([0-9]{2})(?=[\s,]|$)")
STREET = re.compile(r"(gata|gatan|gränd|gränden|plan|stig|stigen|torg|torget|väg|vägen|allé|allén)$", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    street: str | None = None
    postcode: str | None = None
    """As people write it: 123 45."""
    town: str | None = None


def read_postcode(typed: str) -> str | None:
    """A postcode as people write it, from five digits with or without their space; None when it can't be one."""
    parts = re.fullmatch(r"(?:SE?-)?([1-9][0-9]{2}) ?([0-9]{2})", typed)
    return f"{parts[1]} {parts[2]}" if parts else None


def split_address(line: str | None, city: str | None) -> Address:
    """`city` is what else is known of the place, often its municipality; the line's own postal town goes before it."""
    if line is None:
        return Address(town=city)
    found = POSTCODE.search(line)
    if found is None:
        return _without_postcode(line, city)
    town, _, more = line[found.end() :].strip(" ,").partition(",")
    street = line[: found.start()].strip(" ,")
    # What follows the town tells where in the house it is; a second address there would mislead.
    if more.strip() and not POSTCODE.search(more):
        street = ", ".join(part for part in (street, more.strip()) if part)
    return Address(street or None, f"{found[1]} {found[2]}", _town(town, city))


def _without_postcode(line: str, city: str | None) -> Address:
    *before, last = (part.strip() for part in line.split(","))
    if before and _is_town(last, before, city):
        return Address(", ".join(before), None, _town(last, city))
    return Address(line, None, city)


def _is_town(last: str, before: list[str], city: str | None) -> bool:
    """Whether the last part of an address can be its postal town: "Köpcentret, Bygatan 3, Byn", not "Bygatan 3, plan 2"."""
    if city and fold(last) == fold(city):
        return True
    if not last[:1].isupper() or any(sign.isdigit() for sign in last) or STREET.search(last):
        return False
    # "Byns sjukhus", where Byn is the place, is a house.
    if city and fold(last).startswith(fold(city)):
        return False
    return STREET.search(before[-1]) is not None or any(sign.isdigit() for part in before for sign in part)


def _town(written: str, city: str | None) -> str | None:
    """The town in `city`'s spelling where it is the same; written in capitals alone it gets small letters."""
    town = written.strip(" .")
    if not town or (city and fold(town) == fold(city)):
        return city
    return town.title() if town.isupper() else town
