"""A declaration that somebody fills in: read once a request, with what this browser may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, redirect, url_for
from sqlalchemy.orm import Session

from journal_core.arrivals.queries import arrivals
from journal_core.arrivals.rules import can_declare, state_of
from journal_core.clock import ADULT, age_on, today
from journal_core.declarations import queries, rules, use_cases
from journal_core.declarations.form import Answer, Question
from journal_core.declarations.model import Declaration
from journal_core.declarations.use_cases import Told
from journal_core.keyring import KeyMissing, SealBroken
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import demands_eid_to_declare
from journal_core.persons.model import Person
from portal.web.acting import subject_id
from portal.web.services import now, services
from portal.web.sessions import owner, resident_id


@dataclass
class Filling:
    declaration: Declaration
    clinic: Clinic
    told: Mapping[str, Told]
    oneself: bool
    """Logged in as somebody who may read it (may_read): everything that was said is seen."""
    over: bool = False
    """Not sent, and nothing can be said any more: the visit is over, it was begun too long ago, or it can't be read."""
    place: tuple[int, int] | None = None
    """Which of how many in a booking it is about; None where there is nobody to mix them up with."""

    @cached_property
    def form(self) -> tuple[Question, ...]:
        return use_cases.form_of(self.declaration)

    @property
    def said(self) -> dict[str, Answer]:
        return {key: one.answer for key, one in self.told.items()}

    @property
    def asked(self) -> list[Question]:
        return rules.asked(self.form, self.said, use_cases.about(self.declaration))

    @property
    def waiting(self) -> Question | None:
        return rules.unanswered(self.form, self.said, use_cases.about(self.declaration))

    @property
    def by_eid(self) -> bool:
        """Told by whoever is logged in, though a guardian no longer acts for the child: it stays what it was begun as."""
        return self.oneself or (resident_id() is not None and self.declaration.told_by_person_id == resident_id())

    def seen(self, key: str) -> Answer | None:
        """What was said, where this browser may see it: by a link alone only what was said here."""
        found = self.told.get(key)
        return found.answer if found is not None and (self.oneself or found.owner == owner()) else None

    def address(self, endpoint: str, **values: Any) -> str:
        return url_for(
            f"declare.{endpoint}", clinic_id=self.declaration.clinic_id, reference=self.declaration.reference, **values
        )

    def at(self, key: str) -> str:
        """A question's page where the question begins: on a small phone the head of each page would be all one sees."""
        return self.address("question", key=key, _anchor="innehall")

    @property
    def onward(self) -> str:
        """Where it goes on: at the first question that waits, else where all is looked through."""
        waiting = self.waiting
        return self.at(waiting.key) if waiting else self.address("check")


def may_read(declaration: Declaration, person: Person) -> bool:
    """Logged in, one reads what one has told oneself, and an adult all that is about them. Of a minor nobody reads here what
    somebody else told: how far guardians and minors read a record is not asked by these pages (domain §5)."""
    me = resident_id()
    if me is None or subject_id() != person.id:
        return False
    grown = person.id == me and age_on(person.birth_date, today(services().clock)) >= ADULT
    return grown or declaration.told_by_person_id == me


def load(session: Session, clinic_id: int, reference: str, *, lock: bool = False) -> Filling:
    """Whoever has begun it in this browser, or is logged in as the one it is about. Others get what doesn't exist.

    What somebody has told with an e-ID is theirs only while they are logged in: a browser outlives its session.
    """
    found = queries.by_reference(session, reference, lock=lock)
    if found is None or found.clinic_id != clinic_id:
        abort(404)
    clinic = organisation.clinic(session, clinic_id)
    assert clinic is not None
    oneself = may_read(found, found.person)
    by_eid = demands_eid_to_declare(clinic) or found.told_by_person_id not in (None, resident_id())
    if not oneself and (found.owner != owner() or by_eid):
        if resident_id() is None and found.owner == owner():
            abort(
                redirect(
                    url_for("sign_in.resident", till=url_for("declare.go_on", clinic_id=clinic_id, reference=reference)), 303
                )
            )
        abort(404)
    told = readable(found)
    over = found.sent_at is None and (told is None or _is_over(session, found))
    visit = found.visit
    several = visit is not None and len(visit.booking.visits) > 1
    place = (visit.position, len(visit.booking.visits)) if visit is not None and several else None
    return Filling(found, clinic, told or {}, oneself, over, place)


def readable(declaration: Declaration) -> Mapping[str, Told] | None:
    """What was said; None where a key is missing or something was changed: then there is nothing to go on with."""
    try:
        return use_cases.told(services().keys, declaration)
    except (KeyMissing, SealBroken):
        return None


def _is_over(session: Session, declaration: Declaration) -> bool:
    visit = declaration.visit
    if visit is None:
        return now() > declaration.started_at + rules.BEGUN_LIFE
    return not can_declare(visit.booking, state_of(arrivals(session, [visit.id]).get(visit.id)), now())
