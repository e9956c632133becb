"""Why not, and when: one judgement for the pages that offer, the check when a booking is confirmed, and staff who try.

Loaded facts in, every hindrance out, the foremost first. What others have booked and which times are free is judged where it is
locked, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from journal_core.booking import refusals
from journal_core.booking.rules import Coming, age_hindrances, check_offered
from journal_core.catalogue.model import ProviderReason, VisitType
from journal_core.catalogue.rules import demands_eid
from journal_core.clock import ADULT, age_on
from journal_core.organisation.model import Clinic
from journal_core.persons.rules import Identity
from journal_core.refusal import Refusal


@dataclass(frozen=True)
class Wish:
    """Who would come, for what, and who asks."""

    clinic: Clinic
    kind: VisitType
    setting: ProviderReason | None
    """What the provider asks for the type's reason."""
    coming: Sequence[Coming]
    booker: Identity | None
    """Who is logged in with e-ID, if anybody."""
    acting_for: Identity | None = None
    """The child for whom the booker acts."""
    books_until: int = ADULT
    """A guardian books for a child until that age (domain §5)."""

    @property
    def demands_eid(self) -> bool:
        return demands_eid(self.clinic, self.setting)


def hindrances(wish: Wish, today: date, visit_day: date | None = None) -> Iterator[Refusal]:
    """Those about persons say which, from 1. The right to book goes by `today`, ages by `visit_day` where it is known."""
    yield from _offer(wish)
    if wish.demands_eid:
        yield from _identified(wish)
    yield from _guardian(wish, today)
    yield from _different(wish.coming)
    if visit_day is not None:
        yield from age_hindrances(wish.kind.category, wish.coming, visit_day)


def on_no_day(wish: Wish, today: date, last_day: date) -> Iterator[Refusal]:
    """What stands in the way whichever day up to and with `last_day` is chosen."""
    yield from hindrances(wish, today)
    category = wish.kind.category
    yield from (one for one in age_hindrances(category, wish.coming, today) if one.code == refusals.TOO_OLD)
    yield from (one for one in age_hindrances(category, wish.coming, last_day) if one.code == refusals.TOO_YOUNG)


def check(wish: Wish, today: date, visit_day: date | None = None) -> None:
    """Raises Refusal: the foremost of `hindrances`."""
    for refusal in hindrances(wish, today, visit_day):
        raise refusal


def _offer(wish: Wish) -> Iterator[Refusal]:
    try:
        check_offered(wish.clinic, wish.kind)
    except Refusal as refusal:
        yield refusal


def _identified(wish: Wish) -> Iterator[Refusal]:
    """Where e-ID is demanded one books for oneself, and for the child for whom one acts where the clinic allows that.

    Where it isn't demanded nobody knows who books, so there the clinic's "only oneself" can't ask for anything.
    """
    if wish.booker is None:
        yield Refusal(refusals.NEEDS_EID)
        return
    allowed = {wish.booker} if wish.clinic.eid_only_oneself else {wish.booker, wish.acting_for}
    if any(person.identity is None or person.identity not in allowed for person in wish.coming):
        yield Refusal(refusals.ONLY_YOURSELF)


def _guardian(wish: Wish, today: date) -> Iterator[Refusal]:
    """The right to book for a child goes by its age on the day of the act (domain §5)."""
    child = wish.acting_for
    if child is None or age_on(child.born, today) < wish.books_until:
        return
    for position, person in enumerate(wish.coming, start=1):
        if person.identity == child:
            yield Refusal(refusals.BOOKS_ALONE, age=wish.books_until, person=position)


def _different(coming: Sequence[Coming]) -> Iterator[Refusal]:
    numbers = [person.identity.number for person in coming if person.identity]
    for position, person in enumerate(coming, start=1):
        if person.identity and person.identity.number in numbers[: position - 1]:
            yield Refusal(refusals.SAME_PERSON_TWICE, person=position)
