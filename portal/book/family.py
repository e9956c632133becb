"""For whom somebody logged in books: oneself or a child, and what stands in the way."""

from __future__ import annotations

from journal_core.booking.rules import check_guardian_books, check_only_oneself
from journal_core.catalogue.rules import ConsentNeed
from journal_core.clock import local
from journal_core.consent import refusals
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import AgeKind
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from portal.book.consent import need_of
from portal.book.drafts import Step, identity_of
from portal.web.acting import children
from portal.words import say


def children_to_choose(step: Step) -> list[Person]:
    """For whom one could book instead of oneself; nobody while one acts for a child already."""
    if step.booker is None or step.child is not None:
        return []
    return children(step.session, step.booker.id)


def hindrance(step: Step) -> str | None:
    """Why whoever is known can't be booked for here, in a sentence, said before anything else is asked."""
    if step.known is None:
        return None
    try:
        booker, child = identity_of(step.booker), identity_of(step.child)
        check_only_oneself(step.clinic, step.setting, booker, [step.known], child)
        if child is not None:
            provider_id, today = step.clinic.unit.provider_id, local(step.moment).date()
            ages = organisation.ages_in_force(step.session, [provider_id], today)[provider_id]
            check_guardian_books(child, ages[AgeKind.GUARDIAN_BOOKS], today)
        elif need_of(step, [step.known]) is ConsentNeed.DIGITAL:
            raise Refusal(refusals.NOT_GUARDIAN)
    except Refusal as refusal:
        return say(refusal)
    return None
