"""Waiting-room screens: added by staff, enrolled once by code, known by their credential, revoked at any time (domain §7).

A screen keeps one thing on the server, sealed in its row: first the one-time code, so that staff can read it until it is
used; later what the person who stands there has said and been answered, for less than a minute.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from journal_core.access import queries, refusals
from journal_core.access.model import Device
from journal_core.access.rules import DEVICE_CODE_LIFE, SEEN_EVERY, code_counts
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.crypto import Vault
from journal_core.refusal import Refusal

CODE_LENGTH = 8


def add(session: Session, actor: Actor, vault: Vault, clinic_id: int, name: str, now: datetime) -> Device:
    """A screen that waits for its one-time code."""
    device = Device(clinic_id=clinic_id, name=name, created_at=now, code_until=now)
    session.add(device)
    session.flush()
    renew_code(vault, device, now)
    audit.record(session, actor, Action.SCREEN_ADDED, now, clinic_id=clinic_id)
    return device


def renew_code(vault: Vault, device: Device, now: datetime) -> None:
    """A new one-time code. A screen that was enrolled before has to be enrolled with it again."""
    device.reference = None
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_LENGTH))
    device.code, device.code_until = vault.hash("device-code", code), now + DEVICE_CODE_LIFE
    _keep(vault, device, {"code": code}, device.code_until)


def enrol(session: Session, vault: Vault, code: str, reference: str, now: datetime) -> Device:
    """The screen that has shown the code is known by `reference` from now on. Raises Refusal: device_code_unknown."""
    device = queries.device_by_code(session, vault.hash("device-code", code))
    if device is None or not code_counts(device, now):
        raise Refusal(refusals.DEVICE_CODE_UNKNOWN)
    device.code, device.content, device.content_until = None, None, None
    device.reference, device.enrolled_at, device.seen_at = reference, now, now
    audit.record(session, Actor(ActorKind.SCREEN, device.id), Action.SCREEN_ENROLLED, now, clinic_id=device.clinic_id)
    return device


def revoke(session: Session, actor: Actor, device: Device, now: datetime) -> None:
    """Its credential opens nothing from now on, in any worker."""
    device.revoked_at, device.code, device.reference = now, None, None
    device.content, device.content_until = None, None
    audit.record(session, actor, Action.SCREEN_REVOKED, now, clinic_id=device.clinic_id)


def seen(session: Session, device_id: int, now: datetime) -> None:
    session.execute(update(Device).where(Device.id == device_id, Device.seen_at <= now - SEEN_EVERY).values(seen_at=now))


def told(vault: Vault, device: Device, now: datetime) -> dict[str, Any]:
    """What is kept for a screen; empty when there is nothing or its time is over."""
    if device.content is None or device.content_until is None or now >= device.content_until:
        return {}
    content: dict[str, Any] = json.loads(vault.open(f"device:{device.id}", device.content))
    return content


def keep(session: Session, vault: Vault, device: Device, content: Mapping[str, Any], now: datetime, life: timedelta) -> None:
    """Keeps something for the person at a screen, instead of what was kept before."""
    sealed = vault.seal(f"device:{device.id}", json.dumps(content))
    changed = {"content": sealed, "content_until": now + life}
    session.execute(update(Device).where(Device.id == device.id).values(changed))


def forget(session: Session, device: Device) -> None:
    session.execute(update(Device).where(Device.id == device.id).values(content=None, content_until=None))


def _keep(vault: Vault, device: Device, content: Mapping[str, Any], until: datetime) -> None:
    device.content = vault.seal(f"device:{device.id}", json.dumps(content))
    device.content_until = until
