"""What the settings pages show of a waiting-room screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from journal_core.access.model import Device
from journal_core.access.rules import code_counts, is_connected
from journal_core.access.screens import told
from journal_core.crypto import Vault
from portal.web.i18n import say_instant

CODE_GROUP = 4


@dataclass(frozen=True)
class Screen:
    id: int
    name: str
    code: str | None
    """The one-time code in two groups, while it counts."""
    code_until: datetime
    enrolled: bool
    connected: bool
    words: str
    """How it stands with the screen, in a sentence."""


def screen(device: Device, vault: Vault, moment: datetime) -> Screen:
    code = told(vault, device, moment).get("code") if code_counts(device, moment) else None
    return Screen(
        id=device.id,
        name=device.name,
        code=f"{code[:CODE_GROUP]} {code[CODE_GROUP:]}" if code else None,
        code_until=device.code_until,
        enrolled=device.reference is not None,
        connected=device.reference is not None and is_connected(device, moment),
        words=_words(device, moment),
    )


def _words(device: Device, moment: datetime) -> str:
    rungs = (
        (code_counts(device, moment), _("Väntar på sin kod.")),
        (device.reference is None, _("Koden hann inte användas. Gör en ny kod.")),
        (is_connected(device, moment), _("Ansluten.")),
        (True, _("Ingen kontakt sedan %(time)s.", time=say_instant(device.seen_at or device.created_at))),
    )
    return next(words for holds, words in rungs if holds)
