"""What somebody begins: gone on with where something was begun, else a new one, with what holds still where it may be seen."""

from __future__ import annotations

from sqlalchemy.orm import Session

from journal_core.actor import Actor, ActorKind
from journal_core.clock import local
from journal_core.declarations import queries, rules, use_cases
from journal_core.declarations.model import Declaration, DefinitionVersion
from journal_core.declarations.use_cases import Subject
from journal_core.persons.model import Person
from portal.declare.filling import may_read, readable
from portal.web.services import now, services
from portal.web.sessions import owner


def begun(session: Session, actor: Actor, version: DefinitionVersion, subject: Subject, *, oneself: bool) -> Declaration:
    """What was begun is gone on with; for whoever is logged in a new one has the answers that hold still."""
    moment = now()
    person = session.get_one(Person, subject.person_id)
    unsent = queries.unsent(session, subject.person_id, subject.provider_id, version.definition_id, subject.visit_id)
    mine = (one for one in unsent if (_vouched(one, person) if oneself else _of_links(one)))
    waiting = next((one for one in mine if _goes_on(one)), None)
    if waiting is not None:
        use_cases.take_over(waiting, actor, owner(), subject.about)
        return waiting
    made = use_cases.begin(session, actor, version, subject, owner(), moment)
    if oneself:
        known = queries.latest(session, subject.provider_id, [subject.person_id]).get(subject.person_id, ())
        holds = [one.id for one in known if one.definition_id == version.definition_id and one.holds(local(moment).date())]
        for before in queries.whole(session, holds).values():
            if _vouched(before, person) and readable(before) is not None:
                use_cases.copy_answers(session, services().keys, before, made, owner(), moment)
    return made


def _vouched(told: Declaration, person: Person) -> bool:
    """Whether it becomes one's own: by a clinic's own link anybody answers in anybody's name."""
    return may_read(told, person) and told.told_by is not ActorKind.STRANGER


def _of_links(begun: Declaration) -> bool:
    """Whether another with the booking's link may go on with it: what somebody has told with e-ID shows in what is asked next,
    and by the clinic's own link nobody learns of another's, but goes on in the same browser."""
    return begun.told_by_person_id is None and (begun.visit_id is not None or begun.owner == owner())


def _goes_on(begun: Declaration) -> bool:
    """Of what was begun without a visit, not for ever; of what can't be read, not at all."""
    fresh = begun.visit_id is not None or now() <= begun.started_at + rules.BEGUN_LIFE
    return fresh and readable(begun) is not None
