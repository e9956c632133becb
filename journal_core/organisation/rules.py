"""Judges of what a clinic offers (domain §1, §4, §7). Loaded facts in, verdict out."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from journal_core.organisation.model import Clinic, Module


@dataclass(frozen=True)
class Switches:
    """The modules that are on for a clinic: its own and its provider's."""

    modules: frozenset[Module]

    def on(self, *wanted: Module) -> bool:
        return self.modules.issuperset(wanted)


def switches(clinic: Clinic) -> Switches:
    own = {switch.module for switch in clinic.modules}
    return Switches(frozenset(own | {switch.module for switch in clinic.unit.provider.modules}))


def is_active(clinic: Clinic) -> bool:
    return clinic.activated_at is not None


def is_listed(clinic: Clinic) -> bool:
    """On the start page's map and list."""
    return is_active(clinic) and clinic.visible


def can_be_booked_online(clinic: Clinic) -> bool:
    """Active, modules API, Bokning and the provider's IVT, and the clinic's own booking on."""
    return is_active(clinic) and clinic.booking and switches(clinic).on(Module.API, Module.BOOKING, Module.IVT)


def can_demand_eid(clinic: Clinic) -> bool:
    return clinic.eid_booking and switches(clinic).on(Module.IVT_EID)


def offers_drop_in(clinic: Clinic) -> bool:
    return is_active(clinic) and clinic.drop_in and switches(clinic).on(Module.DROP_IN, Module.IVT)


def takes_arrivals(clinic: Clinic) -> bool:
    """Booked visits may register their arrival: on the person's own phone, at a public unit on its screen too."""
    return is_active(clinic) and clinic.arrival_booked and switches(clinic).on(Module.ARRIVAL, Module.ARRIVAL_PROVIDER)


def screen_registers(clinic: Clinic) -> bool:
    """The waiting-room screen may register arrivals; where it may not it says "contact the staff"."""
    return clinic.public_unit and takes_arrivals(clinic)


def allows_online_cancellation(clinic: Clinic) -> bool:
    return not switches(clinic).on(Module.NO_ONLINE_CANCELLATION)


def fold(text: str) -> str:
    """How search compares: lower case, without accents, postcodes without their space.

    å, ä and ö become a and o, so that a phone without Swedish letters finds Göteborg.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = plain.replace(",", " ").replace("-", " ").split()
    return " ".join(_join_postcode(words))


def _join_postcode(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and _digits(word, 2) and _digits(joined[-1], 3):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _digits(word: str, count: int) -> bool:
    return len(word) == count and word.isdecimal()


EARTH_KM = 6371.0
SQUEEZED = math.cos(math.radians(62.5))
"""How much narrower a degree of longitude is than one of latitude, in the middle of Sweden."""


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """As the crow flies, in kilometres, between two positions in degrees (latitude, longitude). Haversine."""
    (lat_1, lon_1), (lat_2, lon_2) = (map(math.radians, here), map(math.radians, there))
    a = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(a)))


DRAWN = (5.0, -69.2, 6.3, 14.1)
"""Left, top, width and height of all of Sweden on that drawing."""


def flat(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a position lies on a plain drawing of Sweden: x to the east and y to the south, in degrees of latitude."""
    return longitude * SQUEEZED, -latitude


def search_key(clinic: Clinic) -> str:
    return fold(" ".join(part for part in (clinic.name, clinic.street, clinic.postcode, clinic.city) if part))
