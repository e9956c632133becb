"""What the demo's data consist of, before anything is a row in a database."""

from __future__ import annotations

from dataclasses import dataclass

from journal_core.catalogue.model import Book, ReasonKind
from journal_core.organisation.model import Module

Span = tuple[int, int]
"""Minutes from midnight, half-open."""


def at(hour: int, minute: int = 0) -> int:
    """Minutes from midnight."""
    return hour * 60 + minute


@dataclass(frozen=True)
class ReasonData:
    slug: str
    name: str
    kind: ReasonKind
    information: str | None = None
    eid_demanded: bool = False
    consent_until_age: int | None = None
    """Guardians of minors up to that age consent digitally; None: nobody is asked."""


@dataclass(frozen=True)
class Kind:
    """A visit type."""

    name: str
    minutes: int
    persons: int = 1
    book: Book = Book.A
    drop_in: bool = False


@dataclass(frozen=True)
class Offer:
    """A visit category with its types."""

    reason: str
    name: str
    kinds: tuple[Kind, ...]
    min_age: int | None = None
    max_age: int | None = None
    invisible_online: bool = False
    series: bool = False


@dataclass(frozen=True)
class Shift:
    """A time that comes back: what one opening in the schedule is made of."""

    name: str
    weekdays: tuple[int, ...]
    """0 is Monday."""
    spans: tuple[Span, ...]
    resources: tuple[int, ...] = (1,)
    book: Book = Book.A
    internal: bool = False
    even_weeks: bool = False
    """Only in weeks with an even number."""
    colour: str = "#2f6f4f"


@dataclass(frozen=True)
class UnitData:
    key: str
    name: str
    hsa_id: str


@dataclass(frozen=True)
class ProviderData:
    name: str
    org_number: str
    """Ten digits."""
    hsa_id: str
    phone: str
    modules: tuple[Module, ...]
    policy: str
    units: tuple[UnitData, ...]


@dataclass(frozen=True)
class ClinicData:
    key: str
    unit: str
    name: str
    street: str
    postcode: str
    city: str
    latitude: float
    longitude: float
    phone: str
    colour: str
    welcome: str
    offers: tuple[Offer, ...]
    rota: tuple[Shift, ...]
    modules: tuple[Module, ...]
    active: bool = True
    visible: bool = True
    booking: bool = True
    eid_booking: bool = False
    drop_in: bool = False
    public_unit: bool = False
    arrival_booked: bool = True
    welcome_arrival: str | None = None
    start_step_minutes: int | None = None
