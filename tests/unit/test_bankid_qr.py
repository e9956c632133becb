"""The text of BankID's QR code, which is another one each second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from journal_core.registers.bankid import BankId
from journal_core.registers.eid import Begun
from tests.build.clocks import START

TOKEN, SECRET = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
PROOFS = {
    0: "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
    1: "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2",
}
"""As BankID's own documentation works them out."""


def text_after(seconds: float) -> str:
    bankid = BankId("https://bankid.example.org", "c.pem", "k.pem", "a.pem", {"sv": "Hej"})
    begun = Begun("order", {"qrStartToken": TOKEN, "qrStartSecret": SECRET, "autoStartToken": "auto", "nonce": "nonce"})
    return bankid.qr_text(begun, START, START + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", PROOFS)
def test_the_documented_examples(seconds: int) -> None:
    assert text_after(seconds) == f"bankid.{TOKEN}.{seconds}.{PROOFS[seconds]}"


def test_only_whole_seconds_count() -> None:
    assert text_after(0.999) == text_after(0) != text_after(1)
    assert text_after(1.999) == text_after(1)


def test_a_clock_that_lags_behind_makes_no_time_before_the_beginning() -> None:
    assert text_after(-2) == text_after(0)


def test_the_secret_is_not_in_it() -> None:
    assert SECRET not in text_after(7)
