"""What an ID token must say before it is believed, and whom it names. Pure: its signature has been verified before."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from types import MappingProxyType
from typing import Any

from journal_core.registers.eid import Identified

Claims = Mapping[str, Any]

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "http://id.elegnamnden.se/loa/1.0/loa2": 2,
        "http://id.elegnamnden.se/loa/1.0/loa3": 3,
        "http://id.elegnamnden.se/loa/1.0/loa4": 4,
        # The same demands, met by somebody who isn't in the Swedish population register: a samordningsnummer, say.
        "http://id.swedenconnect.se/loa/1.0/loa2-nonresident": 2,
        "http://id.swedenconnect.se/loa/1.0/loa3-nonresident": 3,
        "http://id.swedenconnect.se/loa/1.0/loa4-nonresident": 4,
        # Health care's own federation: SITHS.
        "http://id.sambi.se/loa/loa2": 2,
        "http://id.sambi.se/loa/loa3": 3,
    }
)
"""What is certified. What providers declare about themselves (`uncertified-loa3`) and other countries' levels don't count."""

PERSONAL = (
    "https://id.oidc.se/claim/personalIdentityNumber",
    "https://frejaeid.com/oidc/claims/personalIdentityNumber",
    # Inera's, for staff: from the register, and from the card.
    "personalIdentityNumber",
    "credentialPersonalIdentityNumber",
)
COORDINATION = ("https://id.oidc.se/claim/coordinationNumber",)
COUNTRY = "https://frejaeid.com/oidc/claims/country"
"""Freja's: whose number it is. Other countries' numbers may have twelve digits too."""
HSA_ID = "employeeHsaId"
AFFILIATION = "https://id.oidc.se/claim/orgAffiliation"
"""`HSA-ID@organisationsnummer`; what stands before the @ is an HSA-ID only in health care."""
GIVEN_NAME = ("given_name", "credentialGivenName")
FAMILY_NAME = ("family_name", "credentialSurname")

LEEWAY_SECONDS = 30
"""How far the provider's clock may be from ours."""
TOKEN_SECONDS = 300
"""How old an ID token may be; the Swedish profile lets none live longer."""

_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_LIKE_HSA_ID = re.compile(r"[A-Za-z]{2,6}[0-9]{10}-[A-Za-z0-9]{1,20}")


class Doubt(Exception):
    """Nobody is identified. `code` says why, and nothing more is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Expected:
    """What an ID token is held against. Times are seconds since 1970."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    begun_at: int
    now: int
    level_claim: str
    levels: Mapping[str, int]
    level: int


def believe(claims: Claims, expected: Expected) -> None:
    """Raises Doubt: not_trusted, expired, level_too_low."""
    for code, holds in _RUNGS:
        if holds(claims, expected):
            raise Doubt(code)


def _by_another(claims: Claims, expected: Expected) -> bool:
    subject = claims.get("sub")
    return claims.get("iss") != expected.issuer or not isinstance(subject, str) or not subject


def _for_another(claims: Claims, expected: Expected) -> bool:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", None if len(audiences) > 1 else expected.client_id)
    return expected.client_id not in audiences or party != expected.client_id


def _for_another_question(claims: Claims, expected: Expected) -> bool:
    return not same(claims.get("nonce"), expected.nonce)


def _out_of_time(claims: Claims, expected: Expected) -> bool:
    """A time is missing, or still to come."""
    past = [_instant(claims.get(name)) for name in ("iat", "auth_time")] + [_instant(claims.get("nbf", 0))]
    soon = expected.now + LEEWAY_SECONDS
    return _instant(claims.get("exp")) is None or any(instant is None or instant > soon for instant in past)


def _too_old(claims: Claims, expected: Expected) -> bool:
    """Ran out, was issued long ago, or tells of a login before we asked for one."""
    ended = claims["exp"] <= expected.now - LEEWAY_SECONDS
    stale = claims["iat"] < expected.now - TOKEN_SECONDS - LEEWAY_SECONDS
    earlier = claims["auth_time"] < expected.begun_at - LEEWAY_SECONDS
    return bool(ended or stale or earlier)


def _too_low(claims: Claims, expected: Expected) -> bool:
    told = claims.get(expected.level_claim)
    return not isinstance(told, str) or expected.levels.get(told, 0) < expected.level


_RUNGS: tuple[tuple[str, Callable[[Claims, Expected], bool]], ...] = (
    ("not_trusted", _by_another),
    ("not_trusted", _for_another),
    ("not_trusted", _for_another_question),
    ("not_trusted", _out_of_time),
    ("expired", _too_old),
    ("level_too_low", _too_low),
)


def same_person(told: Claims, claims: Claims, expected: Expected) -> bool:
    """Whether what userinfo tells is about whom the ID token names, and where it is signed, by the same and for us."""
    signed = {"iss": expected.issuer, "aud": expected.client_id, **told}
    return same(told.get("sub"), claims["sub"]) and not _by_another(signed, expected) and not _for_another(signed, expected)


def same(told: object, expected: str) -> bool:
    """In constant time. What isn't text is not the same, nor is nothing the same as nothing."""
    return isinstance(told, str) and bool(expected) and compare_digest(told.encode("utf-8", "replace"), expected.encode())


def _instant(told: object) -> float | None:
    """Seconds since 1970; JSON's `NaN` and `Infinity` are no times, and compare as nothing does."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return told if isinstance(told, int) or math.isfinite(told) else None


def lacks(claims: Claims, *, hsa: bool) -> bool:
    """Whether there is something left to ask for."""
    numbered = any(claims.get(name) for name in (*PERSONAL, *COORDINATION))
    named = all(any(claims.get(name) for name in names) for names in (GIVEN_NAME, FAMILY_NAME))
    return not (numbered and named) or (hsa and not _hsa_ids([claims]))


def identify(told: Sequence[Claims], *, hsa: bool) -> Identified:
    """Who they all speak of; `hsa`: an HSA-ID is wanted and is enough. Raises Doubt: both_numbers, no_number, not_trusted."""
    number = _number(told)
    hsa_ids = _hsa_ids(told) if hsa else set()
    if len(hsa_ids) > 1:
        raise Doubt("not_trusted")
    if number is None and not hsa_ids:
        raise Doubt("no_number")
    return Identified(number, _name(told, GIVEN_NAME), _name(told, FAMILY_NAME), next(iter(hsa_ids), None))


def _number(told: Sequence[Claims]) -> str | None:
    personal, coordination = _values(told, PERSONAL), _values(told, COORDINATION)
    if len(personal | coordination) > 1 or (personal and coordination):
        raise Doubt("both_numbers")
    number = next(iter(personal | coordination), None)
    if number is None:
        return None
    if not _TWELVE_DIGITS.fullmatch(number) or any(claims.get(COUNTRY, "SE") != "SE" for claims in told):
        raise Doubt("no_number")
    return number


def _values(told: Sequence[Claims], names: Sequence[str]) -> set[str]:
    """What is told under any of the names; what isn't text stands for a number that is none."""
    values = [claims[name] for claims in told for name in names if claims.get(name)]
    return {value if isinstance(value, str) else "" for value in values}


def _hsa_ids(told: Sequence[Claims]) -> set[str]:
    affiliations = {value.partition("@")[0] for value in _values(told, [AFFILIATION])}
    return {value for value in _values(told, [HSA_ID]) | affiliations if _LIKE_HSA_ID.fullmatch(value)}


def _name(told: Sequence[Claims], names: Sequence[str]) -> str:
    """The first that is told, in the order of the names; empty when none is."""
    found = [claims[name] for name in names for claims in told if isinstance(claims.get(name), str)]
    return found[0] if found else ""
