"""For whom somebody logged in books: oneself or a child, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from journal_core.booking.rules import Coming, check_ages, check_guardian_books, check_only_oneself
from journal_core.catalogue.rules import ConsentNeed, demands_eid
from journal_core.clock import local
from journal_core.consent import refusals
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import AgeKind
from journal_core.organisation.rules import only_for_oneself
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from portal.book.consent import need_of
from portal.book.drafts import Step, identity_of
from portal.web.acting import children
from portal.words import say


def children_to_choose(step: Step) -> list[Person]:
    """For whom one could book this visit instead of oneself; nobody while one acts for a child already."""
    if step.booker is None or step.child is not None:
        return []
    if only_for_oneself(step.clinic) and demands_eid(step.clinic, step.setting):
        return []
    return [child for child in children(step.session, step.booker.id) if _fits(step, child)]


def _fits(step: Step, child: Person) -> bool:
    """By age, on the day of the visit and today."""
    coming = Coming(child.birth_date, child.given_name or "", child.family_name or "", identity_of(child))
    try:
        if step.time is not None:
            check_ages(step.kind.category, [coming], step.time.day)
        check_guardian_books(coming.identity, _until_age(step), local(step.moment).date())
    except Refusal:
        return False
    return True


def _until_age(step: Step) -> int:
    """A guardian books until that age."""
    provider_id = step.clinic.unit.provider_id
    ages = organisation.ages_in_force(step.session, [provider_id], local(step.moment).date())
    return ages[provider_id][AgeKind.GUARDIAN_BOOKS]


def check_booked_by_guardian(step: Step, coming: Sequence[Coming]) -> None:
    """That one may still book for the child for whom one acts, if it comes. Raises Refusal: books_alone, with its place."""
    child = identity_of(step.child)
    for position, one in enumerate(coming, start=1):
        if child is not None and one.identity == child:
            try:
                check_guardian_books(child, _until_age(step), local(step.moment).date())
            except Refusal as refusal:
                raise Refusal(refusal.code, **refusal.facts, person=position) from refusal


def hindrance(step: Step) -> str | None:
    """Why whoever is known can't be booked for here, in a sentence, said before anything else is asked."""
    if step.known is None:
        return None
    try:
        booker, child = identity_of(step.booker), identity_of(step.child)
        check_only_oneself(step.clinic, step.setting, booker, [step.known], child)
        if step.time is not None:
            check_ages(step.kind.category, [step.known], step.time.day)
        if child is not None:
            check_booked_by_guardian(step, [step.known])
        elif need_of(step, [step.known]) is ConsentNeed.DIGITAL:
            raise Refusal(refusals.NOT_GUARDIAN)
    except Refusal as refusal:
        return say(refusal)
    return None
