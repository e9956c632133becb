"""Who does something: recorded with every change and every look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STRANGER = "stranger"
    """Somebody not identified: a form filled without e-ID."""
    LINK = "link"
    """Whoever holds a booking's link, QR code, or code and date of birth."""
    RESIDENT = "resident"
    SCREEN = "screen"
    """Somebody at a waiting-room screen."""
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: int | None = None
    """Person id of a resident, account id of staff, device id of a screen."""
    assignment_id: int | None = None
    """Staff only: the assignment under which it was done."""

    @property
    def identified(self) -> bool:
        return self.kind in (ActorKind.RESIDENT, ActorKind.STAFF)


STRANGER = Actor(ActorKind.STRANGER)
LINK = Actor(ActorKind.LINK)
SYSTEM = Actor(ActorKind.SYSTEM)
