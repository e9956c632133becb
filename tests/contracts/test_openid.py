"""OpenID Connect against a real provider that others wrote, over plain HTTP, as a browser without JavaScript would go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests

from journal_core.clock import SystemClock
from journal_core.registers.eid import Asked, Begun, EidTrouble, Identified, NotIdentified
from journal_core.registers.openid import OpenId
from tests.build.cast import BOOKER, COORDINATED, GUARDIAN, NURSE_ELSEWHERE, NURSE_HERE, Member
from tests.build.clocks import FixedClock
from tests.build.crimes import another_key
from tests.build.crooked import CrookedProvider
from tests.build.openid import FREJA, LEVEL_2, LEVELS, client_settings, real_provider

BACK = "http://127.0.0.1:4711/logga-in/tillbaka"
"""Nobody listens there: the browser stops at the door."""
HSA_IDS = {NURSE_HERE.number: "SE2321000016-1A2B", NURSE_ELSEWHERE.number: "SE2321000016-3C4D"}
PEOPLE = (BOOKER, GUARDIAN, COORDINATED, NURSE_HERE, NURSE_ELSEWHERE)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider([BACK], PEOPLE, HSA_IDS, only_userinfo=[GUARDIAN, NURSE_ELSEWHERE]) as address:
        yield address


def asked(order: str = "a" * 32) -> Asked:
    return Asked(order, BACK, "192.0.2.1", "a browser", "sv")


def eid_of(issuer: str, name: str = "sweden-connect", **changed: object) -> OpenId:
    return OpenId(client_settings(issuer, name, **changed), SystemClock())


class Visitor:
    """A browser with its cookies, until it is sent back to us."""

    def __init__(self) -> None:
        self._session = requests.Session()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def choose(self, begun: Begun, **form: str) -> dict[str, str]:
        """Goes where it is sent, fills in the form there, and gives what it brings back."""
        page = self._session.get(begun.address or "")
        assert 'id="choose"' in page.text, page.text
        return self._followed(self._session.post(page.url, data=form, allow_redirects=False))

    def passed(self, address: str) -> dict[str, str]:
        """What it brings back from an address where nothing is asked."""
        return self._followed(self._session.get(address, allow_redirects=False))

    def _followed(self, answer: requests.Response) -> dict[str, str]:
        while not (there := answer.headers["Location"]).startswith(BACK):
            answer = self._session.get(urljoin(answer.url, there), allow_redirects=False)
        return dict(parse_qsl(urlsplit(there).query))


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with Visitor() as made:
        yield made


def named(who: Member, hsa_id: str | None = None, *, numbered: bool = True) -> Identified:
    return Identified(who.number if numbered else None, who.given_name, who.family_name, hsa_id)


PERSON_ORG = "https://id.oidc.se/scope/naturalPersonOrgId"


@pytest.mark.parametrize(
    ("name", "changed", "who", "expected"),
    [
        ("sweden-connect", {}, BOOKER, named(BOOKER)),
        ("sweden-connect", {}, COORDINATED, named(COORDINATED)),
        ("sweden-connect", {}, GUARDIAN, named(GUARDIAN)),
        ("sweden-connect", {}, NURSE_HERE, named(NURSE_HERE)),
        ("freja", {}, BOOKER, named(BOOKER)),
        ("freja", {}, COORDINATED, named(COORDINATED)),
        ("siths", {}, NURSE_HERE, named(NURSE_HERE, HSA_IDS[NURSE_HERE.number], numbered=False)),
        ("siths", {}, NURSE_ELSEWHERE, named(NURSE_ELSEWHERE, HSA_IDS[NURSE_ELSEWHERE.number], numbered=False)),
        ("siths", {"scopes": (PERSON_ORG,)}, NURSE_HERE, named(NURSE_HERE, HSA_IDS[NURSE_HERE.number], numbered=False)),
    ],
    ids=["personal", "coordination", "userinfo", "hsa unasked", "freja", "freja coordination", "hsa", "hsa signed", "org"],
)
def test_who_identifies_there_is_named_here(
    issuer: str, visitor: Visitor, name: str, changed: dict[str, object], who: Member, expected: Identified
) -> None:
    eid = eid_of(issuer, name, **changed)
    begun = eid.begin(asked())
    assert eid.collect(begun, visitor.choose(begun, number=who.number)) == expected


def test_a_staff_provider_may_name_somebody_without_hsa_id_who_is_then_nobody(issuer: str, visitor: Visitor) -> None:
    eid = eid_of(issuer, "siths")
    begun = eid.begin(asked())
    assert eid.collect(begun, visitor.choose(begun, number=BOOKER.number)) == NotIdentified("no_number")


def test_the_level_is_checked_here_for_the_provider_does_not(issuer: str, visitor: Visitor) -> None:
    lower = str(LEVELS.index(LEVEL_2))
    for least, found in ((3, NotIdentified("level_too_low")), (2, named(BOOKER))):
        eid = eid_of(issuer, level=least)
        begun = eid.begin(asked())
        assert eid.collect(begun, visitor.choose(begun, number=BOOKER.number, level=lower)) == found


def test_a_level_may_be_told_by_another_claim(issuer: str, visitor: Visitor) -> None:
    told = {"level_claim": f"{FREJA.removesuffix('/scopes')}/claims/loaLevel", "levels": {"LOA2": 2, "LOA3": 3}}
    eid = eid_of(issuer, "freja", acr_values=(), **told)
    for level, found in (("0", named(BOOKER)), (str(LEVELS.index(LEVEL_2)), NotIdentified("level_too_low"))):
        begun = eid.begin(asked())
        assert eid.collect(begun, visitor.choose(begun, number=BOOKER.number, level=level)) == found


def test_giving_it_up_there_is_no_trouble_here(issuer: str, visitor: Visitor) -> None:
    eid = eid_of(issuer)
    begun = eid.begin(asked())
    assert eid.collect(begun, visitor.choose(begun, cancel="1")) == NotIdentified("access_denied")


def test_an_answer_holds_once(issuer: str, visitor: Visitor) -> None:
    eid = eid_of(issuer)
    begun = eid.begin(asked())
    returned = visitor.choose(begun, number=BOOKER.number)
    assert eid.collect(begun, returned) == named(BOOKER)
    assert eid.collect(begun, returned) == NotIdentified("expired")


def test_a_browser_that_has_just_identified_must_do_so_again(issuer: str, visitor: Visitor) -> None:
    """Visitor.choose meets the form each time. The provider would have let it pass."""
    eid = eid_of(issuer)
    for who in (BOOKER, BOOKER, COORDINATED):
        begun = eid.begin(asked())
        assert eid.collect(begun, visitor.choose(begun, number=who.number)) == named(who)
    lax = (eid.begin(asked()).address or "").replace("&prompt=login", "").replace("&max_age=0", "")
    assert visitor.passed(lax)["code"]


def test_the_code_of_anothers_identification_is_worth_nothing(issuer: str, visitor: Visitor) -> None:
    eid = eid_of(issuer)
    mine, anothers = eid.begin(asked("a" * 32)), eid.begin(asked("b" * 32))
    stolen = visitor.choose(anothers, number=COORDINATED.number)
    assert eid.collect(mine, stolen) == NotIdentified("not_trusted")
    assert eid.collect(mine, {**stolen, "state": "a" * 32}) == NotIdentified("expired")


def test_the_provider_demands_the_challenge(issuer: str, visitor: Visitor) -> None:
    address = eid_of(issuer).begin(asked()).address or ""
    without = "&".join(part for part in address.split("&") if not part.startswith("code_challenge"))
    assert visitor.passed(without)["error"] == "invalid_request"


def test_a_wrong_secret_is_the_operators_trouble(issuer: str, visitor: Visitor) -> None:
    eid = eid_of(issuer, client_secret="another")
    begun = eid.begin(asked())
    with pytest.raises(EidTrouble) as trouble:
        eid.collect(begun, visitor.choose(begun, number=BOOKER.number))
    assert trouble.value.code == "invalid_client"


# --- what needs a clock that can be moved, or a provider that tells what it was asked -----------------------------------


def test_the_browser_is_sent_with_all_that_a_login_of_its_own_needs(crooked: CrookedProvider) -> None:
    eid = OpenId(crooked.settings(acr_values=("urn:one", "urn:other")), crooked.clock)
    first, second = eid.begin(asked()), eid.begin(asked())
    told = dict(parse_qsl(urlsplit(first.address or "").query))
    secret = {name: told.pop(name) for name in ("nonce", "code_challenge")}
    assert told == {
        "response_type": "code",
        "client_id": "vaccinporten",
        "redirect_uri": BACK,
        "scope": "openid https://id.oidc.se/scope/naturalPersonInfo https://id.oidc.se/scope/naturalPersonNumber",
        "state": "a" * 32,
        "code_challenge_method": "S256",
        "acr_values": "urn:one urn:other",
        "prompt": "login",
        "max_age": "0",
        "ui_locales": "sv",
    }
    assert all(len(value) >= 43 for value in secret.values()), "256 bits each"
    assert not set(first.kept.values()) & {first.kept["nonce"], first.kept["verifier"]} & set(second.kept.values())
    assert first.kept["verifier"] not in (first.address or "")


def test_a_provider_is_asked_for_its_description_and_keys_once_an_hour(crooked: CrookedProvider, clock: FixedClock) -> None:
    eid = OpenId(crooked.settings(), clock)
    for minutes, expected in ((0, 1), (59, 1), (1, 2)):
        clock.advance(minutes=minutes)
        begun = eid.begin(asked())
        assert isinstance(eid.collect(begun, crooked.answer(begun.address or "", BOOKER)), Identified)
        assert [crooked.asked.count(name) for name in ("discovery", "jwks")] == [expected, expected]


def test_keys_that_were_changed_are_found_but_not_asked_for_all_the_time(crooked: CrookedProvider, clock: FixedClock) -> None:
    eid = OpenId(crooked.settings(), clock)

    def found(crime: str = "") -> object:
        begun = eid.begin(asked())
        return eid.collect(begun, crooked.answer(begun.address or "", BOOKER, crime))

    assert found() == named(BOOKER)
    clock.advance(minutes=2)
    crooked.rotate_keys(another_key())
    assert found() == named(BOOKER)
    assert [found("key_brought_along") for _ in range(3)] == [NotIdentified("not_trusted")] * 3
    assert crooked.asked.count("jwks") == 2
    clock.advance(minutes=1)
    assert found("key_brought_along") == NotIdentified("not_trusted")
    assert crooked.asked.count("jwks") == 3


@pytest.mark.parametrize(
    ("methods", "way"),
    [
        (None, "basic"),
        (["client_secret_post"], "post"),
        (["client_secret_post", "client_secret_basic"], "basic"),
    ],
)
def test_the_secret_is_shown_as_the_provider_wants(crooked: CrookedProvider, methods: list[str] | None, way: str) -> None:
    crooked.described = {"token_endpoint_auth_methods_supported": methods}
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(asked())
    assert eid.collect(begun, crooked.answer(begun.address or "", BOOKER)) == named(BOOKER)
    assert crooked.secret_seen == way


def test_a_slash_at_the_end_belongs_to_the_name_and_not_to_the_address(crooked: CrookedProvider) -> None:
    crooked.described = {"issuer": f"{crooked.issuer}/"}
    assert OpenId(crooked.settings(issuer=f"{crooked.issuer}/"), crooked.clock).begin(asked()).address
    with pytest.raises(EidTrouble, match="wrong_issuer"):
        OpenId(crooked.settings(), crooked.clock).begin(asked())


def test_a_provider_that_does_not_name_itself_need_not(crooked: CrookedProvider) -> None:
    crooked.described = {"authorization_response_iss_parameter_supported": None}
    eid = OpenId(crooked.settings(), crooked.clock)
    begun = eid.begin(asked())
    assert eid.collect(begun, crooked.answer(begun.address or "", BOOKER, "no_issuer_parameter")) == named(BOOKER)


def test_nobody_listening_is_unreachable(crooked: CrookedProvider) -> None:
    with CrookedProvider(crooked.clock) as gone:
        eid = OpenId(gone.settings(), gone.clock)
        begun = eid.begin(asked())
        returned = gone.answer(begun.address or "", BOOKER)
    with pytest.raises(EidTrouble, match="unreachable"):
        eid.collect(begun, returned)


def test_nothing_secret_or_personal_is_said_or_logged(crooked: CrookedProvider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = crooked.settings()
    eid = OpenId(settings, crooked.clock)
    begun = eid.begin(asked())
    returned = crooked.answer(begun.address or "", BOOKER, "names_at_userinfo")
    with crooked.trouble("userinfo", "cut"), pytest.raises(EidTrouble) as trouble:
        eid.collect(begun, returned)
    forged = eid.begin(asked("b" * 32))
    assert isinstance(eid.collect(forged, crooked.answer(forged.address or "", BOOKER, "tampered")), NotIdentified)
    said = caplog.text + repr(trouble.value) + repr(settings) + repr(begun)
    secrets = {*returned.values(), *begun.kept.values(), settings.client_secret, BOOKER.number, BOOKER.family_name}
    harmless = {crooked.issuer, BACK, begun.kept["begun_at"]}
    assert not [each for each in secrets - harmless if each in said]
