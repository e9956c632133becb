"""Where settings become running parts: the database and the portal."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config.eids import INTRO
from config.settings import Settings
from journal_core.transaction import Database, wal_is_safe

# Those who serve no pages (migrate, backup, restore) start without Flask: the portal is imported where it is opened.
if TYPE_CHECKING:
    from flask import Flask

    from config.eids import EidSetting
    from journal_core.registers.bankid_phone import Phone
    from journal_core.registers.bankid_standin import BankIdStandIn
    from journal_core.registers.person_register import PersonRegister
    from portal.web.services import EidChoice
    from portal.wiring import DemoPerson, Options

STANDINS: list[BankIdStandIn] = []
"""Development's BankID, in the process that serves it; its children, which serve the pages, find it here too."""


def takes_wal(settings: Settings) -> bool:
    """Whether SQLite writes ahead: in production not where a fault in SQLite could corrupt the database."""
    return wal_is_safe() or not settings.production


def open_database(settings: Settings) -> Database:
    """A new SQLite file is readable by its owner alone, and so is what SQLite lays beside it."""
    if settings.sqlite_file is not None:
        _make_private(settings.sqlite_file)
    return Database(settings.database_url, wal=takes_wal(settings))


def _make_private(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def open_doors(settings: Settings, database: Database) -> tuple[Flask, Flask]:
    """The portal, and the waiting-room screen that stands on the same services."""
    from kiosk.app import create_app

    portal = open_portal(settings, database)
    return portal, create_app(portal.extensions["services"], settings.trusted_proxies)


def open_portal(settings: Settings, database: Database) -> Flask:
    from portal.app import create_app

    return create_app(portal_options(settings), database)


def portal_options(settings: Settings) -> Options:
    from config.declarations import bank
    from portal.wiring import Options

    return Options(
        production=settings.production,
        secret=settings.secret,
        keys=settings.keys,
        bank=bank(),
        base_url=settings.base_url,
        trusted_proxies=settings.trusted_proxies,
        tile_url=settings.tile_url,
        tile_attribution=settings.tile_attribution,
        support_phone=settings.support_phone,
        support_email=settings.support_email,
        operator_name=settings.operator_name,
        hold_minutes=settings.hold_minutes,
        languages=settings.languages,
        eids=[*_eids(settings), *_standins(settings)],
        demo_people=demo_people(settings),
        register=person_register(settings),
        phone=_phone(),
    )


def _eids(settings: Settings) -> list[EidChoice]:
    return [_bankid(one) if one.kind == "bankid" else _openid(one) for one in settings.eids]


def _bankid(one: EidSetting) -> EidChoice:
    from portal import wiring

    files = (str(one.certificate), str(one.key), str(one.authority))
    return wiring.bankid(one.name, one.label, one.audiences, one.address, files, INTRO)


def _openid(one: EidSetting) -> EidChoice:
    from portal import wiring

    return wiring.openid(
        one.name,
        one.label,
        one.audiences,
        issuer=one.address,
        client=(one.client_id, one.client_secret),
        scopes=one.scopes,
        level=one.level,
        hsa=one.hsa,
        acr_values=one.acr_values,
        level_claim=one.level_claim,
        levels=one.levels,
    )


def _standins(settings: Settings) -> list[EidChoice]:
    from portal.wiring import bankid_standin

    return [bankid_standin(one.folder, one.address, settings.base_url, INTRO) for one in STANDINS]


def _phone() -> Phone | None:
    from portal.wiring import phone_before

    return next((phone_before(one.folder, one.address) for one in STANDINS), None)


def start_standins(settings: Settings) -> None:
    """In the one process that lives as long as the server, before the others begin. Nobody else knows its certificates."""
    if settings.production:
        return
    from journal_core.registers.bankid_standin import BankIdStandIn

    STANDINS.append(BankIdStandIn(Path(tempfile.mkdtemp(prefix="vaccinporten-bankid-"))).__enter__())


def end_standins() -> None:
    """In the same process, which alone may: for its children they are not theirs to end."""
    for one in STANDINS:
        one.__exit__(None, None, None)
        shutil.rmtree(one.folder)
    STANDINS.clear()


def demo_people(settings: Settings) -> Sequence[DemoPerson]:
    """Whom one may log in as; in production nobody."""
    if settings.production:
        return ()
    from config.demo import PEOPLE

    return PEOPLE


def person_register(settings: Settings) -> PersonRegister | None:
    """The demo's people in development; in production none, until there is an adapter for a real one."""
    if settings.production:
        return None
    from config.demo.families import demo_register

    return demo_register()
