"""Judges of what a clinic offers (domain §1, §4, §7). Loaded facts in, verdict out."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from journal_core.organisation import refusals
from journal_core.organisation.model import AgeKind, AgeSetting, Clinic, Module
from journal_core.refusal import Refusal

SWEDEN = (55.2, 69.2), (10.8, 24.3)
"""Latitudes and longitudes between which the whole country lies."""
BOOKABLE = (Module.API, Module.BOOKING)
"""A clinic's own modules for booking online."""
NEEDS: Mapping[str, tuple[Module, ...]] = MappingProxyType(
    {
        "booking": (*BOOKABLE, Module.IVT),
        "eid_booking": (Module.IVT_EID,),
        "drop_in": (Module.DROP_IN, Module.IVT),
        "declaration_link": (Module.DROP_IN, Module.IVT),
        "eid_declaration": (Module.IVT_EID,),
    }
)
"""The modules without which a clinic's setting for residents has no effect, and can't be switched on. By the setting's name."""


@dataclass(frozen=True)
class Switches:
    """The modules that are on for a clinic: its own and its provider's."""

    modules: frozenset[Module]

    def on(self, *wanted: Module) -> bool:
        return self.modules.issuperset(wanted)


def switches(clinic: Clinic) -> Switches:
    own = {switch.module for switch in clinic.modules}
    return Switches(frozenset(own | {switch.module for switch in clinic.unit.provider.modules}))


def lacking(clinic: Clinic, setting: str) -> tuple[Module, ...]:
    """The modules that a setting for residents needs and that are off."""
    on = switches(clinic)
    return tuple(module for module in NEEDS.get(setting, ()) if not on.on(module))


def is_active(clinic: Clinic) -> bool:
    return clinic.activated_at is not None


def is_listed(clinic: Clinic) -> bool:
    """On the start page's map and list."""
    return is_active(clinic) and clinic.visible


def can_be_booked_online(clinic: Clinic) -> bool:
    """Active, modules API, Bokning and the provider's IVT, and the clinic's own booking on."""
    return is_active(clinic) and clinic.booking and not lacking(clinic, "booking")


def open_to_programs(clinic: Clinic) -> bool:
    """In the open booking API, whether or not it can be booked online."""
    return is_active(clinic) and switches(clinic).on(Module.API)


def can_demand_eid(clinic: Clinic) -> bool:
    return clinic.eid_booking and not lacking(clinic, "eid_booking")


def only_for_oneself(clinic: Clinic) -> bool:
    """Where e-ID is demanded here nobody books for a child."""
    return clinic.eid_only_oneself and can_demand_eid(clinic)


def offers_drop_in(clinic: Clinic) -> bool:
    return is_active(clinic) and clinic.drop_in and not lacking(clinic, "drop_in")


def has_declaration_link(clinic: Clinic) -> bool:
    """The health declaration has an address of its own here."""
    return is_active(clinic) and clinic.declaration_link and not lacking(clinic, "declaration_link")


def demands_eid_to_declare(clinic: Clinic) -> bool:
    return clinic.eid_declaration and not lacking(clinic, "eid_declaration")


def chooses_its_own_drop_in(clinic: Clinic) -> bool:
    """It has a drop-in declaration of its own instead of its provider's."""
    return switches(clinic).on(Module.OWN_DROP_IN)


def takes_arrivals(clinic: Clinic) -> bool:
    """Booked visits may register their arrival: on the person's own phone, at a public unit on its screen too."""
    return is_active(clinic) and clinic.arrival_booked and switches(clinic).on(Module.ARRIVAL, Module.ARRIVAL_PROVIDER)


def screen_registers(clinic: Clinic) -> bool:
    """The waiting-room screen may register arrivals; where it may not it says "contact the staff"."""
    return clinic.public_unit and takes_arrivals(clinic)


def allows_online_cancellation(clinic: Clinic) -> bool:
    return not switches(clinic).on(Module.NO_ONLINE_CANCELLATION)


def allows_online_rebooking(clinic: Clinic) -> bool:
    return not switches(clinic).on(Module.NO_ONLINE_REBOOKING)


@dataclass(frozen=True)
class ResidentSettings:
    """A clinic's settings for residents (domain §4), named as on Clinic."""

    visible: bool
    booking: bool
    drop_in: bool
    eid_booking: bool
    eid_only_oneself: bool
    declaration_link: bool
    eid_declaration: bool


def resident_settings(clinic: Clinic) -> ResidentSettings:
    return ResidentSettings(**{one.name: getattr(clinic, one.name) for one in fields(ResidentSettings)})


def version_of(settings: object) -> str:
    """Two settings as a form showed them are the same exactly when their versions are."""
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:16]


LACKING = {
    "booking": refusals.BOOKING_NEEDS_MODULES,
    "drop_in": refusals.DROP_IN_NEEDS_MODULES,
    "eid_booking": refusals.EID_NEEDS_MODULE,
    "declaration_link": refusals.LINK_NEEDS_MODULES,
    "eid_declaration": refusals.EID_TO_DECLARE_NEEDS_MODULE,
}


def resident_refusals(clinic: Clinic, wanted: ResidentSettings) -> list[Refusal]:
    """Each prerequisite that is missing for what is wanted."""
    found = [
        Refusal(code, missing=modules)
        for name, code in LACKING.items()
        if getattr(wanted, name) and (modules := lacking(clinic, name))
    ]
    if wanted.eid_only_oneself and not wanted.eid_booking:
        found.append(Refusal(refusals.ONLY_ONESELF_NEEDS_EID))
    return found


AGE_PRESETS: Mapping[AgeKind, int] = MappingProxyType(
    {AgeKind.GUARDIAN_BOOKS: 18, AgeKind.GUARDIAN_READS: 13, AgeKind.OWN_RECORD: 16}
)
AGE_BOUNDS: Mapping[AgeKind, tuple[int, int]] = MappingProxyType(
    {AgeKind.GUARDIAN_BOOKS: (13, 18), AgeKind.GUARDIAN_READS: (1, 18), AgeKind.OWN_RECORD: (13, 18)}
)
"""Youngest and oldest that a provider may set. At 18 guardianship ends; before 13 nobody sees to these things alone."""


def age_in_force(settings: Iterable[AgeSetting], kind: AgeKind, day: date) -> int:
    """In years: what the provider has set last, as it counts on `day`; else the preset. `settings` are one provider's."""
    begun = [one for one in settings if one.kind is kind and one.first_day <= day]
    return max(begun, key=lambda one: one.first_day).years if begun else AGE_PRESETS[kind]


def ages_in_force(settings: Iterable[AgeSetting], day: date) -> dict[AgeKind, int]:
    own = list(settings)
    return {kind: age_in_force(own, kind, day) for kind in AgeKind}


def seals_minors(clinic: Clinic) -> bool:
    """Minors' records are shown to nobody online."""
    return switches(clinic).on(Module.SEALS_MINORS)


def check_age(kind: AgeKind, years: int, first_day: date, today: date) -> None:
    """That a provider may set this age from that day. Raises Refusal: age_out_of_bounds, age_day_past."""
    lowest, highest = AGE_BOUNDS[kind]
    if not lowest <= years <= highest:
        raise Refusal(refusals.AGE_OUT_OF_BOUNDS, lowest=lowest, highest=highest)
    if first_day < today:
        raise Refusal(refusals.AGE_DAY_PAST)


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
    return search_key_of(clinic.name, clinic.street, clinic.postcode, clinic.city)


def search_key_of(*name_and_address: str | None) -> str:
    return fold(" ".join(part for part in name_and_address if part))


def in_sweden(latitude: float, longitude: float) -> bool:
    (south, north), (west, east) = SWEDEN
    return south <= latitude <= north and west <= longitude <= east


def read_org_number(typed: str) -> str | None:
    """An organisation number as it is kept, ten digits without hyphen; None when it has another form."""
    parts = re.fullmatch(r"([0-9]{6})-?([0-9]{4})", typed.strip())
    return parts[1] + parts[2] if parts else None


def check_digit_fits(number: str) -> bool:
    """Whether the last of an organisation number's ten digits is the one that the others ask for (Luhn)."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(number))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


@dataclass(frozen=True)
class ToldClinic:
    """What a file tells of one clinic; None where it tells nothing."""

    key: str
    """HSA-ID, else folded name and address."""
    name: str
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    phone: str | None = None
    web_page: str | None = None
    hsa_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None


TOLD = ("name", "street", "postcode", "city", "phone", "web_page", "hsa_id", "latitude", "longitude")
"""What an import may change of a clinic."""


@dataclass(frozen=True)
class StandingClinic:
    """A clinic as an earlier import and those who work with it have left it."""

    id: int
    unit_id: int
    facts: Mapping[str, str | float | None]
    """By the names in TOLD."""
    active: bool
    modules: frozenset[Module]
    unit_name: str
    unit_hsa_id: str | None


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class ClinicVerdict:
    """What an import does with one clinic."""

    told: ToldClinic
    standing: StandingClinic | None
    changes: Mapping[str, str | float]
    """The facts that become others, by the names in TOLD."""
    activates: bool

    @property
    def outcome(self) -> Outcome:
        if self.standing is None:
            return Outcome.ADDED
        return Outcome.CHANGED if self.changes or self.activates else Outcome.UNCHANGED

    def facts(self) -> dict[str, str | float | None]:
        """How the clinic will stand."""
        before = self.standing.facts if self.standing else dict.fromkeys(TOLD)
        return {**before, **self.changes}


def which_count(told: Iterable[ToldClinic]) -> dict[str, int]:
    """Of those with one key the first with coordinates counts, else the first; its place in `told`, by key."""
    chosen: dict[str, int] = {}
    pinned: set[str] = set()
    for place, clinic in enumerate(told):
        has_pin = clinic.latitude is not None
        if clinic.key not in chosen or (has_pin and clinic.key not in pinned):
            chosen[clinic.key] = place
        if has_pin:
            pinned.add(clinic.key)
    return chosen


def judge_import(told: ToldClinic, standing: StandingClinic | None, *, activate: bool) -> ClinicVerdict:
    """What a file tells counts; what it leaves out is never erased.

    `activate` is for inactive clinics with coordinates: what somebody has switched off at an active one stays off.
    """
    facts: Mapping[str, str | float | None] = standing.facts if standing else MappingProxyType(dict.fromkeys(TOLD))
    tells = {name: getattr(told, name) for name in TOLD}
    changes = {name: value for name, value in tells.items() if value is not None and value != facts[name]}
    pinned = (told.latitude if told.latitude is not None else facts["latitude"]) is not None
    inactive = standing is None or not standing.active
    return ClinicVerdict(told, standing, changes, activate and pinned and inactive)


@dataclass(frozen=True)
class ToldPostcode:
    """What a file tells of one postcode, as organisation.model.Postcode keeps it."""

    code: str
    locality: str
    municipality: str


def judge_postcode(told: ToldPostcode, standing: ToldPostcode | None) -> Outcome:
    if standing is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if told == standing else Outcome.CHANGED


OWN_S = ("fors", "ås", "näs", "grums")
"""Ends of names whose s is their own and no genitive."""
IRREGULAR = {"Falu": "Falun"}


def short_municipality(name: str) -> str:
    """A municipality's name without what it is and without the genitive: Stockholms kommun is Stockholm, Borås stad Borås."""
    place = re.sub(r"^region\s+|\s+(kommun|stad)$", "", name.strip(), flags=re.IGNORECASE)
    if place != name.strip() and place.endswith("s") and not place.casefold().endswith(OWN_S):
        place = place[:-1]
    return IRREGULAR.get(place, place)
