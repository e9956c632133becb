"""What a person register tells of people, as the core takes it in: whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Address:
    care_of: str | None
    street: str | None
    postcode: str | None
    city: str | None


@dataclass(frozen=True)
class Relation:
    """Who is somebody's guardian, or whose guardian somebody is, between two days where they are told."""

    number: str
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Registered:
    """What the register tells of one person."""

    number: str
    """Today's number, twelve digits; another one than was asked for when the person has been given a new number."""
    given_name: str
    family_name: str
    protected: bool = False
    """Secrecy marking or protected registration."""
    deceased_on: date | None = None
    emigrated_on: date | None = None
    address: Address | None = None
    guardians: tuple[Relation, ...] = ()
    """Of this child."""
    children: tuple[Relation, ...] = ()
    """Whose guardian this person is."""
    earlier_numbers: tuple[str, ...] = ()
