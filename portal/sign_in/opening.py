"""From an identified person to a session under a new reference."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from journal_core.access import use_cases
from journal_core.access.model import EidOrder, Purpose
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.clock import today
from journal_core.persons import use_cases as persons
from journal_core.persons.rules import read_identity
from journal_core.refusal import Refusal
from journal_core.registers.eid import Identified
from journal_core.staff import queries as staff
from portal.sign_in.devices import kind_of_browser
from portal.web.services import now, services
from portal.web.sessions import renew


def open_session(session: Session, order: EidOrder, found: Identified) -> bool:
    """False when the e-ID is fine but opens nothing here: no staff account, or a number that is none."""
    opened = _open_staff if order.purpose is Purpose.STAFF else _open_resident
    return opened(session, order.provider, found)


def _open_resident(session: Session, provider: str | None, found: Identified) -> bool:
    try:
        identity = read_identity(found.number or "", today(services().clock))
    except Refusal:
        return False
    person = persons.told_by_eid(session, identity, found.given_name, found.family_name, now())
    old, new = renew()
    use_cases.hand_over(session, old, new)
    use_cases.log_out(session, old)
    device = kind_of_browser(request.user_agent.string)
    use_cases.log_in(session, new, now(), person_id=person.id, eid=provider, device=device)
    audit.record(session, Actor(ActorKind.RESIDENT, person.id), Action.LOGGED_IN, now(), persons=[person.id])
    return True


def _open_staff(session: Session, provider: str | None, found: Identified) -> bool:
    account = staff.account_of(session, found.number, found.hsa_id)
    if account is None:
        return False
    assignments = staff.current_assignments(session, account.id, today(services().clock))
    only = assignments[0].id if len(assignments) == 1 else None
    old, new = renew()
    use_cases.log_out(session, old)
    device = kind_of_browser(request.user_agent.string)
    use_cases.log_in(session, new, now(), account_id=account.id, assignment_id=only, eid=provider, device=device)
    audit.record(session, Actor(ActorKind.STAFF, account.id, only), Action.LOGGED_IN, now())
    return True
