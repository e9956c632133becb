"""BankID as tests hold it: the stand-in, which follows their clock, and the phone of whoever answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from journal_core.clock import Clock
from journal_core.registers.bankid import BankId
from journal_core.registers.bankid_phone import Phone
from journal_core.registers.bankid_standin import BankIdStandIn
from journal_core.registers.eid import Asked, Begun, Identified
from tests.build.clocks import FixedClock

SOMEBODY = Identified("198503149802", "Maja", "Ekman")
INTRO = {"sv": "Logga in hos **Vaccinporten**", "en": "Log in to **Vaccinporten**"}
ASKED = Asked("0" * 32, "https://vaccin.example.org/back", "192.0.2.1", "a browser", "sv")


class Bank:
    def __init__(self, folder: Path) -> None:
        self._clock: Clock = FixedClock()
        self.standin = BankIdStandIn(folder, self)

    def now(self) -> datetime:
        return self._clock.now()

    def begins_anew(self, clock: Clock) -> None:
        """As if nobody had ever asked, and by that clock from now on."""
        self._clock = clock
        self.standin.begins_anew()

    @property
    def phone(self) -> Phone:
        return Phone(self.standin.folder, self.standin.address)

    def asked_by(self, **otherwise: Any) -> BankId:
        """Whoever asks it."""
        known = {
            "address": self.standin.address,
            "certificate": self.standin.certificate,
            "key": self.standin.key,
            "authority": self.standin.authority,
            "intro": INTRO,
            "for_development": True,
        }
        return BankId(**{**known, **otherwise})

    def signs(self, begun: Begun, who: Identified = SOMEBODY) -> None:
        """On the device that shows the page."""
        opened = self.phone.start(begun.kept["autoStartToken"])
        self.phone.sign(opened, who.number or "", who.given_name, who.family_name)


@contextmanager
def a_bank(folder: Path) -> Iterator[Bank]:
    bank = Bank(folder)
    with bank.standin:
        yield bank
