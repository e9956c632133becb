"""For whom the logged-in resident acts: oneself, or a child by the register's word, judged anew at each request."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g
from sqlalchemy.orm import Session

from journal_core.access import use_cases as access
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import may_see
from journal_core.clock import ADULT, age_on, today
from journal_core.organisation import queries as organisation
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import may_act_for
from portal.web.services import now, services
from portal.web.sessions import renew, resident_id, visitor


def children(session: Session, guardian_id: int) -> list[Person]:
    """Those for whom somebody may act today. Blocked, protected and unknown children are simply not there."""
    guardian = persons.person(session, guardian_id)
    if guardian is None:
        return []
    told = persons.children_of(session, guardian.id)
    return [child for guardianship, child in told if may_act_for(guardian, child, guardianship, now(), ADULT)]


def acting_for() -> Person | None:
    """The child for whom this session acts, read once a request; None when the right has ended."""
    if "acting_for" not in g:
        found = visitor()
        g.acting_for = _child(found.person_id, found.acting_for_id) if found and found.person_id else None
    child: Person | None = g.acting_for
    return child


def _child(guardian_id: int, child_id: int | None) -> Person | None:
    if child_id is None:
        return None
    with services().database.reading() as session:
        return next((child for child in children(session, guardian_id) if child.id == child_id), None)


def has_lost_right() -> bool:
    """The session acts for somebody for whom it may not any more."""
    found = visitor()
    return found is not None and found.acting_for_id is not None and acting_for() is None


def act(session: Session, child_id: int | None) -> None:
    """From now on for this child, or (None) for oneself, under a new reference. Whether one may: see `children`."""
    old, new = renew()
    access.act_for(session, old, new, child_id)


def subject_id() -> int | None:
    """Whose matters the pages are about: the child for whom one acts, else oneself; None for a stranger."""
    child = acting_for()
    return child.id if child is not None else resident_id()


def seen_by_me(session: Session, bookings: Sequence[Booking], subjects: Sequence[Person]) -> dict[int, list[Booking]]:
    """Those of the subjects' bookings that the logged-in may see, by person, as the providers' ages say today."""
    seer, day = resident_id(), today(services().clock)
    assert seer is not None
    providers = {one.clinic.unit.provider_id for one in bookings}
    minors = any(age_on(subject.birth_date, day) < ADULT for subject in subjects)
    ages = organisation.ages_in_force(session, providers, day) if minors and providers else {}
    return {
        subject.id: [one for one in bookings if may_see(one, seer, subject, ages.get(one.clinic.unit.provider_id), day)]
        for subject in subjects
    }


def my_visit(session: Session, booking: Booking) -> Visit | None:
    """One's own visit in a booking, or that of the child one acts for, as one may see it."""
    visit = next((visit for visit in booking.visits if visit.person_id == subject_id()), None)
    return visit if visit is not None and seen_by_me(session, [booking], [visit.person])[visit.person_id] else None


def children_in(session: Session, booking: Booking) -> list[Person]:
    """Those who come in a booking for whom one could act instead of oneself, to see it."""
    me = resident_id()
    if me is None or acting_for() is not None:
        return []
    coming = {visit.person_id for visit in booking.visits}
    mine = [child for child in children(session, me) if child.id in coming]
    return [child for child in mine if seen_by_me(session, [booking], [child])[child.id]]
