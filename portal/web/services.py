"""What a request works with, put together once by wiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import current_app
from flask_babel.speaklater import LazyString

from journal_core.booking.remembered import Remembered
from journal_core.booking.use_cases import Tools
from journal_core.clock import Clock
from journal_core.crypto import Vault
from journal_core.declarations.form import Bank
from journal_core.keyring import Keyring
from journal_core.registers.eid import ElectronicId
from journal_core.registers.person_register import PersonRegister
from journal_core.transaction import Database


@dataclass(frozen=True)
class Site:
    """What pages say about the service itself."""

    base_url: str
    """Without trailing slash."""
    https: bool
    tile_url: str | None
    tile_attribution: str | None
    support_phone: str | None
    support_email: str | None
    operator_name: str | None
    login_is_open: bool
    """Whether residents can log in with e-ID here."""
    languages: Sequence[str]
    """Codes of those that are on, Swedish among them, in the order in which they are offered."""
    messages_are_sent: bool
    """Whether anything takes messages from the outbox to their recipients."""


@dataclass(frozen=True)
class EidChoice:
    """One way to identify oneself that is offered."""

    name: str
    """In addresses and in the rows of sessions."""
    label: str | LazyString
    """What people call it."""
    eid: ElectronicId
    residents: bool
    staff: bool


NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Silence:
    """Until when nobody asks an outside service that did not answer; each process has its own."""

    until: datetime = NEVER


@dataclass(frozen=True)
class Services:
    database: Database
    clock: Clock
    vault: Vault
    keys: Keyring
    """Of what people tell of their health."""
    bank: Bank
    """The questions that come with the program."""
    tools: Tools
    eids: Sequence[EidChoice]
    """In the order in which they are shown; with none nobody can log in here."""
    register: PersonRegister | None
    """None: what is typed stays unverified, and nobody is anybody's guardian here."""
    silence: Silence
    """Of the register, towards staff."""
    hold_length: timedelta
    """So long a chosen time is held while the form is filled."""
    site: Site
    remembered: Remembered
    """What the country has left."""


def services() -> Services:
    return cast(Services, current_app.extensions["services"])


def now() -> datetime:
    return services().clock.now()
