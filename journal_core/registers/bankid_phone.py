"""The person's phone before the stand-in of BankID: opens what is asked, and answers it. Any process may hold one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from journal_core.registers.bankid_certificates import certificates_in

SECONDS = 10


class PhoneRefused(Exception):
    """The app could not do it: qrUnreadable, qrTooOld, alreadyStarted, noSuchOrder, otherPerson, invalidParameters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """What the app shows, once it has opened an order."""

    token: str
    text: str
    """What the order is about, in simple Markdown."""
    return_url: str | None
    """Where the app leads afterwards; None: the code was read off another device."""


class Phone:
    def __init__(self, folder: Path, address: str) -> None:
        """`folder`: where the stand-in keeps its certificates. `address`: the stand-in's, as BankId is given it."""
        self._certificates = certificates_in(folder)
        self._address = address

    def scan(self, qr: str) -> Opened:
        """Reads a QR code. Raises PhoneRefused."""
        return self._opened("scan", qr=qr)

    def start(self, auto_start_token: str) -> Opened:
        """Is opened by a link on the same device. Raises PhoneRefused."""
        return self._opened("start", autoStartToken=auto_start_token)

    def sign(self, opened: Opened, number: str, given_name: str, surname: str) -> None:
        """Raises PhoneRefused."""
        self._do("sign", token=opened.token, number=number, given_name=given_name, surname=surname)

    def cancel(self, opened: Opened) -> None:
        """Raises PhoneRefused."""
        self._do("cancel", token=opened.token)

    def hint(self, auto_start_token: str, code: str, *, failed: bool = False) -> None:
        """Makes an order say a hint code. Raises PhoneRefused."""
        self._do("hint", autoStartToken=auto_start_token, hintCode=code, status="failed" if failed else "pending")

    def _opened(self, way: str, **body: str) -> Opened:
        said = self._do(way, **body)
        return Opened(said["token"], said["text"], said["returnUrl"])

    def _do(self, endpoint: str, **body: str) -> dict[str, Any]:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                urljoin(self._address, f"/app/{endpoint}"),
                json=body,
                cert=(self._certificates.client, self._certificates.client_key),
                verify=self._certificates.authority,
                timeout=SECONDS,
            )
        said: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise PhoneRefused(said["errorCode"])
        return said
