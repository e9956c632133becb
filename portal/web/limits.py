"""Limits on tries, counted in the database that the workers share."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from journal_core.access.rules import Limit
from journal_core.access.use_cases import count_try
from portal.web.errors import TooMany
from portal.web.services import now, services

CODES_BY_ADDRESS = Limit(60, timedelta(minutes=10))
"""A library or a workplace may share one address; a guesser has 10^9 codes x dates to go through."""
CODE_TRIES = Limit(8, timedelta(minutes=30))
"""On one booking: dates of birth can't be tried through."""
LOGINS_BY_ADDRESS = Limit(60, timedelta(minutes=10))
DRAFTS_BY_ADDRESS = Limit(240, timedelta(minutes=10))
"""Each may hold a time, so that nobody empties a clinic by holding."""


def spend(scope: str, what: str, limit: Limit) -> None:
    """Counts one try, in a transaction of its own. Raises TooMany when the limit is passed."""
    parts = services()
    key = parts.vault.hash("tries", f"{scope}:{what}")
    with parts.database.writing() as session:
        wait = count_try(session, key, limit, now())
    if wait is not None:
        raise TooMany(int(wait.total_seconds()) + 1)


def address() -> str:
    return request.remote_addr or "unknown"
