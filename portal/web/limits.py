"""Limits on tries, counted in the database that the workers share."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

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
HOLDS_BY_ADDRESS = Limit(120, timedelta(minutes=10))
"""Times taken or kept longer. A hold lasts as long as this window, so that nobody empties clinics by holding."""
DRAFTS_BY_ADDRESS = Limit(240, timedelta(minutes=10))
OPEN_DATA_BY_ADDRESS = Limit(120, timedelta(minutes=1))
"""Answers of the open booking API: enough for a program that goes through a region, spread over the minutes."""


SCREEN_CODES_BY_ADDRESS = Limit(20, timedelta(minutes=10))
"""One-time codes that enrol a screen: 10^8 of them, and each lives for half an hour."""
SCREEN_TRIES = Limit(60, timedelta(minutes=10))
"""Numbers and codes typed at one screen: more than a queue of quick people needs."""


def spend(scope: str, what: str, limit: Limit) -> None:
    """Counts one try, in a transaction of its own. Raises TooMany when the limit is passed."""
    parts = services()
    key = parts.vault.hash("tries", f"{scope}:{what}")
    with parts.database.writing() as session:
        wait = count_try(session, key, limit, now())
    if wait is not None:
        raise TooMany(int(wait.total_seconds()) + 1)


def address() -> str:
    """Whose tries are counted together: an address, over IPv6 the whole network that one household gets."""
    try:
        visitor = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(visitor, IPv6Address):
        return str(visitor.ipv4_mapped or ip_network((visitor, 64), strict=False))
    return str(visitor)
