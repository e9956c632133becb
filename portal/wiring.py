"""The only place where adapters are chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from journal_core.booking.remembered import Remembered
from journal_core.booking.use_cases import Tools
from journal_core.clock import Clock, SystemClock
from journal_core.crypto import Vault
from journal_core.declarations.form import Bank
from journal_core.keyring import Keyring
from journal_core.messages.use_cases import Post
from journal_core.registers.bankid import BankId
from journal_core.registers.bankid_certificates import certificates_in
from journal_core.registers.bankid_phone import Phone
from journal_core.registers.eid import ElectronicId, Identified
from journal_core.registers.eid_development import DevelopmentEid
from journal_core.registers.openid import OpenId, OpenIdSettings
from journal_core.registers.person_register import PersonRegister
from journal_core.transaction import Database
from portal.messages import composer
from portal.web.languages import LANGUAGES
from portal.web.services import EidChoice, Services, Silence, Site

CHOOSER = "/utveckling/e-legitimation"
PHONE = "/utveckling/telefon"
STAND_IN, PRACTICE = _l("Påhittad legitimation"), _l("BankID (övning)")


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to be in development. `what` says in Swedish who it is."""

    identified: Identified
    what: str
    staff: bool


@dataclass(frozen=True)
class Options:
    """What configuration says of the portal."""

    production: bool
    secret: bytes
    base_url: str
    keys: Keyring
    bank: Bank
    trusted_proxies: int = 0
    tile_url: str | None = None
    tile_attribution: str | None = None
    support_phone: str | None = None
    support_email: str | None = None
    operator_name: str | None = None
    hold_minutes: int = 10
    eids: Sequence[EidChoice] = ()
    """Ways to log in, in the order in which they are shown."""
    demo_people: Sequence[DemoPerson] = ()
    register: PersonRegister | None = None
    phone: Phone | None = None
    """Before development's BankID."""
    languages: Sequence[str] = tuple(LANGUAGES)
    """Codes of those that are on, Swedish among them."""


def wire(app: Flask, options: Options, database: Database, clock: Clock | None) -> Services:
    vault = Vault(options.secret)
    eids = _eids(options, vault)
    return Services(
        database=database,
        clock=clock or SystemClock(),
        vault=vault,
        keys=options.keys,
        bank=options.bank,
        tools=Tools(vault, Post(composer(app, options.base_url), vault)),
        eids=eids,
        register=_register(options),
        silence=Silence(),
        hold_length=timedelta(minutes=options.hold_minutes),
        site=Site(
            base_url=options.base_url,
            https=options.base_url.startswith("https:"),
            tile_url=options.tile_url,
            tile_attribution=options.tile_attribution,
            support_phone=options.support_phone,
            support_email=options.support_email,
            operator_name=options.operator_name,
            languages=tuple(code for code in LANGUAGES if code in options.languages),
            login_is_open=any(choice.residents for choice in eids),
            messages_are_sent=False,
        ),
        remembered=Remembered(),
    )


def _eids(options: Options, vault: Vault) -> Sequence[EidChoice]:
    """What is configured; where there are demo people the stand-in too, last, for it proves nothing."""
    for choice in options.eids:
        if options.production and choice.eid.for_development:
            raise ValueError(f"{choice.name} is a stand-in, and this is production")
    if not options.demo_people:
        return options.eids
    stand_in = DevelopmentEid(vault.hash("development-eid", "signing"), CHOOSER)
    return (*options.eids, EidChoice("testperson", STAND_IN, stand_in, residents=True, staff=True))


def bankid(
    name: str,
    label: str,
    audiences: Collection[str],
    address: str,
    files: tuple[str, str, str],
    intro: Mapping[str, str],
) -> EidChoice:
    """BankID's relying-party API, asked with our certificate. `audiences`: residents, staff or both.

    `files`: the certificate, its key, BankID's authority. `intro`: what the app shows, by language.
    """
    return _choice(name, label, audiences, BankId(address, *files, intro))


def openid(
    name: str,
    label: str,
    audiences: Collection[str],
    *,
    issuer: str,
    client: tuple[str, str],
    scopes: tuple[str, ...],
    level: int,
    hsa: bool,
    acr_values: tuple[str, ...] | None = None,
    level_claim: str | None = None,
    levels: Mapping[str, int] | None = None,
) -> EidChoice:
    """`client`: its id and its secret. What is None stays as openid.OpenIdSettings has it."""
    settings = OpenIdSettings(issuer, *client, scopes=scopes, level=level, hsa=hsa)
    if acr_values is not None:
        settings = replace(settings, acr_values=acr_values)
    if level_claim is not None:
        settings = replace(settings, level_claim=level_claim)
    if levels is not None:
        settings = replace(settings, levels=levels)
    return _choice(name, label, audiences, OpenId(settings, SystemClock()))


def phone_before(folder: Path, address: str) -> Phone:
    """The stand-in of BankID's app, before the stand-in whose files lie in `folder`."""
    return Phone(folder, address)


def bankid_standin(folder: Path, address: str, base_url: str, intro: Mapping[str, str]) -> EidChoice:
    """Development's: its app is a page of ours."""
    files = certificates_in(folder)
    app = base_url + PHONE
    eid = BankId(address, files.client, files.client_key, files.authority, intro, app=app, for_development=True)
    return _choice("bankid-ovning", PRACTICE, ("residents", "staff"), eid)


def _choice(name: str, label: str | LazyString, audiences: Collection[str], eid: ElectronicId) -> EidChoice:
    return EidChoice(name, label, eid, residents="residents" in audiences, staff="staff" in audiences)


def _register(options: Options) -> PersonRegister | None:
    """Raises ValueError for invented people in production."""
    if options.production and options.register is not None and options.register.for_development:
        raise ValueError("a stand-in for the person register never runs in production")
    return options.register
