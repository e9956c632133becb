"""States of pages; see registry."""

from tests.build.states import arrive, book, declare, errors, family, find, kiosk, manage, schedule, settings, sign_in, staff
from tests.build.states.registry import STATES, State

__all__ = [
    "STATES",
    "State",
    "arrive",
    "book",
    "declare",
    "errors",
    "family",
    "find",
    "kiosk",
    "manage",
    "schedule",
    "settings",
    "sign_in",
    "staff",
]
