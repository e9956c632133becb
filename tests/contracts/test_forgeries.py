"""Every lie that an OpenID provider or a browser may tell, and what becomes of it: nobody is identified."""

from __future__ import annotations

from typing import Any

import pytest

from journal_core.registers.eid import Asked, EidTrouble, Identified, NotIdentified
from journal_core.registers.openid import OpenId
from tests.build.cast import BOOKER, COORDINATED, Member
from tests.build.crimes import CRIMES, ENDS, HONEST
from tests.build.crooked import ENDPOINTS, TROUBLES, CrookedProvider

ASKED = Asked("f" * 32, "https://vaccin.example.org/back", "192.0.2.1", "a browser", "sv")
ASKED_LATER = ("token", "jwks", "userinfo")
"""The endpoints that are asked once the browser is back."""

WORDS = {
    "down": "unreachable",
    "slow": "unreachable",
    "cut": "unreachable",
    "half": "unreadable",
    "nonsense": "unreadable",
    "list": "unreadable",
    "error": "internalError",
    "maintenance": "maintenance",
}
SAID = {"server_error": "internalError", "temporarily_unavailable": "maintenance", "invalid_scope": "internalError"}


def test_every_crime_and_every_trouble_has_its_row() -> None:
    assert set(ENDS) == set(CRIMES) - set(HONEST)
    assert set(WORDS) == set(TROUBLES)
    assert set(ENDPOINTS) == {"discovery", *ASKED_LATER}


@pytest.mark.parametrize("person", [BOOKER, COORDINATED], ids=["personal", "coordination"])
@pytest.mark.parametrize("way", HONEST)
def test_honesty_names_the_person(crooked: CrookedProvider, person: Member, way: str) -> None:
    """Else the rows below would hold for an adapter that believes nobody."""
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(ASKED)
    found = eid.collect(begun, crooked.answer(begun.address or "", person, way))
    assert found == Identified(person.number, person.given_name, person.family_name)


@pytest.mark.parametrize("crime", ENDS)
def test_a_forgery_identifies_nobody(crooked: CrookedProvider, crime: str) -> None:
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(ASKED)
    assert eid.collect(begun, crooked.answer(begun.address or "", BOOKER, crime)) == NotIdentified(ENDS[crime])


@pytest.mark.parametrize("endpoint", ASKED_LATER)
@pytest.mark.parametrize("kind", WORDS)
def test_an_endpoint_in_trouble_decides_nothing(crooked: CrookedProvider, endpoint: str, kind: str) -> None:
    eid = OpenId(crooked.settings(seconds=_patience(kind)), crooked.clock)
    begun = eid.begin(ASKED)
    returned = crooked.answer(begun.address or "", BOOKER, "names_at_userinfo" if endpoint == "userinfo" else "")
    with crooked.trouble(endpoint, kind), pytest.raises(EidTrouble) as trouble:
        eid.collect(begun, returned)
    assert trouble.value.code == WORDS[kind]


@pytest.mark.parametrize("kind", WORDS)
def test_nothing_begins_at_a_provider_that_does_not_describe_itself(crooked: CrookedProvider, kind: str) -> None:
    eid = OpenId(crooked.settings(seconds=_patience(kind)), crooked.clock)
    with crooked.trouble("discovery", kind), pytest.raises(EidTrouble) as trouble:
        eid.begin(ASKED)
    assert trouble.value.code == WORDS[kind]
    assert eid.begin(ASKED).address, "a trouble is not remembered"


def _patience(kind: str) -> float:
    """Seconds; who is slow here answers only when it is over."""
    return 0.1 if kind == "slow" else 5.0


@pytest.mark.parametrize("error", SAID)
def test_what_the_provider_calls_its_own_trouble_decides_nothing(crooked: CrookedProvider, error: str) -> None:
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(ASKED)
    honest = crooked.answer(begun.address or "", BOOKER)
    with pytest.raises(EidTrouble) as trouble:
        eid.collect(begun, {"state": honest["state"], "iss": honest["iss"], "error": error})
    assert trouble.value.code == SAID[error]


DESCRIPTIONS: dict[str, tuple[dict[str, object], str]] = {
    "another issuer": ({"issuer": "https://somewhere.example.org"}, "wrong_issuer"),
    "no issuer": ({"issuer": None}, "wrong_issuer"),
    "no S256": ({"code_challenge_methods_supported": ["plain"]}, "no_pkce"),
    "no PKCE": ({"code_challenge_methods_supported": []}, "no_pkce"),
    "PKCE in a word": ({"code_challenge_methods_supported": "S256"}, "no_pkce"),
    "no secret": ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "no_client_secret"),
    "no authorization": ({"authorization_endpoint": None}, "unreadable"),
    "no token": ({"token_endpoint": None}, "unreadable"),
    "no keys": ({"jwks_uri": None}, "unreadable"),
    "keys in a file": ({"jwks_uri": "file:///etc/passwd"}, "unreadable"),
    "userinfo by another way": ({"userinfo_endpoint": "ftp://127.0.0.1/me"}, "unreadable"),
}


@pytest.mark.parametrize("case", DESCRIPTIONS)
def test_nothing_begins_at_a_provider_that_describes_another(crooked: CrookedProvider, case: str) -> None:
    crooked.described, code = DESCRIPTIONS[case]
    with pytest.raises(EidTrouble) as trouble:
        OpenId(crooked.settings(), crooked.clock).begin(ASKED)
    assert trouble.value.code == code


KEYS: dict[str, Any] = {
    "none": [],
    "no list": "keys",
    "a secret": [{"kty": "oct", "k": "c2VjcmV0", "kid": "honest"}],
    "too small": [{"kty": "RSA", "kid": "honest", "e": "AQAB", "n": "w" * 170}],
    "half a key": [{"kty": "RSA", "kid": "honest", "e": "AQAB"}],
    "no key": ["honest", {"kid": "honest"}],
}


@pytest.mark.parametrize("case", KEYS)
def test_keys_that_prove_nothing_are_none(crooked: CrookedProvider, case: str) -> None:
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(ASKED)
    crooked.keys = KEYS[case]
    with pytest.raises(EidTrouble) as trouble:
        eid.collect(begun, crooked.answer(begun.address or "", BOOKER))
    assert trouble.value.code == "unreadable"
