"""What the booking pages show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from journal_core.booking.model import Hold
from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.catalogue.rules import demands_eid, types_offered_online
from journal_core.organisation.model import Clinic
from portal.web.i18n import minutes_left
from portal.words import ages


@dataclass(frozen=True)
class Group:
    """A category with its types, as radios under their heading."""

    category: VisitCategory
    ages: str
    types: Sequence[VisitType]
    needs_eid: bool
    setting: ProviderReason | None
    """What the provider asks, and wants to have said, about the reason."""
    why_not: str | None = None
    """Why none of it can be booked for the child for whom one acts, in a sentence."""


def groups(
    clinic: Clinic,
    categories: Sequence[VisitCategory],
    settings: Mapping[int, ProviderReason],
    wanted: str,
    why_not: Callable[[VisitType, ProviderReason | None], str | None],
) -> list[Group]:
    """In the clinic's order, but what somebody came for (`wanted`, a type's id) first. `settings` are by reason id."""
    found = [
        Group(
            category,
            ages(category.min_age, category.max_age),
            types_offered_online(category),
            demands_eid(clinic, settings.get(category.reason_id)),
            settings.get(category.reason_id),
            why_not(types_offered_online(category)[0], settings.get(category.reason_id)),
        )
        for category in categories
        if types_offered_online(category)
    ]
    return sorted(found, key=lambda group: all(str(kind.id) != wanted for kind in group.types))


@dataclass(frozen=True)
class Held:
    """How long a time is still held."""

    until: datetime
    now: datetime
    minutes: int
    """How long it is held from when it is taken or given more time."""

    @property
    def minutes_left(self) -> int:
        return max(0, int((self.until - self.now) / timedelta(minutes=1)))

    @property
    def words(self) -> str:
        return minutes_left(max(1, self.minutes_left))


def held(hold: Hold | None, now: datetime, length: timedelta) -> Held | None:
    if hold is None or hold.held_until <= now:
        return None
    return Held(hold.held_until, now, int(length / timedelta(minutes=1)))
