"""Where else: the nearest clinics that have a time soon, for whoever can't come to this one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.booking.rules import Time
from journal_core.catalogue import queries
from journal_core.catalogue.queries import ClinicSearch, Hit
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import distance_km
from portal.web.services import services

MOST = 3


@dataclass(frozen=True)
class Elsewhere:
    clinic: Hit
    first_free: Time
    distance: float | None
    """In kilometres, where both are on the map."""


def elsewhere(session: Session, here: Clinic, reason: str | None, moment: datetime) -> Sequence[Elsewhere]:
    """Up to MOST clinics, the nearest first, with a free time for the reason (its slug) or for any. As many statements for a
    whole country as for a town."""
    types = queries.types_booked_online(session, reason)
    free = services().remembered.first_free(session, types, moment)
    hits = [hit for hit in queries.hits(session, ClinicSearch(reason=reason)) if hit.id in free and hit.id != here.id]
    found = [Elsewhere(hit, free[hit.id], _distance(here, hit)) for hit in hits]
    found.sort(key=lambda one: (math.inf if one.distance is None else one.distance, one.first_free.instant))
    return found[:MOST]


def _distance(here: Clinic, hit: Hit) -> float | None:
    if here.latitude is None or here.longitude is None or hit.position is None:
        return None
    return distance_km((here.latitude, here.longitude), hit.position)
