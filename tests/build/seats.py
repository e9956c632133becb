"""Browsers without pages: who sits there is logged in by a row, and sends forms with a token that is valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from journal_core.access import use_cases as access
from journal_core.registers.eid import Asked, Begun, Pending
from portal.web.services import EidChoice, Services
from portal.web.sessions import new_reference
from tests.build.clocks import START

PORTAL, KIOSK = "portal", "kiosk"
Doors = Mapping[str, Flask]


def services_of(doors: Doors) -> Services:
    found: Services = doors[PORTAL].extensions["services"]
    return found


@dataclass(frozen=True)
class Seat:
    """One browser, known by the same reference at every door. It keeps no cookies: each answer stands by itself."""

    doors: Doors
    reference: str = field(default_factory=new_reference)
    tokens: dict[str, str] = field(default_factory=dict)
    """For forms, by door."""

    @property
    def owner(self) -> str:
        """What rows on the server are kept under."""
        return services_of(self.doors).vault.hash("session", self.reference)

    def sit_down(
        self,
        session: Session,
        *,
        person_id: int | None = None,
        account_id: int | None = None,
        assignment_id: int | None = None,
        acting_for_id: int | None = None,
        now: datetime = START,
    ) -> None:
        """Logged in, without a page having been opened for it."""
        access.log_in(
            session,
            self.owner,
            now,
            person_id=person_id,
            account_id=account_id,
            assignment_id=assignment_id,
            eid="testperson",
        )
        if acting_for_id is not None:
            access.act_for(session, self.owner, self.owner, acting_for_id)

    def ask(self, door: str, method: str, address: str, fields: Mapping[str, str] | None = None) -> TestResponse:
        app = self.doors[door]
        form = {**(fields or {}), "csrf_token": self.token(door)} if method == "POST" else None
        client = FlaskClient(app, app.response_class, use_cookies=False)
        return client.open(address, method=method, data=form, headers={"Cookie": self._cookie(door)}, buffered=True)

    def token(self, door: str) -> str:
        if door not in self.tokens:
            with self.doors[door].test_request_context(headers={"Cookie": self._cookie(door)}):
                self.tokens[door] = generate_csrf()
        return self.tokens[door]

    def _cookie(self, door: str) -> str:
        return f"{self.doors[door].config['SESSION_COOKIE_NAME']}={self.reference}"


class PaperApp:
    """An e-ID in an app that nobody ever answers."""

    for_development = True

    def begin(self, asked: Asked) -> Begun:
        return Begun(f"paper-{asked.order}")

    def collect(self, begun: Begun, returned: Mapping[str, str]) -> Pending:
        return Pending("outstandingTransaction")

    def qr_text(self, begun: Begun, begun_at: datetime, now: datetime) -> str:
        return begun.reference

    def app_address(self, begun: Begun, *, mobile: bool) -> str:
        return "https://app.example/"

    def cancel(self, begun: Begun) -> None:
        return


PAPER_APP = EidChoice("pappersapp", "Pappersappen", PaperApp(), residents=True, staff=True)
