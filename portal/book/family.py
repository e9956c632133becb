"""For whom somebody logged in books: oneself or a child, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from journal_core.booking.judgement import Wish, hindrances, on_no_day
from journal_core.booking.refusals import ALREADY_BOOKED, TOO_OLD, TOO_YOUNG
from journal_core.booking.rules import Coming, last_day
from journal_core.catalogue.model import ProviderReason, VisitType
from journal_core.catalogue.rules import ConsentNeed
from journal_core.clock import ADULT, local
from journal_core.consent import refusals
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import AgeKind, Clinic
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from portal.book.consent import need_of
from portal.book.drafts import Step, identity_of
from portal.web.acting import acting_for, children
from portal.web.i18n import say_day
from portal.web.sessions import resident_id
from portal.words import say


def wish_of(step: Step, coming: Sequence[Coming]) -> Wish:
    """What is judged, here as when the booking is confirmed."""
    child = step.child
    until = _until_age(step) if child is not None else ADULT
    return Wish(step.clinic, step.kind, step.setting, coming, identity_of(step.booker), identity_of(child), until)


def standing_in_the_way(step: Step, coming: Sequence[Coming]) -> Iterator[Refusal]:
    """Every hindrance to booking for those who come, the foremost first."""
    day = step.time.day if step.time is not None else None
    return hindrances(wish_of(step, coming), local(step.moment).date(), day)


@dataclass(frozen=True)
class Way:
    """What else can be done."""

    words: str
    address: str


def ways_on(step: Step, refused: Sequence[Refusal]) -> list[Way]:
    """Where somebody's age doesn't fit: the days when it does, if they can be booked yet, and the other visits here."""
    young = [one.facts["first_day"] for one in refused if one.code == TOO_YOUNG]
    if not young and not any(one.code == TOO_OLD for one in refused):
        return []
    other = Way(_("Välj ett annat besök"), url_for("book.visit", clinic_id=step.clinic.id, utkast=step.draft.id))
    first = max((day for day in young if isinstance(day, date)), default=date.max)
    if first > last_day(step.moment) or len(young) < len(refused):
        return [other]
    return [
        Way(_("Visa dagar från %(day)s", day=say_day(first, year=True)), step.address("time", fran=first.isoformat())),
        other,
    ]


def children_to_choose(step: Step) -> list[Person]:
    """For whom one could book this visit instead of oneself; nobody while one acts for a child already."""
    if step.booker is None or step.child is not None:
        return []
    until, today = _until_age(step), local(step.moment).date()
    day = step.time.day if step.time is not None else None
    return [child for child in children(step.session, step.booker.id) if _fits(step, child, until, today, day)]


def _fits(step: Step, child: Person, until: int, today: date, day: date | None) -> bool:
    """Nothing would stand in the way if one acted for the child."""
    identity = identity_of(child)
    coming = Coming(child.birth_date, child.given_name or "", child.family_name or "", identity)
    wish = Wish(step.clinic, step.kind, step.setting, [coming], identity_of(step.booker), identity, until)
    return next(hindrances(wish, today, day), None) is None


def _until_age(step: Step) -> int:
    return _until(step.session, step.clinic, local(step.moment).date())


def _until(session: Session, clinic: Clinic, today: date) -> int:
    """A guardian books until that age."""
    provider_id = clinic.unit.provider_id
    return organisation.ages_in_force(session, [provider_id], today)[provider_id][AgeKind.GUARDIAN_BOOKS]


def why_not_for_child(
    session: Session, clinic: Clinic, moment: datetime
) -> Callable[[VisitType, ProviderReason | None], str | None]:
    """For the child for whom one acts, why a visit can be booked on no day at all, in a sentence; nothing for others."""
    child, today = acting_for(), local(moment).date()
    if child is None:
        return lambda _kind, _setting: None
    booker, identity = identity_of(session.get(Person, resident_id())), identity_of(child)
    coming = [Coming(child.birth_date, child.given_name or "", child.family_name or "", identity)]
    until = _until(session, clinic, today)

    def why_not(kind: VisitType, setting: ProviderReason | None) -> str | None:
        wish = Wish(clinic, kind, setting, coming, booker, identity, until)
        refusal = next(on_no_day(wish, today, last_day(moment)), None)
        return say(refusal) if refusal is not None else None

    return why_not


def nothing_to_ask(step: Step) -> bool:
    """Who comes and how they are reached is known: there is nothing to fill in before the check."""
    if step.known is None or "who" in step.content or children_to_choose(step) or hindrance(step):
        return False
    form = step.who_form()
    return bool(form.text("mobile") or form.text("email"))


def hindrance(step: Step) -> str | None:
    """Why whoever is known can't be booked for here, in a sentence, said before anything else is asked."""
    if step.known is None:
        return None
    refusal = next(standing_in_the_way(step, [step.known]), None)
    if refusal is None and step.child is None and need_of(step, [step.known]) is ConsentNeed.DIGITAL:
        refusal = Refusal(refusals.NOT_GUARDIAN)
    if refusal is None and step.earlier is not None:
        refusal = Refusal(ALREADY_BOOKED)
    return say(refusal) if refusal is not None else None
