"""BankID's adapter against the stand-in: what is sent, who is believed, each code, and all that can go wrong."""

from __future__ import annotations

import base64
import json
import logging
import socket
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from journal_core.registers.bankid import ERRORS, FAILED_HINTS, PENDING_HINTS, BankId
from journal_core.registers.bankid_certificates import make_certificates
from journal_core.registers.bankid_phone import PhoneRefused
from journal_core.registers.eid import AppId, Begun, EidTrouble, NotIdentified, Pending
from tests.build.bankid import ASKED, INTRO, SOMEBODY, Bank
from tests.build.clocks import FixedClock

IMPATIENT = 0.1


@pytest.fixture
def eid(bank: Bank) -> BankId:
    return bank.asked_by()


def trouble(what: Callable[[], object]) -> str:
    """The code with which it fails."""
    with pytest.raises(EidTrouble) as caught:
        what()
    return caught.value.code


# What is sent


def test_it_can_be_answered_in_an_app(eid: BankId) -> None:
    assert isinstance(eid, AppId)


def test_it_asks_for_no_more_than_it_must(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(replace(ASKED, language="en"))
    [(endpoint, body)] = bank.standin.asked
    assert endpoint == "auth"
    assert base64.b64decode(body["userVisibleData"]).decode() == INTRO["en"]
    back = urlsplit(body["returnUrl"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == ASKED.return_address
    assert parse_qs(back.query) == {"state": [ASKED.order], "nonce": [begun.kept["nonce"]]}
    assert {name: body[name] for name in body if name not in ("userVisibleData", "returnUrl")} == {
        "endUserIp": "192.0.2.1",
        "userVisibleDataFormat": "simpleMarkdownV1",
        "web": {"referringDomain": "vaccin.example.org", "userAgent": "a browser"},
    }


def test_each_order_has_a_nonce_of_its_own(eid: BankId) -> None:
    first, second = eid.begin(ASKED), eid.begin(ASKED)
    assert first.kept["nonce"] != second.kept["nonce"] and len(first.kept["nonce"]) >= 22


def test_a_long_browser_name_is_cut_and_a_missing_one_left_out(bank: Bank, eid: BankId) -> None:
    eid.begin(replace(ASKED, user_agent="x" * 999))
    eid.begin(replace(ASKED, user_agent=""))
    long, missing = [body["web"] for _endpoint, body in bank.standin.asked]
    assert long["userAgent"] == "x" * 256
    assert missing == {"referringDomain": "vaccin.example.org"}


def test_a_domain_with_letters_of_its_own_is_sent_as_it_is_registered(bank: Bank, eid: BankId) -> None:
    eid.begin(replace(ASKED, return_address="https://vårdcentral.example.org/back"))
    assert bank.standin.asked[-1][1]["web"]["referringDomain"] == "xn--vrdcentral-15a.example.org"


def test_a_language_that_the_intro_lacks_gets_swedish(bank: Bank, eid: BankId) -> None:
    eid.begin(replace(ASKED, language="fi"))
    assert base64.b64decode(bank.standin.asked[-1][1]["userVisibleData"]).decode() == INTRO["sv"]


@pytest.mark.parametrize(
    "otherwise",
    [
        {"address": "http://127.0.0.1/rp/v6.0"},
        {"intro": {"en": "Log in"}},
        {"intro": {"sv": ""}},
        {"intro": {"sv": "x" * 1126}},
    ],
)
def test_it_cannot_be_made_unsafe_or_mute(bank: Bank, otherwise: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"https|intro"):
        bank.asked_by(**otherwise)


def test_the_app_opens_with_the_token_and_nothing_else_of_ours(eid: BankId) -> None:
    begun = eid.begin(ASKED)
    token = begun.kept["autoStartToken"]
    assert eid.app_address(begun, mobile=True) == f"https://app.bankid.com/?autostarttoken={token}&redirect=null"
    assert eid.app_address(begun, mobile=False) == f"bankid:///?autostarttoken={token}&redirect=null"


def test_a_stand_ins_app_opens_where_it_is(bank: Bank) -> None:
    eid = bank.asked_by(app="/utveckling/bankid")
    begun = eid.begin(ASKED)
    for mobile in (True, False):
        assert eid.app_address(begun, mobile=mobile).startswith("/utveckling/bankid?autostarttoken=")


# Who is believed


def test_a_certificate_of_another_authority_is_not_let_in(bank: Bank, tmp_path: Path) -> None:
    others = make_certificates(tmp_path)
    eid = bank.asked_by(certificate=others.client, key=others.client_key)
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"
    assert not bank.standin.asked


def test_without_a_certificate_nobody_is_let_in(bank: Bank, eid: BankId) -> None:
    eid._certificate = None  # type: ignore[assignment]  # There is no other way to have none.
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"
    assert not bank.standin.asked


def test_a_certificate_file_that_is_not_there_asks_nobody(bank: Bank, tmp_path: Path) -> None:
    eid = bank.asked_by(certificate=str(tmp_path / "none.pem"))
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"
    assert not bank.standin.asked


def test_a_server_of_another_authority_is_told_nothing(bank: Bank, tmp_path: Path) -> None:
    eid = bank.asked_by(authority=make_certificates(tmp_path).authority)
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"
    assert not bank.standin.asked


def test_a_server_by_another_name_is_told_nothing(bank: Bank) -> None:
    eid = bank.asked_by(address=bank.standin.address.replace("127.0.0.1", "127.0.0.2"))
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"
    assert not bank.standin.asked


def test_the_environment_cannot_send_it_elsewhere(bank: Bank, eid: BankId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert eid.begin(ASKED).reference


# Answering


def test_many_ask_through_the_same_one_at_once(bank: Bank, eid: BankId) -> None:
    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(eid.begin, [ASKED] * 20))
        assert len({each.reference for each in begun}) == 20
        bank.signs(begun[7])
        found = list(threads.map(lambda each: eid.collect(each, {}), begun))
    assert [n for n, each in enumerate(found) if each == SOMEBODY] == [7]


def test_from_asked_to_identified(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    assert eid.collect(begun, {}) == Pending("outstandingTransaction")
    opened = bank.phone.start(begun.kept["autoStartToken"])
    assert opened.text == INTRO["sv"]
    assert eid.collect(begun, {}) == Pending("userSign")
    bank.phone.sign(opened, "198503149802", "Maja", "Ekman")
    assert eid.collect(begun, {}) == SOMEBODY


def test_a_result_is_read_once(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.signs(begun)
    assert eid.collect(begun, {}) == SOMEBODY
    assert eid.collect(begun, {}) == NotIdentified("gone")


def test_who_says_no_in_the_app_is_not_identified(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.phone.cancel(bank.phone.start(begun.kept["autoStartToken"]))
    assert eid.collect(begun, {}) == NotIdentified("userCancel")
    assert eid.collect(begun, {}) == NotIdentified("gone")


@pytest.mark.parametrize("hint", [*PENDING_HINTS, "brandNewHint"])
def test_each_hint_while_it_is_pending(bank: Bank, eid: BankId, hint: str) -> None:
    begun = eid.begin(ASKED)
    bank.phone.hint(begun.kept["autoStartToken"], hint)
    assert eid.collect(begun, {}) == eid.collect(begun, {}) == Pending(hint)


@pytest.mark.parametrize("hint", [*FAILED_HINTS, "brandNewHint"])
def test_each_hint_when_it_failed(bank: Bank, eid: BankId, hint: str) -> None:
    begun = eid.begin(ASKED)
    bank.phone.hint(begun.kept["autoStartToken"], hint, failed=True)
    assert eid.collect(begun, {}) == NotIdentified(hint)


def test_a_question_taken_back_can_no_longer_be_answered(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    eid.cancel(begun)
    assert eid.collect(begun, {}) == NotIdentified("gone")
    with pytest.raises(PhoneRefused, match="noSuchOrder"):
        bank.phone.start(begun.kept["autoStartToken"])
    eid.cancel(begun)  # again is no trouble


def test_taking_back_tells_of_other_troubles(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.standin.fails_with(503)
    assert trouble(lambda: eid.cancel(begun)) == "maintenance"


# The browser comes back


def test_the_app_leads_the_browser_that_began_back(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.signs(begun)
    assert eid.collect(begun, {"state": ASKED.order, "nonce": begun.kept["nonce"]}) == SOMEBODY


@pytest.mark.parametrize("returned", [{"nonce": "another"}, {"nonce": ""}, {"state": "0" * 32}, {"nonce": "åäö"}])
def test_another_browser_is_not_identified_and_bankid_not_even_asked(
    bank: Bank, eid: BankId, returned: Mapping[str, str]
) -> None:
    begun = eid.begin(ASKED)
    bank.signs(begun)
    assert eid.collect(begun, returned) == NotIdentified("not_ours")
    assert [endpoint for endpoint, _body in bank.standin.asked] == ["auth"]
    assert eid.collect(begun, {}) == SOMEBODY, "the one who began has lost nothing"


# Time


def test_an_order_that_no_app_has_opened_lives_thirty_seconds(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun = eid.begin(ASKED)
    clock.advance(seconds=29)
    assert eid.collect(begun, {}) == Pending("outstandingTransaction")
    clock.advance(seconds=1)
    with pytest.raises(PhoneRefused, match="noSuchOrder"):
        bank.phone.start(begun.kept["autoStartToken"])
    assert eid.collect(begun, {}) == NotIdentified("startFailed")


def test_an_opened_order_lives_three_minutes(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun = eid.begin(ASKED)
    opened = bank.phone.start(begun.kept["autoStartToken"])
    clock.advance(seconds=179)
    assert eid.collect(begun, {}) == Pending("userSign")
    clock.advance(seconds=1)
    with pytest.raises(PhoneRefused, match="noSuchOrder"):
        bank.phone.sign(opened, "198503149802", "Maja", "Ekman")
    assert eid.collect(begun, {}) == NotIdentified("expiredTransaction")


def test_a_result_waits_five_minutes_and_no_longer(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    first, second = eid.begin(ASKED), eid.begin(ASKED)
    bank.signs(first)
    bank.signs(second)
    clock.advance(seconds=299)
    assert eid.collect(first, {}) == SOMEBODY
    clock.advance(seconds=1)
    assert eid.collect(second, {}) == NotIdentified("gone")


# QR codes


def test_a_fresh_code_opens_the_order_and_leads_nowhere_back(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun, begun_at = eid.begin(ASKED), clock.now()
    clock.advance(seconds=7)
    opened = bank.phone.scan(eid.qr_text(begun, begun_at, clock.now()))
    assert opened.text == INTRO["sv"] and opened.return_url is None
    bank.phone.sign(opened, "198503149802", "Maja", "Ekman")
    assert eid.collect(begun, {}) == SOMEBODY


def test_a_code_that_somebody_passes_on_is_soon_too_old(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun, begun_at = eid.begin(ASKED), clock.now()
    passed_on = eid.qr_text(begun, begun_at, clock.now())
    clock.advance(seconds=6)
    with pytest.raises(PhoneRefused, match="qrTooOld"):
        bank.phone.scan(passed_on)
    assert eid.collect(begun, {}) == Pending("outstandingTransaction")
    assert bank.phone.scan(eid.qr_text(begun, begun_at, clock.now())).text == INTRO["sv"]


def test_a_code_of_a_later_second_cannot_be_made_up(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun, begun_at = eid.begin(ASKED), clock.now()
    name, token, seconds, proof = eid.qr_text(begun, begun_at, clock.now()).split(".")
    for made_up in (f"{name}.{token}.{int(seconds) + 1}.{proof}", f"{name}.{token}.0.{'0' * 64}", "bankid", ""):
        with pytest.raises(PhoneRefused, match=r"qrUnreadable|invalidParameters"):
            bank.phone.scan(made_up)


def test_an_order_is_opened_once(bank: Bank, eid: BankId, clock: FixedClock) -> None:
    begun = eid.begin(ASKED)
    bank.phone.start(begun.kept["autoStartToken"])
    for again in (
        lambda: bank.phone.start(begun.kept["autoStartToken"]),
        lambda: bank.phone.scan(eid.qr_text(begun, clock.now(), clock.now())),
    ):
        with pytest.raises(PhoneRefused, match="alreadyStarted"):
            again()


# Errors


@pytest.mark.parametrize("code", ERRORS)
def test_each_error_of_bankids_own(bank: Bank, eid: BankId, code: str) -> None:
    bank.standin.fails_with(400, {"errorCode": code, "details": "of no interest"})
    assert trouble(lambda: eid.begin(ASKED)) == code


@pytest.mark.parametrize("code", [code for code in ERRORS if code != "invalidParameters"])
def test_an_error_decides_nothing_about_an_order(bank: Bank, eid: BankId, code: str) -> None:
    begun = eid.begin(ASKED)
    bank.signs(begun)
    bank.standin.fails_with(400, {"errorCode": code, "details": "of no interest"})
    assert trouble(lambda: eid.collect(begun, {})) == code
    bank.standin.recovers()
    assert eid.collect(begun, {}) == SOMEBODY


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "unreadable"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "notFound"),
        (408, "requestTimeout"),
        (415, "unsupportedMediaType"),
        (418, "unreadable"),
        (429, "tooManyRequests"),
        (500, "internalError"),
        (502, "internalError"),
        (503, "maintenance"),
        (302, "unreadable"),
        (204, "unreadable"),
    ],
)
def test_an_error_that_says_nothing_goes_by_its_status(bank: Bank, eid: BankId, status: int, code: str) -> None:
    bank.standin.fails_with(status)
    assert trouble(lambda: eid.begin(ASKED)) == code


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errorCode": "brandNewCode"}', b'{"errorCode": ["canceled"]}'])
def test_an_error_that_says_nothing_known_does_too(bank: Bank, eid: BankId, body: bytes) -> None:
    bank.standin.fails_with(503, body)
    assert trouble(lambda: eid.begin(ASKED)) == "maintenance"


def test_maintenance_is_known_by_either_spelling(bank: Bank, eid: BankId) -> None:
    bank.standin.fails_with(500, {"errorCode": "Maintenance", "details": ""})
    assert trouble(lambda: eid.begin(ASKED)) == "maintenance"


def test_nobody_sends_it_elsewhere(bank: Bank, eid: BankId) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        bank.standin.fails_with(307, headers={"Location": f"https://127.0.0.1:{elsewhere.getsockname()[1]}/auth"})
        assert trouble(lambda: eid.begin(ASKED)) == "unreadable"
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


NEW_ORDER: Mapping[str, object] = dict.fromkeys(("orderRef", "autoStartToken", "qrStartToken", "qrStartSecret"), "a")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"orderRef": "a", "autoStartToken":',
        *({name: NEW_ORDER[name] for name in NEW_ORDER if name != missing} for missing in NEW_ORDER),
        *({**NEW_ORDER, wrong: value} for wrong, value in zip(NEW_ORDER, ("", None, 7, ["a"]), strict=True)),
    ],
)
def test_a_beginning_that_cannot_be_read_is_none(bank: Bank, eid: BankId, answer: bytes | Mapping[str, object]) -> None:
    bank.standin.fails_with(200, answer)
    assert trouble(lambda: eid.begin(ASKED)) == "unreadable"


def result(**changes: object) -> dict[str, object]:
    user = {"personalNumber": "198503149802", "name": "Maja Ekman", "givenName": "Maja", "surname": "Ekman"} | changes
    return {"orderRef": "mine", "status": "complete", "completionData": {"user": user}}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"orderRef": "mine"},
        {"orderRef": "mine", "status": "brandNew"},
        {"orderRef": "mine", "status": ["complete"]},
        {"orderRef": "mine", "status": "pending", "hintCode": 7},
        {"orderRef": "mine", "status": "failed", "hintCode": None},
        {"orderRef": "another", "status": "pending", "hintCode": "userSign"},
        {"orderRef": "another", "status": "failed", "hintCode": "userCancel"},
        {**result(), "orderRef": "another"},
        {**result(), "orderRef": None},
        {"orderRef": "mine", "status": "complete"},
        {"orderRef": "mine", "status": "complete", "completionData": None},
        {"orderRef": "mine", "status": "complete", "completionData": []},
        {"orderRef": "mine", "status": "complete", "completionData": {}},
        {"orderRef": "mine", "status": "complete", "completionData": {"user": "Maja"}},
        result(personalNumber="8503149802"),
        result(personalNumber="1985031498021"),
        result(personalNumber="19850314980A"),
        result(personalNumber="19850314980٢"),
        result(personalNumber="198503149802\n"),
        result(personalNumber=198503149802),
        result(personalNumber=None),
        result(givenName=None),
        result(givenName=""),
        result(surname=["Ekman"]),
    ],
)
def test_a_result_that_cannot_be_read_names_nobody(bank: Bank, eid: BankId, answer: Mapping[str, object]) -> None:
    bank.standin.fails_with(200, answer)
    assert trouble(lambda: eid.collect(Begun("mine"), {})) == "unreadable"


@pytest.mark.parametrize(("status", "expected"), [("pending", Pending()), ("failed", NotIdentified())])
def test_a_missing_hint_is_an_empty_one(bank: Bank, eid: BankId, status: str, expected: object) -> None:
    bank.standin.fails_with(200, {"orderRef": "mine", "status": status})
    assert eid.collect(Begun("mine"), {}) == expected


def test_a_well_formed_result_would_have_been_read(bank: Bank, eid: BankId) -> None:
    """The same answer as the malformed ones above, without their faults."""
    bank.standin.fails_with(200, result())
    assert eid.collect(Begun("mine"), {}) == SOMEBODY


# Down, slow, half


def every_verb(eid: BankId, begun: Begun) -> list[str]:
    return [trouble(lambda: eid.begin(ASKED)), trouble(lambda: eid.collect(begun, {})), trouble(lambda: eid.cancel(begun))]


def test_down(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.standin.goes_down()
    assert every_verb(eid, begun) == ["unreachable"] * 3
    bank.standin.recovers()
    assert eid.collect(begun, {}) == Pending("outstandingTransaction")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    eid = BankId(f"https://127.0.0.1:{port}", "c.pem", "k.pem", "a.pem", INTRO)
    assert trouble(lambda: eid.begin(ASKED)) == "unreachable"


def test_slow(bank: Bank) -> None:
    begun = bank.asked_by().begin(ASKED)
    bank.standin.goes_silent()
    assert every_verb(bank.asked_by(seconds=IMPATIENT), begun) == ["unreachable"] * 3


def test_a_server_that_takes_the_call_and_says_nothing(bank: Bank) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        eid = bank.asked_by(address=f"https://127.0.0.1:{mute.getsockname()[1]}", seconds=IMPATIENT)
        assert trouble(lambda: eid.begin(ASKED)) == "unreachable"


def test_half_an_answer(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.standin.answers_half()
    assert [trouble(lambda: eid.begin(ASKED)), trouble(lambda: eid.collect(begun, {}))] == ["unreadable"] * 2
    bank.standin.recovers()
    assert eid.collect(begun, {}) == Pending("outstandingTransaction")


def test_a_result_lost_on_the_way_names_nobody_ever(bank: Bank, eid: BankId) -> None:
    begun = eid.begin(ASKED)
    bank.signs(begun)
    bank.standin.answers_half()
    assert trouble(lambda: eid.collect(begun, {})) == "unreadable"
    bank.standin.recovers()
    assert eid.collect(begun, {}) == NotIdentified("gone")


# Nothing leaks


def test_neither_logs_nor_errors_tell_a_token_or_a_person(bank: Bank, eid: BankId, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    begun = eid.begin(ASKED)
    said = [repr(begun)]
    for breaks in (
        bank.standin.goes_down,
        bank.standin.answers_half,
        lambda: bank.standin.fails_with(200, json.dumps({**result(), "orderRef": begun.reference}).encode()[:-1]),
        lambda: bank.standin.fails_with(200, result(personalNumber="198503149802x")),
        lambda: bank.standin.fails_with(418, {"errorCode": "198503149802", "details": begun.kept["nonce"]}),
    ):
        bank.standin.recovers()
        breaks()
        with pytest.raises(EidTrouble) as caught:
            eid.collect(begun, {})
        said += traceback.format_exception(caught.value)
    bank.standin.recovers()
    bank.signs(begun)
    assert eid.collect(begun, {}) == SOMEBODY
    told = "\n".join([*said[1:], caplog.text])
    secrets = [begun.reference, *begun.kept.values(), "198503149802", "Ekman", ASKED.visitor, ASKED.order]
    assert "unreadable" in told and "/rp/v6.0/collect" in caplog.text
    assert [secret for secret in secrets if secret in told] == []
    assert [value for value in begun.kept.values() if value in said[0]] == []
