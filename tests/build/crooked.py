"""An OpenID provider that lies on order. Honest unless told otherwise, and on the tests' own clock.

    with CrookedProvider(clock) as crooked:
        eid = OpenId(crooked.settings(), clock)
        begun = eid.begin(asked)
        returned = crooked.answer(begun.address, BOOKER, "wrong_nonce")
        eid.collect(begun, returned)

A browser that is sent to its authorization address comes straight back as `crooked.chosen`, with `crooked.crime` committed.
What crimes there are: tests.build.crimes. What may be wrong with its answers as such: `trouble`.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc.jwk import RSAKey

from journal_core.clock import Clock
from journal_core.registers.openid import OpenIdSettings
from tests.build.cast import BOOKER, Member
from tests.build.crimes import CLIENT, COORDINATION, CRIMES, LEVEL_3, PERSONAL, SECRET, SIGNATURES, Claims, Crime, the_key

ENDPOINTS = ("discovery", "token", "jwks", "userinfo")
TROUBLES = ("down", "slow", "cut", "half", "nonsense", "list", "error", "maintenance")
"""How an endpoint may answer: the connection ends, nothing comes until it is let go, the answer breaks off, half the JSON, no
JSON, JSON that is no object, 500, 503."""


@dataclass
class _Code:
    """What an authorization code stands for."""

    person: Member
    crime: Crime
    asked: Mapping[str, str]
    """The parameters of the authorization request."""
    spent: bool = False


class CrookedProvider:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.chosen: Member = BOOKER
        self.crime = ""
        self.described: dict[str, Any] = {}
        """What its description says otherwise; None leaves out."""
        self.keys: list[dict[str, Any]] = [dict(the_key().as_dict(private=False))]
        self.signing: RSAKey = the_key()
        self.asked: list[str] = []
        """The endpoints that were asked, in order."""
        self.secret_seen = ""
        """How the client proved itself last: `basic` or `post`."""
        self.let_go = threading.Event()
        self._troubles: dict[str, str] = {}
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, _Code] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **changed: Any) -> OpenIdSettings:
        return OpenIdSettings(
            **{"issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET, "seconds": 5.0, **changed}
        )

    @contextmanager
    def trouble(self, endpoint: str, kind: str) -> Iterator[None]:
        """While it lasts, one of ENDPOINTS answers as one of TROUBLES says."""
        self._troubles[endpoint] = kind
        self.let_go.clear()
        try:
            yield
        finally:
            self.let_go.set()
            del self._troubles[endpoint]

    def answer(self, address: str, person: Member, crime: str = "") -> dict[str, str]:
        """What the browser brings back that was sent to `address`, once `person` has identified there."""
        asked = dict(parse_qsl(urlsplit(address).query))
        committed = CRIMES[crime]
        about = asked
        if committed.another_order:
            about = {**asked, "nonce": secrets.token_urlsafe(32), "code_challenge": _challenge(secrets.token_urlsafe(48))}
        code = secrets.token_urlsafe(16)
        self._codes[code] = _Code(person, committed, about, committed.spent)
        honest = {"code": code, "state": asked["state"], "iss": self.issuer}
        return _changed(honest, committed.returned)

    def back(self, address: str, person: Member, crime: str = "") -> str:
        """The same as the whole address that the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        return f"{asked['redirect_uri']}?{urlencode(self.answer(address, person, crime))}"

    def rotate_keys(self, key: RSAKey) -> None:
        """From now on it signs with another key, and says so."""
        self.keys, self.signing = [dict(key.as_dict(private=False))], key

    # --- what the endpoints say -----------------------------------------------------------------------------------------

    def begin_answer(self, endpoint: str) -> str:
        """Counts the question, and says in which trouble the endpoint is."""
        self.asked.append(endpoint)
        kind = self._troubles.get(endpoint, "")
        if kind == "slow":
            self.let_go.wait()
        return kind

    def say(self, endpoint: str, form: Mapping[str, str], authorization: str) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        if endpoint == "token":
            return self._token(form, authorization)
        if endpoint == "userinfo":
            return self._userinfo(authorization)
        return 200, self._discovery() if endpoint == "discovery" else {"keys": self.keys}

    def _discovery(self) -> dict[str, Any]:
        doors = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")}
        honest = {
            "issuer": self.issuer,
            **doors,
            "jwks_uri": f"{self.issuer}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _changed(honest, self.described)

    def _token(self, form: Mapping[str, str], authorization: str) -> tuple[int, Any]:
        self.secret_seen = "basic" if authorization else "post"
        if _proof(form, authorization) != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        code = self._codes.get(form.get("code", ""))
        if code is None or code.spent or not _fits(code, form):
            return 400, {"error": "invalid_grant", "error_description": "Koden är förbrukad eller hör till någon annan."}
        code.spent = True
        access = secrets.token_urlsafe(16)
        self._access[access] = code
        token = SIGNATURES[code.crime.sign](self._claims(code), self.signing)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def _userinfo(self, authorization: str) -> tuple[int, Any]:
        code = self._access.get(authorization.removeprefix("Bearer "))
        if code is None:
            return 401, {"error": "invalid_token"}
        return 200, _changed({"sub": _subject(code.person), **_names(code.person)}, code.crime.userinfo)

    def _claims(self, code: _Code) -> Claims:
        now = int(self.clock.now().timestamp())
        times = {"iat": now, "exp": now + 120, "auth_time": now}
        numbered = COORDINATION if int(code.person.number[6:8]) > 60 else PERSONAL
        honest = {
            "iss": self.issuer,
            "sub": _subject(code.person),
            "aud": CLIENT,
            "nonce": code.asked["nonce"],
            "acr": LEVEL_3,
            numbered: code.person.number,
            **times,
            **_names(code.person),
        }
        moved = {name: _moved(name, value, now) for name, value in code.crime.claims.items()}
        return _changed(honest, moved)


def _moved(name: str, value: Any, now: int) -> Any:
    return now + value if name in ("iat", "exp", "nbf", "auth_time") and value is not None else value


def _changed(honest: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**honest, **changes}.items() if value is not None}


def _subject(person: Member) -> str:
    return sha256(person.number.encode()).hexdigest()[:16]


def _names(person: Member) -> dict[str, str]:
    return {"given_name": person.given_name, "family_name": person.family_name}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _proof(form: Mapping[str, str], authorization: str) -> str:
    """The client's name and secret, by HTTP Basic or in the form."""
    if authorization:
        return base64.b64decode(authorization.removeprefix("Basic ")).decode()
    return f"{form.get('client_id')}:{form.get('client_secret')}"


def _fits(code: _Code, form: Mapping[str, str]) -> bool:
    proven = code.asked["code_challenge_method"] == "S256" and code.asked["code_challenge"] == _challenge(
        form.get("code_verifier", "")
    )
    return form.get("redirect_uri") == code.asked["redirect_uri"] and (proven or code.crime.verifier_ignored)


# --- HTTP ---------------------------------------------------------------------------------------------------------------

PATHS = {"/.well-known/openid-configuration": "discovery", "/jwks": "jwks", "/userinfo": "userinfo", "/token": "token"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, crooked: CrookedProvider) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.crooked = crooked


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/authorization":
            crooked = self.server.crooked
            self.send_response(303)
            self.send_header("Location", crooked.back(self.path, crooked.chosen, crooked.crime))
            self.end_headers()
        elif path in PATHS:
            self._say(PATHS[path], {})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._say(PATHS[self.path], dict(parse_qsl(body)))

    def _say(self, endpoint: str, form: Mapping[str, str]) -> None:
        crooked = self.server.crooked
        kind = crooked.begin_answer(endpoint)
        if kind in ("down", "slow"):
            return
        status, told = crooked.say(endpoint, form, self.headers.get("Authorization", ""))
        status = {"error": 500, "maintenance": 503}.get(kind, status)
        body = _spoilt(json.dumps(told).encode(), kind)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) * 2 if kind == "cut" else len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: a test's output is the test's."""


def _spoilt(body: bytes, kind: str) -> bytes:
    return {"half": body[: len(body) // 2], "nonsense": b"<html>hej</html>", "list": b"[]"}.get(kind, body)
