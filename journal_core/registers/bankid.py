"""BankID, relying-party API v6.0: asked over mutual TLS, answered in an app while the browser waits (docs/decisions/0010)."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from journal_core.registers.eid import Asked, Begun, EidTrouble, Identified, NotIdentified, Pending

PENDING_HINTS = ("outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign")
FAILED_HINTS = (
    "expiredTransaction",
    "certificateErr",
    "userCancel",
    "cancelled",
    "startFailed",
    "userDeclinedCall",
    "notSupportedByUserApp",
    "transactionRiskBlocked",
)
OWN_ENDS = ("not_ours", "gone")
"""What NotIdentified also says: another browser came back, or BankID no longer knows the order."""
ERRORS = (
    "alreadyInProgress",
    "invalidParameters",
    "canceled",
    "unauthorized",
    "notFound",
    "requestTimeout",
    "unsupportedMediaType",
    "tooManyRequests",
    "internalError",
    "maintenance",
)

_BY_STATUS = {
    401: "unauthorized",
    403: "unauthorized",
    404: "notFound",
    408: "requestTimeout",
    415: "unsupportedMediaType",
    429: "tooManyRequests",
    503: "maintenance",
}
_NO_SUCH_ORDER = "invalidParameters"
"""All else that collect and cancel send is always the same, so it can only be the order that BankID doesn't know."""
_TOKENS = ("autoStartToken", "qrStartToken", "qrStartSecret")
_INTRO_LENGTH = 1500
_USER_AGENT_LENGTH = 256
_NUMBER = re.compile(r"[0-9]{12}")


class BankId:
    def __init__(
        self,
        address: str,
        certificate: str,
        key: str,
        authority: str,
        intro: Mapping[str, str],
        seconds: float = 5,
        *,
        app: str | None = None,
        for_development: bool = False,
    ) -> None:
        """`address`: https, as in https://appapi2.bankid.com/rp/v6.0. `certificate`, `key`, `authority`: PEM files; the
        authority is BankID's own root, and no other is believed. `intro`: what the app shows, in simple Markdown by language,
        Swedish for all others. `seconds`: how long connecting, and then each wait for an answer, may take. `app`: where a
        stand-in's app opens, in place of BankID's own.

        Raises ValueError for an address that isn't https, no Swedish intro, and one that is empty or too long.
        """
        if not address.startswith("https://"):
            raise ValueError("BankID's address must be https")
        self.for_development = for_development
        self._address = address.rstrip("/")
        self._certificate = (certificate, key)
        self._authority = authority
        self._seconds = seconds
        self._app = app
        self._intro = {language: _intro(text) for language, text in intro.items()}
        if "sv" not in self._intro:
            raise ValueError("the intro lacks Swedish")
        self._session = requests.Session()
        # Where it goes and whom it believes is said by the settings, and by no other variable of the environment.
        self._session.trust_env = False

    def begin(self, asked: Asked) -> Begun:
        nonce = secrets.token_urlsafe(24)
        said = self._ask(
            "auth",
            {
                "endUserIp": asked.visitor,
                "userVisibleData": self._intro.get(asked.language, self._intro["sv"]),
                "userVisibleDataFormat": "simpleMarkdownV1",
                "returnUrl": f"{asked.return_address}?{urlencode({'state': asked.order, 'nonce': nonce})}",
                "web": _web(asked),
            },
        )
        return Begun(_text(said, "orderRef"), {name: _text(said, name) for name in _TOKENS} | {"nonce": nonce})

    def collect(self, begun: Begun, returned: Mapping[str, str]) -> Identified | Pending | NotIdentified:
        if returned and not _is_ours(begun, returned):
            return NotIdentified("not_ours")
        try:
            said = self._ask("collect", {"orderRef": begun.reference})
        except EidTrouble as trouble:
            if trouble.code == _NO_SUCH_ORDER:
                return NotIdentified("gone")
            raise
        if said.get("orderRef") != begun.reference:
            raise EidTrouble("unreadable")
        match said.get("status"):
            case "pending":
                return Pending(_hint(said))
            case "failed":
                return NotIdentified(_hint(said))
            case "complete":
                return _identified(said)
        raise EidTrouble("unreadable")

    def qr_text(self, begun: Begun, begun_at: datetime, now: datetime) -> str:
        seconds = str(max(0, int((now - begun_at).total_seconds())))
        proof = hmac.digest(begun.kept["qrStartSecret"].encode(), seconds.encode(), "sha256").hex()
        return f"bankid.{begun.kept['qrStartToken']}.{seconds}.{proof}"

    def app_address(self, begun: Begun, *, mobile: bool) -> str:
        """Where the app leads back to, BankID has from `begin`, whatever stands here: so the nonce stays off our page."""
        app = self._app or ("https://app.bankid.com/" if mobile else "bankid:///")
        return f"{app}?autostarttoken={quote(begun.kept['autoStartToken'], safe='')}&redirect=null"

    def cancel(self, begun: Begun) -> None:
        try:
            self._ask("cancel", {"orderRef": begun.reference})
        except EidTrouble as trouble:
            if trouble.code not in (_NO_SUCH_ORDER, "canceled"):
                raise

    def _ask(self, endpoint: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """Raises EidTrouble, whose text and cause hold nothing of what was sent or answered."""
        try:
            answer = self._session.post(
                f"{self._address}/{endpoint}",
                json=body,
                cert=self._certificate,
                verify=self._authority,
                timeout=self._seconds,
                allow_redirects=False,
            )
        except (ChunkedEncodingError, ContentDecodingError) as error:
            raise EidTrouble("unreadable") from error
        except OSError as error:  # Each of requests' own is one, and so is a certificate that isn't there.
            raise EidTrouble("unreachable") from error
        said = _read(answer.content)
        if answer.status_code != 200:
            raise EidTrouble(_error(answer.status_code, said))
        if said is None:
            raise EidTrouble("unreadable")
        return said


def _intro(text: str) -> str:
    coded = base64.b64encode(text.encode()).decode()
    if not 1 <= len(coded) <= _INTRO_LENGTH:
        raise ValueError(f"an intro takes 1 to {_INTRO_LENGTH} characters as base64, this one {len(coded)}")
    return coded


def _web(asked: Asked) -> dict[str, str]:
    """What BankID weighs a fraud by. It would like to have a lasting name of the browser too: we keep none."""
    host = (urlsplit(asked.return_address).hostname or "").encode("idna").decode()
    about = {"referringDomain": host, "userAgent": asked.user_agent[:_USER_AGENT_LENGTH]}
    return {name: value for name, value in about.items() if value}


def _is_ours(begun: Begun, returned: Mapping[str, str]) -> bool:
    return hmac.compare_digest(begun.kept["nonce"].encode(), returned.get("nonce", "").encode())


def _read(content: bytes) -> Mapping[str, Any] | None:
    try:
        said = json.loads(content)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _error(status: int, said: Mapping[str, Any] | None) -> str:
    code = str((said or {}).get("errorCode", ""))
    code = code[:1].lower() + code[1:]  # "Maintenance" has been seen.
    if code in ERRORS:
        return code
    return _BY_STATUS.get(status) or ("internalError" if status >= 500 else "unreadable")


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise EidTrouble("unreadable")
    return value


def _hint(said: Mapping[str, Any]) -> str:
    return _text(said, "hintCode") if "hintCode" in said else ""


def _identified(said: Mapping[str, Any]) -> Identified:
    user = said.get("completionData")
    user = user.get("user") if isinstance(user, dict) else None
    if not isinstance(user, dict) or not _NUMBER.fullmatch(_text(user, "personalNumber")):
        raise EidTrouble("unreadable")
    return Identified(_text(user, "personalNumber"), _text(user, "givenName"), _text(user, "surname"))
