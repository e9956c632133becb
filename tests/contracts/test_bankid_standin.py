"""The stand-in of BankID is as strict as BankID: what it refuses, what it makes, and that it bears bad company."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from journal_core.registers.bankid_phone import PhoneRefused
from journal_core.registers.bankid_standin import BankIdStandIn
from tests.build.bankid import ASKED, Bank
from tests.build.clocks import FixedClock

RIGHT = {"endUserIp": "192.0.2.1"}
TEXT = "SGVq"


@pytest.fixture
def caller(bank: Bank) -> Iterator[requests.Session]:
    """With the right certificate."""
    with requests.Session() as session:
        session.trust_env = False
        session.cert = (bank.standin.certificate, bank.standin.key)
        session.verify = bank.standin.authority
        yield session


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def test_the_right_request_is_taken(bank: Bank, caller: requests.Session) -> None:
    answer = caller.post(f"{bank.standin.address}auth", json=RIGHT)
    assert answer.status_code == 200
    assert set(answer.json()) == {"orderRef", "autoStartToken", "qrStartToken", "qrStartSecret"}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"endUserIp": "somewhere"},
        {"endUserIp": 7},
        {**RIGHT, "personalNumber": "198503149802"},
        {**RIGHT, "requirement": {"personalNumber": "8503149802"}},
        {**RIGHT, "requirement": {"tokenStartRequired": True}},
        {**RIGHT, "userVisibleData": "not base64"},
        {**RIGHT, "userVisibleData": ""},
        {**RIGHT, "userVisibleData": "//8="},
        {**RIGHT, "userVisibleData": TEXT * 376},
        {**RIGHT, "userVisibleDataFormat": "html"},
        {**RIGHT, "returnUrl": ""},
        {**RIGHT, "returnUrl": "https://example.org/" + "x" * 493},
        {**RIGHT, "returnRisk": "yes"},
        {**RIGHT, "web": {"userAgent": "x" * 257}},
        {**RIGHT, "web": {"cookie": "x"}},
        {**RIGHT, "web": "a browser"},
    ],
)
def test_what_does_not_fit_is_refused(bank: Bank, caller: requests.Session, wrong: Mapping[str, object]) -> None:
    assert refusal(caller.post(f"{bank.standin.address}auth", json=wrong)) == (400, "invalidParameters")


def test_signing_needs_a_text_to_sign(bank: Bank, caller: requests.Session) -> None:
    sign = f"{bank.standin.address}sign"
    assert refusal(caller.post(sign, json=RIGHT)) == (400, "invalidParameters")
    assert caller.post(sign, json={**RIGHT, "userVisibleData": TEXT}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_only_an_object_of_json_is_taken(bank: Bank, caller: requests.Session, body: bytes) -> None:
    answer = caller.post(f"{bank.standin.address}auth", data=body, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (400, "invalidParameters")


def test_only_json_only_by_post_and_only_what_is_there(bank: Bank, caller: requests.Session) -> None:
    auth = f"{bank.standin.address}auth"
    assert refusal(caller.post(auth, data=RIGHT)) == (415, "unsupportedMediaType")
    assert refusal(caller.post(auth, data=b'{"endUserIp": "192.0.2.1"}')) == (415, "unsupportedMediaType")
    assert refusal(caller.get(auth)) == (405, "methodNotAllowed")
    assert refusal(caller.post(f"{bank.standin.address}payment", json=RIGHT)) == (404, "notFound")


@pytest.mark.parametrize("endpoint", ["collect", "cancel"])
def test_an_order_that_nobody_began_is_unknown(bank: Bank, caller: requests.Session, endpoint: str) -> None:
    answer = caller.post(f"{bank.standin.address}{endpoint}", json={"orderRef": "none"})
    assert answer.json() == {"errorCode": "invalidParameters", "details": "No such order"}


def test_an_order_for_one_person_is_answered_by_no_other(bank: Bank, caller: requests.Session) -> None:
    body = {**RIGHT, "requirement": {"personalNumber": "198409079814"}}
    begun = caller.post(f"{bank.standin.address}auth", json=body).json()
    opened = bank.phone.start(begun["autoStartToken"])
    with pytest.raises(PhoneRefused, match="otherPerson"):
        bank.phone.sign(opened, "198503149802", "Maja", "Ekman")
    bank.phone.sign(opened, "198409079814", "Erik", "Lund")


def test_what_has_ended_can_not_be_taken_back(bank: Bank, caller: requests.Session) -> None:
    begun = caller.post(f"{bank.standin.address}auth", json=RIGHT).json()
    opened = bank.phone.start(begun["autoStartToken"])
    bank.phone.sign(opened, "198503149802", "Maja", "Ekman")
    order = {"orderRef": begun["orderRef"]}
    assert refusal(caller.post(f"{bank.standin.address}cancel", json=order)) == (400, "invalidParameters")
    assert caller.post(f"{bank.standin.address}collect", json=order).json()["status"] == "complete"


def test_orders_that_nobody_asks_for_are_forgotten(bank: Bank, clock: FixedClock) -> None:
    eid = bank.asked_by()
    eid.begin(ASKED)
    clock.advance(seconds=300)
    eid.begin(ASKED)
    assert len(bank.standin._orders._orders) == 1


def test_only_the_owner_reads_the_keys_and_the_authority_has_none(bank: Bank) -> None:
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in bank.standin.folder.iterdir()}
    assert files == dict.fromkeys(("authority.pem", "server.pem", "server-key.pem", "client.pem", "client-key.pem"), 0o600)


def test_it_begins_with_new_certificates(bank: Bank, tmp_path: Path) -> None:
    with BankIdStandIn(tmp_path) as standin:
        before = Path(standin.authority).read_bytes()
        assert standin.address != bank.standin.address
    with BankIdStandIn(tmp_path) as standin:
        assert Path(standin.authority).read_bytes() != before


def test_whoever_connects_and_says_nothing_keeps_nobody_waiting(bank: Bank) -> None:
    where = urlsplit(bank.standin.address)
    with socket.create_connection((where.hostname or "", where.port or 0)):
        assert bank.asked_by().begin(ASKED).reference


def test_the_phone_works_while_bankid_does_not_answer_others(bank: Bank) -> None:
    begun = bank.asked_by().begin(ASKED)
    bank.standin.fails_with(503)
    assert bank.phone.start(begun.kept["autoStartToken"]).text
