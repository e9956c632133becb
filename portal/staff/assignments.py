"""Choosing what one works as."""

from __future__ import annotations

from collections.abc import Sequence

from journal_core.clock import today
from journal_core.organisation.rules import is_active
from journal_core.staff import queries
from journal_core.staff.model import Assignment
from portal.web.services import services
from portal.web.sessions import visitor


def own() -> Sequence[Assignment]:
    """What the logged-in account may work as today."""
    found = visitor()
    assert found is not None
    assert found.account_id is not None
    with services().database.reading() as session:
        return queries.current_assignments(session, found.account_id, today(services().clock))


def preselected(choices: Sequence[Assignment]) -> int | None:
    """The one in use, else the only one."""
    found = visitor()
    used = found.assignment_id if found else None
    if any(choice.id == used for choice in choices):
        return used
    return choices[0].id if len(choices) == 1 else None


def by_activity(choices: Sequence[Assignment]) -> tuple[list[Assignment], list[Assignment]]:
    """Those at active clinics, and the others."""
    active = [choice for choice in choices if is_active(choice.clinic)]
    return active, [choice for choice in choices if not is_active(choice.clinic)]
