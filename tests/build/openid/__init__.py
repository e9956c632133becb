"""A real OpenID provider for tests: npm's oidc-provider in a process of its own, on loopback.

    with real_provider(["http://127.0.0.1/back"], [BOOKER]) as issuer:
        eid = OpenId(client_settings(issuer, "sweden-connect"), SystemClock())

It lives by the wall clock. Its page has one form, `choose`: `number` names one of the people, `level` one of LEVELS by place,
`cancel` gives it up. A return address on 127.0.0.1 holds for every port, as for programs on one's own machine (RFC 8252).
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journal_core.registers.openid import OpenIdSettings
from tests.build.cast import Member

SCRIPT = Path(__file__).with_name("provider.mjs")
SECRET = "a secret of the tests, shared with the real provider"
LEVEL_3, LEVEL_2, LEVEL_4 = (f"http://id.elegnamnden.se/loa/1.0/loa{level}" for level in (3, 2, 4))
SITHS_LEVEL_3 = "http://id.sambi.se/loa/loa3"
LEVELS = (LEVEL_3, LEVEL_2, LEVEL_4, SITHS_LEVEL_3)
"""Those that one may choose, the preset first."""

FREJA = "https://frejaeid.com/oidc/scopes"
CLIENTS: Mapping[str, Mapping[str, Any]] = {
    "sweden-connect": {},
    "freja": {"scopes": ("profile", f"{FREJA}/personalIdentityNumber", f"{FREJA}/loaLevel")},
    "siths": {"scopes": ("employee",), "acr_values": (SITHS_LEVEL_3, LEVEL_3), "hsa": True},
}
"""Our settings, by the provider they resemble."""
REGISTERED: Mapping[str, Mapping[str, str]] = {
    "sweden-connect": {"id_token_signed_response_alg": "ES256"},
    "freja": {"id_token_signed_response_alg": "RS256"},
    "siths": {"id_token_signed_response_alg": "PS256", "userinfo_signed_response_alg": "PS256"},
}
"""What the provider knows of them beside id, secret and return addresses."""


def client_settings(issuer: str, name: str, **changed: Any) -> OpenIdSettings:
    return OpenIdSettings(**{"issuer": issuer, "client_id": name, "client_secret": SECRET, **CLIENTS[name], **changed})


@contextmanager
def real_provider(
    redirect_uris: Sequence[str],
    people: Sequence[Member],
    hsa_ids: Mapping[str, str] | None = None,
    only_userinfo: Sequence[Member] = (),
) -> Iterator[str]:
    """Its issuer address, as long as the block lasts.

    `hsa_ids`: by identity number, for staff. `only_userinfo`: people whose claims are told at the userinfo endpoint alone.
    """
    told = json.dumps(
        {
            "people": [_person(each, hsa_ids or {}, each in only_userinfo) for each in people],
            "levels": LEVELS,
            "clients": [_client(name, redirect_uris) for name in CLIENTS],
        }
    )
    with tempfile.TemporaryFile("w+") as said, _started(said) as process:
        try:
            yield _address(process, told, said)
        finally:
            process.terminate()
            process.wait()


def _started(said: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True)


def _address(process: subprocess.Popen[str], told: str, said: Any) -> str:
    """What it says once it listens. Raises RuntimeError with its own words when it ended instead."""
    assert process.stdin and process.stdout
    process.stdin.write(told + "\n")
    process.stdin.flush()
    address = process.stdout.readline().strip()
    if not address:
        said.seek(0)
        raise RuntimeError(f"the provider did not start: {said.read()}")
    return address


def _person(member: Member, hsa_ids: Mapping[str, str], only_userinfo: bool) -> dict[str, Any]:
    return {
        "number": member.number,
        "given_name": member.given_name,
        "family_name": member.family_name,
        "hsa_id": hsa_ids.get(member.number),
        "only_userinfo": only_userinfo,
    }


def _client(name: str, redirect_uris: Sequence[str]) -> dict[str, Any]:
    local = all(address.startswith("http://127.0.0.1") for address in redirect_uris)
    return {
        "client_id": name,
        "client_secret": SECRET,
        "redirect_uris": list(redirect_uris),
        "application_type": "native" if local else "web",
        **REGISTERED[name],
    }
