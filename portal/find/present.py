"""What the find pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from journal_core.catalogue.model import VisitCategory
from journal_core.catalogue.queries import ClinicSearch
from journal_core.catalogue.rules import types_offered_online
from journal_core.organisation import rules
from journal_core.organisation.model import Clinic
from portal.web.forms import Form
from portal.words import ages, reason_name

PAGE = 20
LONGEST = 80
MOST_WORDS = 6


@dataclass(frozen=True)
class Asked:
    """The state of the search, all of it in the address."""

    q: str
    reason: str
    drop_in: bool
    page: int

    @property
    def search(self) -> ClinicSearch:
        words = tuple(rules.fold(self.q).split()[:MOST_WORDS])
        return ClinicSearch(words, self.reason or None, self.drop_in)

    @property
    def anything(self) -> bool:
        return bool(self.q or self.reason or self.drop_in)

    def query(self, page: int) -> str:
        """The same search on another page."""
        wanted = {
            "q": self.q,
            "kategori": self.reason,
            "drop-in": "1" if self.drop_in else "",
            "sida": str(page) if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


def asked(args: MultiDict[str, str]) -> Asked:
    typed, page = Form(args.to_dict()), args.get("sida", "1")
    return Asked(
        q=typed.text("q")[:LONGEST],
        reason=typed.text("kategori")[:LONGEST],
        drop_in=args.get("drop-in") == "1",
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 6 else 1,
    )


@dataclass(frozen=True)
class Pages:
    """Where one is among the pages of a list."""

    page: int
    hits: int

    @property
    def last(self) -> int:
        return max(1, -(-self.hits // PAGE))

    @property
    def first_number(self) -> int:
        """Number of the page's first clinic; on the map too."""
        return (self.page - 1) * PAGE + 1


@dataclass(frozen=True)
class Offer:
    """A category as the clinic's page lists it."""

    name: str
    ages: str
    type_id: int


@dataclass(frozen=True)
class Card:
    """A clinic in the list."""

    clinic: Clinic
    number: int
    reasons: Sequence[str]
    bookable: bool
    drop_in: bool


def cards(clinics: Sequence[Clinic], categories: Sequence[VisitCategory], first_number: int) -> list[Card]:
    offered: dict[int, dict[str, str]] = {}
    for category in categories:
        if types_offered_online(category):
            names = offered.setdefault(category.clinic_id, {})
            names[category.reason.slug] = reason_name(category.reason.slug, category.reason.name)
    return [
        Card(
            clinic,
            number,
            list(offered.get(clinic.id, {}).values()),
            rules.can_be_booked_online(clinic) and clinic.id in offered,
            rules.offers_drop_in(clinic),
        )
        for number, clinic in enumerate(clinics, first_number)
    ]


def offers(categories: Sequence[VisitCategory]) -> list[Offer]:
    return [
        Offer(category.name, ages(category.min_age, category.max_age), types_offered_online(category)[0].id)
        for category in categories
        if types_offered_online(category)
    ]


def drop_in_offers(categories: Sequence[VisitCategory]) -> list[str]:
    """The categories that take drop-in."""
    return [category.name for category in categories if any(kind.drop_in for kind in types_offered_online(category))]
