"""What the find pages show."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlencode

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from journal_core.booking.queries import SOON
from journal_core.booking.rules import Time
from journal_core.catalogue.model import VisitCategory
from journal_core.catalogue.queries import Box, ClinicSearch, Hit, Offered
from journal_core.catalogue.rules import types_offered_online
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from portal.find.drawing import Drawing, Group
from portal.web.forms import Form
from portal.words import ages, reason_name

PAGE = 20
LONGEST = 80
MOST_WORDS = 6
WITHIN = (3, 7, SOON.days)
"""Days within which one may ask for a free time."""


@dataclass(frozen=True)
class Asked:
    """The state of the search, all of it in the address."""

    q: str
    reason: str
    drop_in: bool
    page: int
    oneself: tuple[float, float] | None = None
    """About where the visitor is, in hundredths of a degree, when that was told."""
    box: Box | None = None
    """The part of the map that was chosen."""
    by_time: bool = False
    """In order of the first free time."""
    within: int = 0
    """Only clinics that have a free time within so many days; 0: all."""

    @property
    def search(self) -> ClinicSearch:
        words = tuple(rules.fold(self.q).split()[:MOST_WORDS])
        return ClinicSearch(words, self.reason or None, self.drop_in, self.box)

    @property
    def anything(self) -> bool:
        return bool(self.q or self.reason or self.drop_in or self.oneself or self.box or self.within)

    @property
    def narrowed(self) -> bool:
        """More is asked for than where and what."""
        return bool(self.drop_in or self.within or self.by_time)

    def in_words(self, q: str) -> str:
        """The same search, for other words."""
        return replace(self, q=q, page=1).query(1)

    @property
    def bare(self) -> str:
        """The search for the words alone."""
        return Asked(self.q, "", drop_in=False, page=1, oneself=self.oneself).query(1)

    @property
    def whenever(self) -> str:
        """The search whether or not there are times."""
        return replace(self, within=0).query(1)

    def query(self, page: int, *, box: Box | None = None) -> str:
        """The same search on another page, or in a part of the map."""
        lat, lon = self.oneself or ("", "")
        part = box or self.box
        wanted = {
            "q": self.q,
            "kategori": self.reason,
            "drop-in": "1" if self.drop_in else "",
            "lediga": str(self.within or ""),
            "sortera": "tid" if self.by_time else "",
            "lat": str(lat),
            "lon": str(lon),
            "ruta": _edges(part) if part else "",
            "sida": str(page) if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in wanted.items() if value}, safe=",")


def asked(args: MultiDict[str, str]) -> Asked:
    typed, page = Form(args.to_dict()), args.get("sida", "1")
    own, box = _degrees([args.get("lat", ""), args.get("lon", "")]), _degrees(args.get("ruta", "").split(","))
    return Asked(
        q=typed.text("q")[:LONGEST],
        reason=typed.text("kategori")[:LONGEST],
        drop_in=args.get("drop-in") == "1",
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 6 else 1,
        oneself=(round(own[0], 2), round(own[1], 2)) if len(own) == 2 else None,
        box=Box(*box) if len(box) == 4 else None,
        by_time=args.get("sortera") == "tid",
        within=_within(args.get("lediga", "")),
    )


def _within(wanted: str) -> int:
    """Days. 1 stands in older addresses for as far as there is."""
    days = {str(days): days for days in WITHIN} | {"1": SOON.days}
    return days.get(wanted, 0)


def _edges(box: Box) -> str:
    """South, west, north, east, rounded outwards, so that what lies on an edge stays inside."""
    steps = [math.floor(box.south * 1e4), math.floor(box.west * 1e4), math.ceil(box.north * 1e4), math.ceil(box.east * 1e4)]
    return ",".join(f"{step / 1e4:.4f}" for step in steps)


def _degrees(written: Sequence[str]) -> list[float]:
    """Latitudes and longitudes in turn; empty when one of them is none, for nobody types them."""
    if not all(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,8})?", each) for each in written):
        return []
    found = [float(each) for each in written]
    return found if all(abs(each) <= (180 if n % 2 else 90) for n, each in enumerate(found)) else []


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

    category: VisitCategory
    ages: str
    type_id: int


@dataclass(frozen=True)
class Card:
    """A clinic in the list."""

    clinic: organisation.Card
    number: int
    reasons: Sequence[str]
    bookable: bool
    distance: float | None
    """In kilometres, where it is known from where."""
    first_free: Time | None
    """Within booking.queries.SOON, for the reason that is asked for or for any."""
    type_id: int | None = None
    """A visit for the reason that is asked for, so that it is not asked again."""


def cards(
    clinics: Sequence[organisation.Card],
    offered: Sequence[Offered],
    bookable: Collection[int],
    first_number: int,
    distances: Mapping[int, float] = MappingProxyType({}),
    free: Mapping[int, Time] = MappingProxyType({}),
    reason: str = "",
) -> list[Card]:
    """`bookable`: ids of those that can be booked online; `reason`: the slug of the one that is asked for."""
    reasons: dict[int, list[str]] = {}
    for_it: dict[int, int] = {}
    for one in offered:
        reasons.setdefault(one.clinic_id, []).append(reason_name(one.slug, one.name))
        if one.slug == reason:
            for_it[one.clinic_id] = one.type_id
    return [
        Card(
            clinic,
            number,
            reasons.get(clinic.id, []),
            clinic.id in bookable,
            distances.get(clinic.id),
            free.get(clinic.id),
            for_it.get(clinic.id),
        )
        for number, clinic in enumerate(clinics, first_number)
    ]


def offers(categories: Sequence[VisitCategory]) -> list[Offer]:
    return [
        Offer(category, ages(category.min_age, category.max_age), types_offered_online(category)[0].id)
        for category in categories
        if types_offered_online(category)
    ]


def drop_in_offers(categories: Sequence[VisitCategory]) -> list[VisitCategory]:
    """The categories that take drop-in."""
    return [category for category in categories if any(kind.drop_in for kind in types_offered_online(category))]


@lru_cache(maxsize=32)
def pins(hits: tuple[Hit, ...]) -> Markup:
    """For the map's script: number in the list, name, latitude, longitude of each that has a position. Kept as drawing() is."""
    shown = [
        (number, hit.name, round(hit.latitude, 4), round(hit.longitude, 4))
        for number, hit in enumerate(hits, 1)
        if hit.latitude is not None and hit.longitude is not None
    ]
    return htmlsafe_json_dumps(shown, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class DrawnPin:
    """A pin of the map that is drawn without JavaScript, or one for several."""

    x: float
    y: float
    address: str
    numbers: Sequence[int]
    name: str


def drawn_pins(drawn: Drawing, wish: Asked) -> list[DrawnPin]:
    return [_drawn_pin(group, wish) for group in drawn.groups]


def _drawn_pin(group: Group, wish: Asked) -> DrawnPin:
    """One leads to its clinic in the list; several lead to the part of the map that shows them apart, if one does."""
    numbers = [number for number, _hit in group.numbered]
    box = group.box if len(numbers) > 1 else None
    first = numbers[0]
    address = wish.query(1, box=box) + "#karta" if box else f"{wish.query(-(-first // PAGE))}#m{first}"
    return DrawnPin(round(group.x, 1), round(group.y, 1), address, numbers, group.numbered[0][1].name)
