"""What an OpenID provider says over HTTP, and what of it is remembered: its description and its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int
from requests.auth import AuthBase

from journal_core.clock import Clock
from journal_core.registers.eid import EidTrouble
from journal_core.registers.openid_claims import Claims, Doubt

REMEMBERED = timedelta(hours=1)
KEYS_AGAIN = timedelta(minutes=1)
"""The keys are asked for anew when one is unknown, but not oftener: forged tokens shall not make us knock at the provider's."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Never `none`, never HS*: a shared secret proves nothing about who signed, and a public key can be mistaken for one."""
RSA_BITS = 2048
"""The least."""

# What a header says beyond the standard must be ignored; what it marks as critical and we don't know is still refused.
_SIGNATURES = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
# A certificate may come along. It is not looked at: keys are the provider's own, from its own address.
_SIGNATURES.max_header_length = 8192

REFUSED = frozenset({"invalid_client", "invalid_request", "invalid_scope", "unauthorized_client", "unsupported_grant_type"})
"""What a provider calls it when it takes us for somebody else: our settings and its own don't agree."""


@dataclass(frozen=True)
class Description:
    """A provider as it describes itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    secret_in_form: bool
    """The client's secret goes into the form, for want of HTTP Basic."""
    names_itself: bool
    """Each answer by the browser says who it is from (RFC 9207)."""


@dataclass(frozen=True)
class Tokens:
    id_token: str
    access_token: str | None


class Provider:
    """One provider; every method raises EidTrouble. Safe to use from several threads."""

    def __init__(self, issuer: str, seconds: float, clock: Clock) -> None:
        """`seconds`: how long to wait for a connection, and for the answer to go on."""
        self._issuer = issuer
        self._seconds = seconds
        self._clock = clock
        self._described: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._keys_asked_at = datetime.min.replace(tzinfo=UTC)
        self._asking_again = Lock()

    def description(self) -> Description:
        kept, now = self._described, self._clock.now()
        if kept and now - kept[0] < REMEMBERED:
            return kept[1]
        # A slash at the end belongs to the name, not to the address (OpenID Connect Discovery 4.1).
        address = self._issuer.removesuffix("/") + "/.well-known/openid-configuration"
        described = read_description(read_object(self._get(address)), self._issuer)
        self._described = now, described
        return described

    def tokens(self, client: tuple[str, str], code: str, verifier: str, return_address: str) -> Tokens:
        """In exchange for the code. `client`: id and secret. Raises Doubt: expired; the code is spent, or another's."""
        description = self.description()
        method = "client_secret_post" if description.secret_in_form else "client_secret_basic"
        with OAuth2Session(*client, token_endpoint_auth_method=method, redirect_uri=return_address) as session:
            session.register_compliance_hook("access_token_response", _accepted)
            try:
                answer = session.fetch_token(
                    description.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=self._seconds,
                    allow_redirects=False,
                )
            except requests.RequestException:
                raise EidTrouble("unreachable") from None
            except (TypeError, ValueError):
                raise EidTrouble("unreadable") from None
        return _read_tokens(answer)

    def userinfo(self, address: str, access_token: str) -> Claims:
        """What it tells of the person beyond the ID token; signed or not. Raises Doubt: not_trusted."""
        answer = self._get(address, _Bearer(access_token))
        if answer.headers.get("Content-Type", "").startswith("application/jwt"):
            return self.verified(_ok(answer).text)
        return read_object(answer)

    def verified(self, token: str) -> Claims:
        """What stands in a token that the provider has signed. Raises Doubt: not_trusted."""
        kept, now = self._keys, self._clock.now()
        known = kept[1] if kept and now - kept[0] < REMEMBERED else self._fetch_keys(now)
        try:
            return _decoded(token, known)
        except InvalidKeyIdError:
            known = self._newer_keys(now)
        try:
            return _decoded(token, known)
        except InvalidKeyIdError:
            raise Doubt("not_trusted") from None

    def _fetch_keys(self, now: datetime) -> KeySet:
        self._keys_asked_at = now
        keys = read_keys(read_object(self._get(self.description().jwks_uri)))
        self._keys = now, keys
        return keys

    def _newer_keys(self, now: datetime) -> KeySet:
        """Raises Doubt: not_trusted; they have just been asked for."""
        with self._asking_again:
            if now - self._keys_asked_at < KEYS_AGAIN:
                raise Doubt("not_trusted")
            self._keys_asked_at = now
        return self._fetch_keys(now)

    def _get(self, address: str, auth: AuthBase | None = None) -> requests.Response:
        try:
            return requests.get(address, timeout=self._seconds, allow_redirects=False, auth=auth)
        except requests.RequestException:
            raise EidTrouble("unreachable") from None


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _decoded(token: str, keys: KeySet) -> Claims:
    """Raises InvalidKeyIdError, and Doubt: not_trusted."""
    try:
        return jwt.decode(token, keys, registry=_SIGNATURES).claims
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, RecursionError):
        raise Doubt("not_trusted") from None


def _ok(answer: requests.Response) -> requests.Response:
    if answer.status_code != 200:
        raise EidTrouble("maintenance" if answer.status_code == 503 else "internalError")
    return answer


def read_object(answer: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer that says 200. Raises EidTrouble."""
    return _object(_ok(answer))


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise EidTrouble("unreadable")
    return told


def read_description(told: Mapping[str, Any], issuer: str) -> Description:
    """Raises EidTrouble: wrong_issuer, no_pkce, no_client_secret, unreadable."""
    if told.get("issuer") != issuer:
        raise EidTrouble("wrong_issuer")
    if "S256" not in _listed(told, "code_challenge_methods_supported", "S256"):
        raise EidTrouble("no_pkce")
    methods = _listed(told, "token_endpoint_auth_methods_supported", "client_secret_basic")
    if "client_secret_basic" not in methods and "client_secret_post" not in methods:
        raise EidTrouble("no_client_secret")
    return Description(
        authorization_endpoint=_address(told, "authorization_endpoint", issuer),
        token_endpoint=_address(told, "token_endpoint", issuer),
        jwks_uri=_address(told, "jwks_uri", issuer),
        userinfo_endpoint=_address(told, "userinfo_endpoint", issuer) if told.get("userinfo_endpoint") else None,
        secret_in_form="client_secret_basic" not in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _listed(told: Mapping[str, Any], name: str, unsaid: str) -> list[Any]:
    listed = told.get(name, [unsaid])
    return listed if isinstance(listed, list) else []


def _address(told: Mapping[str, Any], name: str, issuer: str) -> str:
    """Of one of the provider's doors; never less protected than its name."""
    address = told.get(name)
    scheme = urlsplit(address).scheme if isinstance(address, str) else ""
    if not isinstance(address, str) or scheme not in ("https", urlsplit(issuer).scheme):
        raise EidTrouble("unreadable")
    return address


def read_keys(told: Mapping[str, Any]) -> KeySet:
    """Those of its keys that can verify what we accept; one that can't be read doesn't spoil the others. Raises EidTrouble."""
    listed = told.get("keys")
    keys = [_key(each) for each in listed] if isinstance(listed, list) else []
    usable = [key for key in keys if key is not None]
    if not usable:
        raise EidTrouble("unreadable")
    return KeySet(usable)


def _key(told: Any) -> Key | None:
    if not isinstance(told, dict) or told.get("kty") not in ("RSA", "EC"):
        return None
    try:
        weak = told["kty"] == "RSA" and base64_to_int(told["n"]).bit_length() < RSA_BITS
        return None if weak else JWKRegistry.import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _accepted(answer: requests.Response) -> requests.Response:
    """Lets an answer through to Authlib unless it is a refusal, whose description Authlib can't read when it is Swedish."""
    if answer.status_code >= 500:
        return _ok(answer)
    error = _object(answer).get("error")
    if error is None:
        return _ok(answer)
    if error == "invalid_grant":
        raise Doubt("expired")
    raise EidTrouble(error if isinstance(error, str) and error in REFUSED else "internalError")


def _read_tokens(answer: Mapping[str, Any]) -> Tokens:
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(id_token, str):
        raise EidTrouble("unreadable")
    bearer = isinstance(access_token, str) and str(answer.get("token_type", "")).lower() == "bearer"
    return Tokens(id_token, access_token if bearer else None)
