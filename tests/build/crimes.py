"""How an OpenID provider may lie, by name: what `crooked` commits when it is told to."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.build.cast import BOOKER, COORDINATED, STRANGER

CLIENT = "vaccinporten"
SECRET = "a secret of the tests, shared with the crooked provider"
LEVEL_2, LEVEL_3 = (f"http://id.elegnamnden.se/loa/1.0/loa{level}" for level in (2, 3))
PERSONAL = "https://id.oidc.se/claim/personalIdentityNumber"
COORDINATION = "https://id.oidc.se/claim/coordinationNumber"
FREJA = "https://frejaeid.com/oidc/claims/personalIdentityNumber"

Claims = dict[str, Any]


@dataclass(frozen=True)
class Crime:
    """What is done otherwise than by an honest provider. Claims and parameters that become None are left out."""

    returned: Mapping[str, str | None] = field(default_factory=dict)
    """Parameters that the browser brings back."""
    claims: Mapping[str, Any] = field(default_factory=dict)
    """Of the ID token; numbers of seconds for `iat`, `exp`, `nbf` and `auth_time` count from now."""
    userinfo: Mapping[str, Any] = field(default_factory=dict)
    sign: str = "honestly"
    """One of SIGNATURES."""
    another_order: bool = False
    """The code belongs to what another browser began."""
    spent: bool = False
    """Somebody has used the code before."""
    verifier_ignored: bool = False
    """The token endpoint takes every code verifier, or none."""


ELSEWHERE = "https://somewhere.example.org"
HONEST = ("", "names_at_userinfo", "for_us_as_a_party", "for_us_in_a_list")
"""No crimes, though unusual."""
CRIMES: dict[str, Crime] = {
    "": Crime(),
    "names_at_userinfo": Crime(claims={"given_name": None, "family_name": None}),
    "for_us_as_a_party": Crime(claims={"aud": [CLIENT, "another-client"], "azp": CLIENT}),
    "for_us_in_a_list": Crime(claims={"aud": [CLIENT]}),
    # What the browser brings back.
    "wrong_state": Crime(returned={"state": "0" * 31 + "1"}),
    "no_state": Crime(returned={"state": None}),
    "wrong_issuer_parameter": Crime(returned={"iss": ELSEWHERE}),
    "no_issuer_parameter": Crime(returned={"iss": None}),
    "no_code": Crime(returned={"code": None}),
    "unsolicited": Crime(returned={"state": None, "iss": None}, another_order=True),
    "made_up_code": Crime(returned={"code": "made-up"}),
    "replayed_code": Crime(spent=True),
    "swapped_order": Crime(another_order=True),
    "swapped_order_without_pkce": Crime(another_order=True, verifier_ignored=True),
    "cancelled": Crime(returned={"code": None, "error": "access_denied"}),
    "login_ran_out": Crime(returned={"code": None, "error": "login_required"}),
    "level_not_reached": Crime(returned={"code": None, "error": "unmet_authentication_requirements"}),
    # The ID token's claims.
    "wrong_nonce": Crime(claims={"nonce": "another"}),
    "no_nonce": Crime(claims={"nonce": None}),
    "wrong_issuer": Crime(claims={"iss": ELSEWHERE}),
    "no_subject": Crime(claims={"sub": None}),
    "wrong_audience": Crime(claims={"aud": "another-client"}),
    "no_audience": Crime(claims={"aud": None}),
    "extra_audience": Crime(claims={"aud": [CLIENT, "another-client"]}),
    "extra_audience_for_another": Crime(claims={"aud": [CLIENT, "another-client"], "azp": "another-client"}),
    "for_another_party": Crime(claims={"azp": "another-client"}),
    "expired": Crime(claims={"exp": -60}),
    "no_expiry": Crime(claims={"exp": None}),
    "never_expires": Crime(claims={"exp": float("nan")}),
    "issued_in_the_future": Crime(claims={"iat": 600}),
    "issued_long_ago": Crime(claims={"iat": -600}),
    "not_yet_valid": Crime(claims={"nbf": 600}),
    "old_login": Crime(claims={"auth_time": -3600}),
    "no_login_time": Crime(claims={"auth_time": None}),
    "login_in_the_future": Crime(claims={"auth_time": 600}),
    "lower_level": Crime(claims={"acr": LEVEL_2}),
    "no_level": Crime(claims={"acr": None}),
    "unknown_level": Crime(claims={"acr": "urn:somebody:very-high"}),
    "uncertified_level": Crime(claims={"acr": "http://id.swedenconnect.se/loa/1.0/uncertified-loa3"}),
    "several_levels": Crime(claims={"acr": [LEVEL_2, LEVEL_3]}),
    "both_numbers": Crime(claims={COORDINATION: COORDINATED.number}),
    "two_numbers": Crime(claims={FREJA: STRANGER.number}),
    "no_number": Crime(claims={PERSONAL: None}),
    "ten_digits": Crime(claims={PERSONAL: "8503149802"}),
    "number_in_a_list": Crime(claims={PERSONAL: [BOOKER.number]}),
    "foreign_number": Crime(claims={"https://frejaeid.com/oidc/claims/country": "NO"}),
    # Its signature.
    "alg_none": Crime(sign="not at all"),
    "key_confusion": Crime(sign="with the public key as a secret"),
    "shared_secret": Crime(sign="with the client's secret"),
    "unknown_key": Crime(sign="with an unknown key"),
    "borrowed_key_name": Crime(sign="with a key that borrows the name"),
    "key_brought_along": Crime(sign="with a key in the header"),
    "key_of_another_kind": Crime(sign="with an elliptic key that borrows the name"),
    "tampered": Crime(sign="for somebody else"),
    "half_token": Crime(sign="by half"),
    # Userinfo: asked, for the given name is not in the token.
    "another_subject": Crime(claims={"given_name": None}, userinfo={"sub": "somebody-else"}),
    "userinfo_without_subject": Crime(claims={"given_name": None}, userinfo={"sub": None}),
    "userinfo_by_another": Crime(claims={"given_name": None}, userinfo={"iss": ELSEWHERE}),
    "userinfo_for_another": Crime(claims={"given_name": None}, userinfo={"aud": "another-client"}),
    "userinfo_of_another_number": Crime(claims={"given_name": None}, userinfo={PERSONAL: STRANGER.number}),
}

ENDS: dict[str, str] = {
    "wrong_state": "not_trusted",
    "no_state": "not_trusted",
    "wrong_issuer_parameter": "not_trusted",
    "no_issuer_parameter": "not_trusted",
    "no_code": "not_trusted",
    "unsolicited": "not_trusted",
    "made_up_code": "expired",
    "replayed_code": "expired",
    "swapped_order": "expired",
    "swapped_order_without_pkce": "not_trusted",
    "cancelled": "access_denied",
    "login_ran_out": "expired",
    "level_not_reached": "level_too_low",
    "wrong_nonce": "not_trusted",
    "no_nonce": "not_trusted",
    "wrong_issuer": "not_trusted",
    "no_subject": "not_trusted",
    "wrong_audience": "not_trusted",
    "no_audience": "not_trusted",
    "extra_audience": "not_trusted",
    "extra_audience_for_another": "not_trusted",
    "for_another_party": "not_trusted",
    "expired": "expired",
    "no_expiry": "not_trusted",
    "never_expires": "not_trusted",
    "issued_in_the_future": "not_trusted",
    "issued_long_ago": "expired",
    "not_yet_valid": "not_trusted",
    "old_login": "expired",
    "no_login_time": "not_trusted",
    "login_in_the_future": "not_trusted",
    "lower_level": "level_too_low",
    "no_level": "level_too_low",
    "unknown_level": "level_too_low",
    "uncertified_level": "level_too_low",
    "several_levels": "level_too_low",
    "both_numbers": "both_numbers",
    "two_numbers": "both_numbers",
    "no_number": "no_number",
    "ten_digits": "no_number",
    "number_in_a_list": "no_number",
    "foreign_number": "no_number",
    "alg_none": "not_trusted",
    "key_confusion": "not_trusted",
    "shared_secret": "not_trusted",
    "unknown_key": "not_trusted",
    "borrowed_key_name": "not_trusted",
    "key_brought_along": "not_trusted",
    "key_of_another_kind": "not_trusted",
    "tampered": "not_trusted",
    "half_token": "not_trusted",
    "another_subject": "not_trusted",
    "userinfo_without_subject": "not_trusted",
    "userinfo_by_another": "not_trusted",
    "userinfo_for_another": "not_trusted",
    "userinfo_of_another_number": "both_numbers",
}
"""What each comes to: nobody is identified, and why."""


# --- signatures, honest and not -----------------------------------------------------------------------------------------


@cache
def the_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "honest", "use": "sig", "alg": "RS256"})


@cache
def another_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "stranger"})


def _signed(claims: Claims, key: RSAKey | ECKey, **header: Any) -> str:
    header = {"alg": "RS256", "kid": key.kid, **header}
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _by_hand(header: Mapping[str, Any], claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """What no library would put together."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def _with_secret(claims: Claims, secret: bytes, kid: str | None) -> str:
    return _by_hand({"alg": "HS256", "kid": kid}, claims, lambda signed: hmac.digest(secret, signed, "sha256"))


def _for_somebody_else(claims: Claims, key: RSAKey) -> str:
    header, _payload, signature = _signed(claims, key).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**claims, PERSONAL: STRANGER.number}).encode()).rstrip(b"=").decode()
    return f"{header}.{payload}.{signature}"


def _elliptic(claims: Claims, key: RSAKey) -> str:
    return _signed(claims, ECKey.generate_key("P-256"), alg="ES256", kid=key.kid)


SIGNATURES: dict[str, Callable[[Claims, RSAKey], str]] = {
    "honestly": _signed,
    "not at all": lambda claims, key: _by_hand({"alg": "none", "kid": key.kid}, claims, lambda _: b""),
    "with the public key as a secret": lambda claims, key: _with_secret(claims, key.as_pem(private=False), key.kid),
    "with the client's secret": lambda claims, key: _with_secret(claims, SECRET.encode(), key.kid),
    "with an unknown key": lambda claims, _: _signed(claims, another_key()),
    "with a key that borrows the name": lambda claims, key: _signed(claims, another_key(), kid=key.kid),
    "with a key in the header": lambda claims, _: _signed(
        claims, another_key(), kid="brought", jwk=another_key().as_dict(private=False)
    ),
    "with an elliptic key that borrows the name": _elliptic,
    "for somebody else": _for_somebody_else,
    "by half": lambda claims, key: _signed(claims, key).rpartition(".")[0],
}
