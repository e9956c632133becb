"""OpenID Connect as e-ID: the browser goes to the provider and comes back with a code, which we exchange for a signed word.

The code flow with PKCE (S256), `state` and `nonce`, for each login anew. Why it is believed when it is: decision 11.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from authlib.integrations.requests_client import OAuth2Session

from journal_core.clock import Clock
from journal_core.registers.eid import Asked, Begun, EidTrouble, Identified, NotIdentified
from journal_core.registers.openid_claims import LEVELS, Claims, Doubt, Expected, believe, identify, lacks, same, same_person
from journal_core.registers.openid_provider import Description, Provider, Tokens

ENDINGS: Mapping[str, str] = {
    "access_denied": "access_denied",
    "user_cancelled": "access_denied",
    "user_canceled": "access_denied",
    "consent_required": "access_denied",
    "login_required": "expired",
    "interaction_required": "expired",
    "account_selection_required": "expired",
    "unmet_authentication_requirements": "level_too_low",
}
"""What the provider calls an end without a person, and what we call it."""
TROUBLES: Mapping[str, str] = {"temporarily_unavailable": "maintenance"}
"""Every other error it may bring back is an `internalError`."""


@dataclass(frozen=True)
class OpenIdSettings:
    issuer: str
    """The provider's name, to the letter, with or without a slash at the end; https except on this machine."""
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = (
        "https://id.oidc.se/scope/naturalPersonInfo",
        "https://id.oidc.se/scope/naturalPersonNumber",
    )
    """Beside `openid`."""
    level: int = 3
    """The least level of assurance: 2, 3 or 4."""
    acr_values: tuple[str, ...] = ("http://id.elegnamnden.se/loa/1.0/loa3",)
    """The levels asked for, the preferred one first. That one was given is checked, never assumed."""
    level_claim: str = "acr"
    """Where the ID token tells the level."""
    levels: Mapping[str, int] = field(default_factory=lambda: LEVELS)
    """What is told there, and which level it means; what isn't listed means none."""
    hsa: bool = False
    """Staff's: an HSA-ID is taken in, and is enough without a number."""
    seconds: float = 5.0
    """How long to wait for the provider."""


class OpenId:
    for_development = False

    def __init__(self, settings: OpenIdSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._provider = Provider(settings.issuer, settings.seconds, clock)

    def begin(self, asked: Asked) -> Begun:
        """Raises EidTrouble."""
        description = self._provider.description()
        kept = {
            "state": asked.order,
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
            "return_address": asked.return_address,
            "begun_at": str(self._now()),
        }
        return Begun(secrets.token_hex(16), kept, self._address(description, kept, asked.language))

    def collect(self, begun: Begun, returned: Mapping[str, str]) -> Identified | NotIdentified:
        """Ended without a person: `not_trusted`, `expired`, `access_denied`, `level_too_low`, `both_numbers`, `no_number`.

        Raises EidTrouble.
        """
        try:
            code = self._code(begun.kept, returned)
            tokens = self._provider.tokens(
                (self._settings.client_id, self._settings.client_secret),
                code,
                begun.kept["verifier"],
                begun.kept["return_address"],
            )
            claims = self._provider.verified(tokens.id_token)
            expected = self._expected(begun.kept)
            believe(claims, expected)
            return identify([claims, *self._more(claims, tokens, expected)], hsa=self._settings.hsa)
        except Doubt as doubt:
            return NotIdentified(doubt.code)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _address(self, description: Description, kept: Mapping[str, str], language: str) -> str:
        settings = self._settings
        with OAuth2Session(settings.client_id, code_challenge_method="S256", redirect_uri=kept["return_address"]) as session:
            address, _state = session.create_authorization_url(
                description.authorization_endpoint,
                state=kept["state"],
                code_verifier=kept["verifier"],
                nonce=kept["nonce"],
                scope=" ".join(dict.fromkeys(("openid", *settings.scopes))),
                acr_values=" ".join(settings.acr_values) or None,
                # A login of its own: whoever borrows a browser shall not find another's still warm. A maximal age makes the
                # provider tell when it was.
                prompt="login",
                max_age=0,
                ui_locales=language,
            )
        return str(address)

    def _code(self, kept: Mapping[str, str], returned: Mapping[str, str]) -> str:
        """The code that the browser brought back from this provider for this identification. Raises Doubt, EidTrouble."""
        if not same(returned.get("state"), kept.get("state", "")):
            raise Doubt("not_trusted")
        issuer = returned.get("iss")
        if issuer is None and self._provider.description().names_itself:
            raise Doubt("not_trusted")
        if issuer is not None and issuer != self._settings.issuer:
            raise Doubt("not_trusted")
        if error := returned.get("error"):
            raise _ending(error)
        code = returned.get("code", "")
        if not code or not code.isascii() or not code.isprintable():
            raise Doubt("not_trusted")
        return code

    def _expected(self, kept: Mapping[str, str]) -> Expected:
        settings = self._settings
        return Expected(
            issuer=settings.issuer,
            client_id=settings.client_id,
            nonce=kept["nonce"],
            begun_at=int(kept["begun_at"]),
            now=self._now(),
            level_claim=settings.level_claim,
            levels=settings.levels,
            level=settings.level,
        )

    def _more(self, claims: Claims, tokens: Tokens, expected: Expected) -> list[Claims]:
        """What the provider tells only when asked once more, about the same person. Raises Doubt, EidTrouble."""
        address = self._provider.description().userinfo_endpoint
        if not address or not tokens.access_token or not lacks(claims, hsa=self._settings.hsa):
            return []
        told = self._provider.userinfo(address, tokens.access_token)
        if not same_person(told, claims, expected):
            raise Doubt("not_trusted")
        return [told]


def _ending(error: str) -> Doubt | EidTrouble:
    if error in ENDINGS:
        return Doubt(ENDINGS[error])
    return EidTrouble(TROUBLES.get(error, "internalError"))
