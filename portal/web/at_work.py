"""What every page for staff shows around its own matter: who works, as what, where."""

from __future__ import annotations

from typing import Any

from flask import g, request

from journal_core.organisation.rules import is_active
from portal.web.gate import BACKGROUND
from portal.words import ROLES


def around() -> dict[str, Any]:
    """For a blueprint's context processor."""
    used = g.get("assignment")
    if used is None:
        return {"ROLES": ROLES}
    # A page that is only read by the list's own script needs no colours: its style element would be refused there.
    clinic = None if BACKGROUND in request.headers else used.clinic
    return {"ROLES": ROLES, "used": used, "clinic": clinic, "inactive": not is_active(used.clinic)}
