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
from portal.find.spelling import meant

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
    meant: str = ""
    """Nothing is called what was typed: it was understood as this."""
    also_meant: Sequence[str] = ()
    """Or it may have been these."""
    unfiltered: int = 0
    """So many fit the words, and none of them the rest of what was asked for."""
    without_time: int = 0
    """So many more fit, but have no time as soon as was asked for."""


def find(session: Session, search: ClinicSearch, typed: str, oneself: tuple[float, float] | None) -> Found:
    """`search` has the folded words of what was `typed`. A place that is named goes before `oneself`, where the visitor is.

    What finds nothing is looked at again: without the other wishes, then as what it may have been meant to be.
    """
    found = _understood(session, search, typed, oneself)
    if found.hits or not search.words:
        return found
    bare = ClinicSearch(search.words)
    unfiltered = len(queries.hits(session, bare)) if search != bare else 0
    return replace(found, unfiltered=unfiltered) if unfiltered else _as_meant(session, search, oneself) or found


def _as_meant(session: Session, search: ClinicSearch, oneself: tuple[float, float] | None) -> Found | None:
    wordings = meant(" ".join(search.words), queries.words_of_listed(session))
    for position, wording in enumerate(wordings):
        found = _understood(session, replace(search, words=tuple(fold(wording).split())), wording, oneself)
        if found.hits:
            return replace(found, meant=wording, also_meant=wordings[position + 1 :])
    return None


def _understood(session: Session, search: ClinicSearch, typed: str, oneself: tuple[float, float] | None) -> Found:
    folded = " ".join(search.words)
    if len(folded) == 5 and folded.isdecimal():
        return _by_postcode(session, search, folded)
    # Habo is not Håbo, though either finds one of them.
    named = place(typed.casefold()) or place(folded)
    if named is not None:
        return _near(session, search, named)
    return _ordered(queries.hits(session, search), oneself)


def by_free_time(found: Found, free: Mapping[int, Time], *, until: date | None, in_order: bool) -> Found:
    """Those with a free time up to and with the day, or all, with the first free one first; who has none comes last.

    `free` is by clinic id.
    """
    hits = list(found.hits)
    if until is not None:
        hits = [hit for hit in hits if hit.id in free and free[hit.id].day <= until]
    if in_order:
        hits.sort(key=lambda hit: (free[hit.id].day, free[hit.id].minute) if hit.id in free else (date.max, 0))
    return replace(found, hits=hits, without_time=len(found.hits) - len(hits))


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
