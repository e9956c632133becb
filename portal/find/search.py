"""What a search finds: clinics near a place, a postcode or oneself, else those whose name or address has the words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from journal_core.booking.rules import Time
from journal_core.catalogue import queries
from journal_core.catalogue.queries import Box, ClinicSearch, Hit
from journal_core.organisation import queries as organisation
from journal_core.organisation.rules import distance_km, fold
from portal.find.places import Place, place

RADIUS_KM = 30
NEAREST = 5
"""So many are shown when none lies within the radius."""
KM_A_DEGREE = 111.2
FEWEST_DIGITS = 2
"""That postcodes must share to be near each other at all: the first two name a part of the country."""


@dataclass(frozen=True)
class Found:
    hits: Sequence[Hit]
    """In the order of the list."""
    distances: Mapping[int, float] = field(default_factory=dict)
    """Kilometres by clinic id, where it is known from where."""
    near: str | None = None
    """The place that the search was understood as."""
    beyond: bool = False
    """None lies within RADIUS_KM: these are the nearest."""


def find(session: Session, search: ClinicSearch, typed: str, oneself: tuple[float, float] | None) -> Found:
    """`search` has the folded words of what was `typed`. A place that is named goes before `oneself`, where the visitor is."""
    folded = " ".join(search.words)
    if len(folded) == 5 and folded.isdecimal():
        return _by_postcode(session, search, folded)
    # Habo is not Håbo, though either finds one of them.
    named = place(typed.casefold()) or place(folded)
    if named is not None:
        return _near(session, search, named)
    return _ordered(queries.hits(session, search), oneself)


def by_free_time(found: Found, free: Mapping[int, Time], *, only_soon: bool, in_order: bool) -> Found:
    """Those with a free time, or all with the first free one first; who has none comes last. `free` is by clinic id."""
    hits = [hit for hit in found.hits if hit.id in free] if only_soon else list(found.hits)
    if in_order:
        hits.sort(key=lambda hit: (free[hit.id].day, free[hit.id].minute) if hit.id in free else (date.max, 0))
    return replace(found, hits=hits)


def _by_postcode(session: Session, search: ClinicSearch, code: str) -> Found:
    known = organisation.postcode(session, code)
    named = known and (place(fold(known.locality)) or place(fold(known.municipality)))
    if named:
        return _near(session, search, named)
    everywhere = queries.hits(session, replace(search, words=()))
    shared = {hit.id: _shared_digits(hit.postcode, code) for hit in everywhere}
    most = max(shared.values(), default=0)
    return Found([hit for hit in everywhere if most >= FEWEST_DIGITS and shared[hit.id] == most])


def _shared_digits(one: str | None, other: str) -> int:
    """How many leading digits two postcodes have in common."""
    pairs = zip((one or "").replace(" ", ""), other, strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one or ""), len(other)))


def _near(session: Session, search: ClinicSearch, named: Place) -> Found:
    """Within the radius, or in the place by their address; where there is none, the nearest."""
    wider = replace(search, words=tuple(fold(named.name).split()), or_within=_around(named.position, RADIUS_KM))
    found = _ordered(queries.hits(session, wider), named.position)
    close = [hit for hit in found.hits if _is_in(hit, named, found.distances.get(hit.id))]
    if close:
        return Found(close, found.distances, named.name)
    everywhere = _ordered(queries.hits(session, replace(search, words=())), named.position)
    nearest = [hit for hit in everywhere.hits if hit.position is not None][:NEAREST]
    return Found(nearest, everywhere.distances, named.name, beyond=bool(nearest))


def _is_in(hit: Hit, named: Place, distance: float | None) -> bool:
    return fold(hit.city or "") == fold(named.name) or (distance is not None and distance <= RADIUS_KM)


def _ordered(hits: Sequence[Hit], origin: tuple[float, float] | None) -> Found:
    """By distance where it is known from where; those without a position come last."""
    if origin is None:
        return Found(hits)
    distances = dict(_distances(hits, origin))
    return Found(sorted(hits, key=lambda hit: distances.get(hit.id, math.inf)), distances)


def _distances(hits: Sequence[Hit], origin: tuple[float, float]) -> Iterable[tuple[int, float]]:
    for hit in hits:
        if hit.position is not None:
            yield hit.id, distance_km(origin, hit.position)


def _around(position: tuple[float, float], radius: float) -> Box:
    """A box that holds everything within `radius` kilometres."""
    latitude, longitude = position
    high = radius / KM_A_DEGREE
    wide = high / math.cos(math.radians(min(abs(latitude) + high, 85)))
    return Box(latitude - high, longitude - wide, latitude + high, longitude + wide)
