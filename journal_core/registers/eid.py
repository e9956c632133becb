"""e-ID as the portal sees it: begin an identification, then ask how it stands until it has an end.

Two ways fit: a provider to which the browser goes and from which it comes back (OpenID Connect), and one that is answered in an
app while the browser waits on our page (BankID). Who keeps the identification keeps what the provider has to be remembered by
(`Begun.kept`) as a secret, and hands it in again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Asked:
    """An identification that is asked for."""

    order: str
    """32 random hex digits that name it: the `state` that comes back with the browser."""
    return_address: str
    """Absolute, the same for all of a provider's identifications, without `state`."""
    visitor: str
    """The visitor's IP address as we see it."""
    user_agent: str
    language: str
    """Of the page, as in `sv`."""


@dataclass(frozen=True)
class Begun:
    """An identification under way."""

    reference: str
    """The provider's own name for it."""
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the provider has to be remembered by; secret."""
    address: str | None = field(default=None, repr=False)
    """Where the browser goes; None: it waits on our page while an app answers."""


@dataclass(frozen=True)
class Identified:
    """Whom the e-ID named."""

    number: str | None
    """A personnummer or samordningsnummer of twelve digits; None only for staff whose card tells the HSA-ID alone."""
    given_name: str
    family_name: str
    hsa_id: str | None = None


@dataclass(frozen=True)
class Pending:
    """Nothing is decided yet. `hint` is one of the provider's codes, empty when it has none."""

    hint: str = ""


@dataclass(frozen=True)
class NotIdentified:
    """It ended without a person: cancelled, run out, or not to be trusted. `code` says why."""

    code: str = ""


class EidTrouble(Exception):
    """The provider could not be asked, or would not answer: nobody is identified, and nothing has been decided.

    `code` is one of the provider's error codes, or `unreachable` (no connection, or too slow), or `unreadable` (no answer that
    makes sense).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ElectronicId(Protocol):
    for_development: bool
    """A stand-in that checks nothing: marked on every page, refused in production."""

    def begin(self, asked: Asked) -> Begun:
        """Starts an identification. Raises EidTrouble."""

    def collect(self, begun: Begun, returned: Mapping[str, str]) -> Identified | Pending | NotIdentified:
        """How it stands. `returned` is what the browser brought back, empty while it waits on our page.

        What was brought back for another identification, or by nobody we trust, is NotIdentified. Raises EidTrouble.
        """


@runtime_checkable
class AppId(ElectronicId, Protocol):
    """One that is answered in an app while the browser waits on our page."""

    def qr_text(self, begun: Begun, begun_at: datetime, now: datetime) -> str:
        """What the QR code says this very second."""

    def app_address(self, begun: Begun, *, mobile: bool) -> str:
        """Opens the app on the device that shows our page, and for a mobile leads back afterwards."""

    def cancel(self, begun: Begun) -> None:
        """Takes the question back. That it was gone already is no trouble; raises EidTrouble for what else is."""
